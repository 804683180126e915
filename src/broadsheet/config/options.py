"""The one typed table of settings.

Every setting is a field of :class:`Options`. It is read from the environment variable
``BROADSHEET_<NAME>``; a secret may also be named by a file, ``BROADSHEET_<NAME>_FILE``, whose
first line is the value. :func:`load` reads them all, collects every mistake and raises one
:class:`OptionsError`, so that an operator mends a configuration in one go and not in seven.

No Django here: the command line reads this table before any framework is loaded.
"""

# ruff: noqa: RUF009 - each default below is a dataclass field that carries its row of the table
from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broadsheet.config import readers
from broadsheet.config.secretkey import kept_secret

PREFIX = "BROADSHEET_"


@dataclass(frozen=True, slots=True)
class Option:
    """One row of the table.

    ``unit`` and ``ceiling`` are set for amounts; a value above the ceiling is refused.
    ``shown`` is the default in words where the value itself would say little.
    """

    name: str
    kind: str
    default: str
    help: str
    read: Callable[[str], Any]
    secret: bool = False
    unit: str = ""
    ceiling: int | None = None
    shown: str = ""

    @property
    def variable(self) -> str:
        """The environment variable, for instance ``BROADSHEET_PORT``."""
        return PREFIX + self.name

    @property
    def default_shown(self) -> str:
        """The default as an operator should read it."""
        return self.shown or self.default or "(empty)"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with the configuration: which variable, what, and what to do."""

    variable: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.what} {self.hint}".strip()


class OptionsError(Exception):
    """The configuration cannot be used. ``mistakes`` has all of them, ``str()`` one a line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def _option(
    default: str,
    help: str,
    read: Callable[[str], Any] = readers.text,
    *,
    kind: str = "text",
    secret: bool = False,
    unit: str = "",
    ceiling: int | None = None,
    shown: str = "",
) -> Any:
    row = Option("", kind, default, help, read, secret, unit, ceiling, shown)
    return field(metadata={"option": row})


def _amount(default: int, help: str, *, low: int, ceiling: int, unit: str) -> Any:
    read = readers.whole(low, ceiling)
    return _option(str(default), help, read, kind="number", unit=unit, ceiling=ceiling)


@dataclass(frozen=True, kw_only=True)
class Options:
    """All settings, checked and typed. Made by :func:`load`; never changed afterwards."""

    # The default lies under the current directory and not in the home directory: the whole
    # newspaper is then one folder that one can see, copy and delete, a second portal is a
    # second folder, and a service account without a home directory works too.
    data: Path = _option(
        "broadsheet-data",
        "The directory that holds everything this portal keeps: database, pictures, printed pages.",
        readers.directory,
        kind="directory",
        shown="./broadsheet-data",
    )
    host: str = _option(
        "127.0.0.1",
        "The address to listen on. Keep the loopback address behind a proxy.",
        readers.listen_host,
        kind="address",
    )
    port: int = _amount(8000, "The port to listen on.", low=1, ceiling=65535, unit="")
    site_url: str = _option(
        "",
        "The address readers use, without a path, for instance https://news.example.org. "
        "An https address switches on secure cookies and HSTS.",
        readers.site_url,
        kind="URL",
        shown="http://HOST:PORT",
    )
    allowed_hosts: tuple[str, ...] = _option(
        "",
        "Further host names this portal answers to, comma-separated. "
        "The host of SITE_URL always counts; loopback names count while HOST is loopback.",
        readers.host_names,
        kind="list",
    )
    trusted_proxies: tuple[str, ...] = _option(
        "",
        "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto count, comma-separated.",
        readers.networks,
        kind="list",
    )
    secret_key: str = _option(
        "",
        "The key that signs sessions and links; at least 50 characters.",
        readers.secret_key,
        secret=True,
        shown="made at the first start, kept in DATA/secret-key",
    )
    database_url: str = _option(
        "",
        "sqlite:///path or postgres://user:password@host:5432/name.",
        readers.database_url,
        kind="URL",
        secret=True,
        shown="SQLite in DATA/broadsheet.sqlite3",
    )
    debug: bool = _option(
        "no",
        "Show tracebacks to visitors. Only for development; refused when SITE_URL is https.",
        readers.switch,
        kind="yes/no",
    )

    brand: str = _option("Broadsheet", "The name of the newspaper.", readers.line(80))
    publisher: str = _option(
        "",
        "Who publishes it: a person or a company, named in the imprint and the footer.",
        readers.line(120),
        shown="the brand",
    )
    country: str = _option("", "The country whose law applies, named in the standing texts.", readers.line(80))
    contact_email: str = _option(
        "", "The address readers write to, named on the contact page.", readers.email, kind="e-mail"
    )
    language: str = _option("en", "The language of the newspaper, as a tag like en or pt-br.", readers.language)
    time_zone: str = _option("UTC", "The time zone dates are shown in, like Europe/Lisbon.", readers.time_zone)
    sample: bool = _option(
        "yes",
        "Fill an empty portal with the sample edition of invented sources.",
        readers.switch,
        kind="yes/no",
    )

    agent_contact: str = _option(
        "",
        "A URL or e-mail address put into the User-Agent, so that publishers can reach you.",
        readers.line(200),
        shown="SITE_URL, or the project page while that is loopback",
    )
    fetch_ports: tuple[int, ...] = _option(
        "80,443", "Ports that feeds and pages may be fetched from.", readers.ports, kind="list"
    )
    fetch_allow: tuple[tuple[str, str], ...] = _option(
        "",
        "Private addresses that may be fetched from: host=network pairs, comma-separated, for "
        "instance intranet.example.org=10.1.2.0/24. Both the host and the network must match.",
        readers.allow_pairs,
        kind="list",
    )
    fetch_threads: int = _amount(12, "How many feeds one worker pulls at once.", low=1, ceiling=128, unit="threads")
    jail_workers: int = _amount(1, "How many parser processes one worker keeps.", low=1, ceiling=16, unit="processes")
    web_workers: int = _amount(1, "How many web processes to run.", low=1, ceiling=64, unit="processes")
    web_threads: int = _amount(
        4, "How many requests one web process answers at once.", low=1, ceiling=64, unit="threads"
    )
    press_memory: int = _amount(
        64, "Printed pages that one web process keeps in memory.", low=4, ceiling=4096, unit="MiB"
    )

    email_url: str = _option(
        "file:",
        "How mail leaves: smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465, "
        "or file: to lay it into DATA/mail.",
        readers.email_url,
        kind="URL",
        secret=True,
    )
    email_from: str = _option("", "The sender of mail.", readers.email, kind="e-mail", shown="CONTACT_EMAIL")
    log_level: str = _option(
        "info", "debug, info, warning or error.", readers.choice("debug", "info", "warning", "error")
    )
    log_format: str = _option("plain", "plain for people, json for machines.", readers.choice("plain", "json"))
    traceback: bool = _option(
        "no",
        "Let the command line show the traceback of an error instead of one sentence.",
        readers.switch,
        kind="yes/no",
    )

    @property
    def media_dir(self) -> Path:
        """Kept pictures and uploads."""
        return self.data / "media"

    @property
    def static_dir(self) -> Path:
        """Collected static files."""
        return self.data / "static"

    @property
    def press_dir(self) -> Path:
        """The store of printed pages."""
        return self.data / "press"

    @property
    def run_dir(self) -> Path:
        """Sockets and locks of running processes; means nothing once they have ended."""
        return self.data / "run"

    @property
    def secure(self) -> bool:
        """True when readers come over https."""
        return self.site_url.startswith("https:")

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the listening port."""
        return readers.is_loopback(self.host)

    def hosts(self) -> list[str]:
        """The host names this portal answers to, in Django's ALLOWED_HOSTS notation."""
        names = [readers.host_of(self.site_url), *self.allowed_hosts]
        if self.loopback:
            names += ["localhost", "127.0.0.1", "[::1]"]
        return list(dict.fromkeys(names))


def table() -> tuple[Option, ...]:
    """The rows in the order of the class, for reading, for help and for the documentation."""
    return tuple(
        dataclasses.replace(row.metadata["option"], name=row.name.upper()) for row in dataclasses.fields(Options)
    )


def load(environ: Mapping[str, str] | None = None, *, keep_secret: bool = True) -> Options:
    """Read all settings from ``environ`` (the process environment when None).

    With ``keep_secret`` a missing SECRET_KEY is read from, or made in, DATA/secret-key; this is
    the only thing written. Raises :class:`OptionsError` with every mistake found.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for option in table():
        try:
            values[option.name.lower()] = option.read(_raw(option, environ))
        except readers.NotUsable as problem:
            mistakes.append(Mistake(option.variable, problem.what, problem.hint))
    if not mistakes:
        _fill(values)
        mistakes = _contradictions(values)
    if not mistakes and keep_secret and not values["secret_key"]:
        try:
            values["secret_key"] = kept_secret(values["data"])
        except OSError as problem:
            mistakes = [_no_data_dir(values["data"], problem)]
    if mistakes:
        raise OptionsError(mistakes)
    return Options(**values)


def unknown(environ: Mapping[str, str]) -> list[str]:
    """One line for each ``BROADSHEET_…`` variable that is no setting, with a likely meaning.

    Not an error: container hosts invent such variables for a service of this name.
    """
    known = {option.variable for option in table()}
    known |= {option.variable + "_FILE" for option in table() if option.secret}
    lines = []
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, 1, 0.8)
            hint = f" Did you mean {near[0]}?" if near else ""
            lines.append(f"{variable} is not a setting and is ignored.{hint}")
    return lines


def markdown() -> str:
    """The settings as a page for docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Written by `./run cli settings --markdown` from `src/broadsheet/config/options.py`.",
        "Each is an environment variable. A secret may also be given as a file: "
        "`BROADSHEET_SECRET_KEY_FILE=/run/secrets/key`.",
        "Amounts above the ceiling are refused. `broadsheet settings` shows the values in use.",
        "",
    ]
    for option in table():
        facts = [f"default: {option.default_shown}", option.kind]
        facts += [option.unit] if option.unit else []
        facts += [f"at most {option.ceiling}"] if option.ceiling is not None else []
        facts += [f"secret, also `{option.variable}_FILE`"] if option.secret else []
        lines += [f"## `{option.variable}`", "", option.help, "", f"({'; '.join(facts)})", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _raw(option: Option, environ: Mapping[str, str]) -> str:
    """The text of one option: from its variable, its file, or its default."""
    direct = environ.get(option.variable)
    named = environ.get(option.variable + "_FILE") if option.secret else None
    if direct and named:
        raise readers.NotUsable("is given twice.", f"Remove it or {option.variable}_FILE.")
    if named:
        try:
            lines = Path(named).read_text().splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is not text"
            raise readers.NotUsable(
                f"the file {named} cannot be read ({why}).", f"Check {option.variable}_FILE."
            ) from problem
        return lines[0].strip() if lines else ""
    # An empty variable means "not set": compose files and unit files write them so.
    return direct.strip() if direct and direct.strip() else option.default


def _fill(values: dict[str, Any]) -> None:
    """Defaults that follow from other settings."""
    if not values["site_url"]:
        host = values["host"]
        shown = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared only
        shown = f"[{shown}]" if ":" in shown else shown
        values["site_url"] = f"http://{shown}:{values['port']}"
    values["publisher"] = values["publisher"] or values["brand"]
    values["email_from"] = values["email_from"] or values["contact_email"]
    if not values["database_url"]:
        values["database_url"] = f"sqlite:///{values['data'] / 'broadsheet.sqlite3'}"


def _contradictions(values: dict[str, Any]) -> list[Mistake]:
    """Settings that are right alone and wrong together."""
    found = []
    if values["debug"] and values["site_url"].startswith("https:"):
        found.append(Mistake(PREFIX + "DEBUG", "must be off on a public site.", "Remove it or set it to no."))
    if values["email_url"].startswith("smtp") and not values["email_from"]:
        found.append(
            Mistake(
                PREFIX + "EMAIL_FROM",
                "is needed to send mail.",
                f"Set it, or {PREFIX}CONTACT_EMAIL.",
            )
        )
    return found


def _no_data_dir(data: Path, problem: OSError) -> Mistake:
    return Mistake(
        PREFIX + "DATA",
        f"nothing can be written in {data} ({problem.strerror}).",
        "Make the directory, give it to this user, or name another one.",
    )
