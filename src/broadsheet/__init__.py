"""Broadsheet: a self-hosted news portal. Feeds and editors go in, a fast public newspaper comes out."""

from __future__ import annotations

import os

# The matrices of this product are small: threads that spin for one another cost three times what they save, and they
# take the time of whoever reads. Has to be said before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
