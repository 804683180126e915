"""Broadsheet: a self-hosted news portal. Feeds and editors go in, a fast public newspaper comes out."""

from __future__ import annotations

__version__ = "0.1.0"
