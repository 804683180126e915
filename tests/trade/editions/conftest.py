from __future__ import annotations

from tests.trade.articles.conftest import announced, still

__all__ = ["announced", "still"]
