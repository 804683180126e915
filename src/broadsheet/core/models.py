"""What the base stores: the outbox, and small facts that must be unique in the whole paper."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Effect(models.Model):
    """One thing still to be done, written in the same transaction as the fact that asks for it.

    A worker claims a row by its lease, does it, and deletes it in the transaction of its database effects; a worker
    that dies leaves a lease that runs out. `key` lets equal wishes fold into one while they wait.
    """

    name = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, default="")
    error = models.TextField(default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_at", "id"])]
        verbose_name = "effect"

    def __str__(self) -> str:
        return f"{self.name} due {self.due_at:%H:%M:%S}"


class Fact(models.Model):
    """A named small value kept once for the installation (when the sample began, the last backup, …)."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """A claim on a named piece of work, until a moment."""

    name = models.CharField(max_length=120, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%H:%M:%S}"
