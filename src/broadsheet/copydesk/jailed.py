"""The child's side of the jail: limits itself, then runs one job after the other.

Started as `python -m broadsheet.copydesk.jailed MEMORY_MIB CPU_SECONDS PARENT`.
"""

from __future__ import annotations

import ctypes
import json
import os
import pickle
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.jobs import JOBS
from broadsheet.lib.reasons import Reason

OUT_OF_MEMORY = 77

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_DUMPABLE = 4
_REFUSED = ("socket.connect", "socket.bind", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork",
            "os.system", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.kill")  # fmt: skip


def confine(memory_mib: int, parent: int) -> None:
    """Give up what no job needs. Linux; elsewhere the limits that exist."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
    size = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """A second lock: Python code in the child cannot connect, start programs, or change files."""
    if event in _REFUSED:
        raise PermissionError(f"not in the jail: {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("not in the jail: writing")


def allow_cpu(seconds: int) -> None:
    """Let the next job use so many seconds: the kernel's limit counts a process's whole life."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def answer(job: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What a job comes to: its result, or why there is none."""
    try:
        result, blob = JOBS[job](**arguments)
    except NotReadable as error:
        return {"reason": str(error.reason), "detail": error.detail}, b""
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours on strange input must not kill
        detail = f"{type(error).__name__}: {error}"[:400]
        return {"reason": str(Reason.BROKEN_XML), "detail": detail}, b""
    return {"result": result}, blob


def serve(into: BinaryIO, out: BinaryIO, cpu_seconds: int) -> None:
    """Answer requests until the parent closes its end."""
    out.write(b"\x01")
    out.flush()
    while len(size := into.read(4)) == 4:
        job, arguments = pickle.loads(into.read(struct.unpack(">I", size)[0]))  # noqa: S301 - our parent's
        allow_cpu(cpu_seconds)
        data, blob = answer(job, arguments)
        text = json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        out.write(struct.pack(">II", len(text), len(blob)) + text + blob)
        out.flush()


def main(arguments: list[str]) -> int:
    memory_mib, cpu_seconds, parent = (int(one) for one in arguments)
    # The pipe is ours alone: whatever a library prints must not get into it.
    out = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    confine(memory_mib, parent)
    try:
        serve(sys.stdin.buffer, out, cpu_seconds)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
