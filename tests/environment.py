"""Loaded before everything else (`-p tests.environment`): a data folder of its own for every test process."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

_data = tempfile.mkdtemp(prefix="broadsheet-test-")
_owner = os.getpid()


def _clean() -> None:
    if os.getpid() == _owner:
        shutil.rmtree(_data, ignore_errors=True)


atexit.register(_clean)
if "--postgres" in sys.argv and os.environ.get("BROADSHEET_DATABASE_URL"):
    # Kept under another name, which the workers of a parallel run inherit.
    os.environ["BROADSHEET_TEST_POSTGRES"] = os.environ["BROADSHEET_DATABASE_URL"]
for name in [name for name in os.environ if name.startswith("BROADSHEET_") and name != "BROADSHEET_TEST_POSTGRES"]:
    del os.environ[name]
os.environ["BROADSHEET_DATA"] = _data
os.environ["BROADSHEET_SECRET_KEY"] = "a-key-for-tests-only-" * 4
# An odd zone on purpose: nothing may depend on UTC or on whole hours.
os.environ["BROADSHEET_TIME_ZONE"] = "Asia/Kathmandu"
os.environ["BROADSHEET_SAMPLE"] = "no"
if os.environ.get("BROADSHEET_TEST_POSTGRES"):
    os.environ["BROADSHEET_DATABASE_URL"] = os.environ["BROADSHEET_TEST_POSTGRES"]
