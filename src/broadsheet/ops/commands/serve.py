"""``serve``, ``worker`` and ``counting``: the processes of a portal."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from broadsheet.ops import lifeline, lock, serving, supervisor
from broadsheet.ops.context import Context
from broadsheet.ops.errors import OperatorError

DESCRIPTION = """\
Start the portal: one supervisor over the web, worker and counting processes.

The first start makes the data directory, the database and a one-time link for the first admin.
Ctrl-C or SIGTERM ends it after finishing what is under way (at most 30 s).
SIGHUP changes to the newest installed version without losing a request.
"""
_TRIAL = "import broadsheet.ops.commands.serve as s; s.trial()"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="start the portal",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--host", metavar="ADDRESS", help="listen here (default 127.0.0.1)")
    serve.add_argument("--port", metavar="N", help="listen on this port (default 8000)")
    serve.add_argument("--workers", metavar="N", help="number of web processes (default 1)")
    serve.add_argument("--no-sample", action="store_true", help="do not fill an empty portal with the sample edition")
    serve.set_defaults(run=run_serve)
    for name, help in (
        ("worker", "run one worker alone, for a further host"),
        ("counting", "run the counting process alone"),
    ):
        alone = commands.add_parser(name, help=help, description=help.capitalize() + ".")
        alone.set_defaults(run=run_alone)


def run_serve(arguments: argparse.Namespace) -> int:
    """Print the opening page, get everything ready, and supervise."""
    context: Context = arguments.context
    for name, variable in (("host", "HOST"), ("port", "PORT"), ("workers", "WEB_WORKERS")):
        if getattr(arguments, name) is not None:
            os.environ["BROADSHEET_" + variable] = getattr(arguments, name)
    if arguments.no_sample:
        os.environ["BROADSHEET_SAMPLE"] = "no"
    options = context.options
    left = supervisor.handover()
    if left is None:
        held, listener = lock.claim(options.data), serving.listen(options.host, options.port)
        _opening_page(context)
    else:
        held, listener = left.keep["lock"], socket.socket(fileno=left.keep["listener"])
    context.django()
    _apart(lambda: _get_ready(context, first=left is None), _static)
    _reread_static()
    application = _application()
    threads = supervisor.settle()
    if threads > 1:
        context.say(f"Note: {threads - 1} threads run before the processes part; please report this.")
    roles = [
        supervisor.Role(_web_name(number), _web(application, listener, options.web_threads), overlaps=True)
        for number in range(options.web_workers)
    ]
    roles += [supervisor.Role("worker", _worker), supervisor.Role("counting", _counting)]
    context.say("Running. Ctrl-C ends it." if left is None else "The new program has taken over.")
    return supervisor.Supervisor(
        roles,
        say=context.say,
        reload=lambda: _can_reload(context),
        keep={"lock": held, "listener": listener.fileno()},
    ).run(old=left.children if left else None)


def run_alone(arguments: argparse.Namespace) -> int:
    """One worker or counting process without a supervisor, ended by SIGTERM or Ctrl-C."""
    context: Context = arguments.context
    context.database()
    context.say(f"The {arguments.command} process runs. Ctrl-C ends it.")
    stop = lifeline.stop_event(interrupt=True)
    _main_of(arguments.command)(stop)
    return 0


def trial() -> None:
    """Load everything the processes need and nothing else: proves that a new version starts."""
    Context().django()
    _application()
    for name in ("worker", "counting"):
        _main_of(name)


def _opening_page(context: Context) -> None:
    from broadsheet import __version__
    from broadsheet.config.options import unknown

    options = context.options
    context.say()
    context.say(f"{options.brand} · Broadsheet {__version__}")
    context.say()
    context.say(f"  paper  {options.site_url}/")
    context.say(f"  desk   {options.site_url}/desk/")
    context.say(f"  data   {options.data}")
    if options.site_url.startswith("http:") and not options.loopback:
        context.say("  note   without https passwords travel readable: put a proxy with TLS in front.")
    for line in unknown(os.environ):
        context.say(f"  note   {line}")
    context.say()


def _get_ready(context: Context, *, first: bool) -> None:
    from broadsheet.ops import readiness

    readiness.prepare(context.say)
    added = readiness.add_sample()
    if added:
        context.say(f"The sample edition comes in now: {added} invented sources, through the same wire as real news.")
        context.say("  The front page is there at once and full within a minute; a line below will say so.")
    link = readiness.first_link() if first else ""
    if link:
        context.say("There is no administrator yet. This link makes one, once, within 7 days:")
        context.say(f"  {link}")
    if added or link:
        context.say()
        for line in _HELP:
            context.say(line)
        context.say()


_HELP = (
    "What to do when it is not as you expect (with ./run cli in front where broadsheet is not installed):",
    "  the front page stays empty        broadsheet doctor         looks at machine, database and feeds",
    "  an article is missing             broadsheet spikes         says what was turned away, and why",
    "  the link above has run out        broadsheet createadmin    prints a fresh one",
    "  the port is taken                 broadsheet serve --port 8001",
    "  you have seen enough of the sample    broadsheet sample remove    leaves no trace of it",
)


def _static() -> None:
    from broadsheet.ops import readiness

    readiness.collect_static()


def _reread_static() -> None:
    """What the child gathered is what pages must name, not what an older release left behind."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    storage: Any = staticfiles_storage
    storage.reread()


def _apart(*works: Callable[[], None]) -> None:
    """Do each work in a process of its own, at once: the supervisor must never hold a database connection."""
    pids = [_begin(work) for work in works]
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]  # all of them, also when the first one failed
    if any(statuses):
        raise OperatorError("The portal could not be made ready.", "The lines above say why.")


def _begin(work: Callable[[], None]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        lifeline.tie(parent)
        work()
        status = 0
    except Exception as error:  # noqa: BLE001 - a child process has nobody above to tell
        from broadsheet.ops.cli import complain

        status = complain(error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _application() -> Callable[..., object]:
    from importlib import import_module

    # By name: the composition root stands above this room, which must not import it.
    application: Callable[..., object] = import_module("broadsheet.config.wsgi").application
    from django.db import connections
    from django.urls import get_resolver

    list(get_resolver().url_patterns)  # loads every view now, once, instead of in each child
    connections.close_all()
    return application


def _web_name(number: int) -> str:
    return "web" if number == 0 else f"web {number + 1}"


def _web(
    application: Callable[..., object], listener: socket.socket, threads: int
) -> Callable[[Callable[[], None]], None]:
    def run(ready: Callable[[], None]) -> None:
        stop = lifeline.stop_event()
        begin: Callable[[threading.Event], None] | None = getattr(application, "begin", None)
        if begin is not None:
            begin(stop)
        serving.serve(application, listener, threads=threads, stop=stop, ready=ready)

    return run


def _worker(ready: Callable[[], None]) -> None:
    stop = lifeline.stop_event()
    ready()
    from broadsheet.ops import worker

    worker.give_way()
    _main_of("worker")(stop)


def _counting(ready: Callable[[], None]) -> None:
    stop = lifeline.stop_event()
    ready()
    _main_of("counting")(stop)


def _main_of(name: str) -> Callable[[threading.Event], None]:
    from importlib import import_module

    main: Callable[[threading.Event], None] = import_module(f"broadsheet.ops.{name}").main
    return main


def _can_reload(context: Context) -> bool:
    """Whether the installed version loads; says why not."""
    tried = subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, text=True, timeout=120, check=False)
    if tried.returncode == 0:
        return True
    reason = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    context.say(f"The new program does not load, so the old one goes on: {reason}")
    return False
