"""A django-tasks backend on the outbox, so that Wagtail's own jobs take the same road as ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from broadsheet.core import clock, queue

NAME = "task"


class OutboxBackend(BaseTaskBackend):
    """Enqueues a task as an effect row; the worker carries it out. Results are not kept."""

    supports_defer = True
    supports_async_task = False
    supports_get_result = False
    supports_priority = False

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Write the task down in the caller's transaction, so that it runs only if that commits."""
        self.validate_task(task)
        payload = {"path": task.module_path, "args": list(args), "kwargs": dict(kwargs)}
        with transaction.atomic():
            queue.defer(NAME, payload, due_at=task.run_after)
        return TaskResult(
            task=task,
            id="outbox",
            status=TaskResultStatus.READY,
            enqueued_at=clock.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def run(payload: dict[str, Any]) -> None:
    """Carry out a stored task."""
    task = import_string(payload["path"])
    function: Callable[..., Any] = task.func
    function(*payload["args"], **payload["kwargs"])
