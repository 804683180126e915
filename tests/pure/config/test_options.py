"""The table of settings: right values are typed, wrong ones are all named at once, each setting is documented."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest

from broadsheet.config import options, readers

ROOT = Path(__file__).resolve().parents[3]
KEY = "0123456789abcdef" * 4


def load(tmp_path: Path, **given: str) -> options.Options:
    environ = {"BROADSHEET_DATA": str(tmp_path), "BROADSHEET_SECRET_KEY": KEY}
    return options.load(environ | {f"BROADSHEET_{name}": value for name, value in given.items()})


def mistakes(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(options.OptionsError) as caught:
        load(tmp_path, **given)
    return [mistake.variable.removeprefix("BROADSHEET_") for mistake in caught.value.mistakes]


def test_defaults_follow_from_one_another(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found.site_url == "http://127.0.0.1:8000"
    assert found.database_url == f"sqlite:///{tmp_path}/broadsheet.sqlite3"
    assert found.publisher == "Broadsheet"
    assert found.hosts() == ["127.0.0.1", "localhost", "[::1]"]
    assert not found.secure
    assert found.loopback
    assert load(tmp_path, HOST="::", PORT="81").site_url == "http://localhost:81"


def test_a_public_site_answers_to_its_own_names_only(tmp_path: Path) -> None:
    found = load(tmp_path, HOST="0.0.0.0", SITE_URL="https://News.example.org/", ALLOWED_HOSTS="a.example, .b.example")
    assert found.site_url == "https://news.example.org"
    assert found.hosts() == ["news.example.org", "a.example", ".b.example"]
    assert found.secure


def test_every_mistake_is_named_at_once_with_a_hint(tmp_path: Path) -> None:
    given = {"PORT": "70000", "SAMPLE": "perhaps", "TIME_ZONE": "Mars/Base", "SECRET_KEY": "short"}
    assert sorted(mistakes(tmp_path, **given)) == sorted(given)
    with pytest.raises(options.OptionsError) as caught:
        load(tmp_path, **given)
    assert all(mistake.hint for mistake in caught.value.mistakes)
    assert len(str(caught.value).splitlines()) == len(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "example.org"), ("HOST", "256.1.1.1"), ("PORT", "0"), ("PORT", "-1"), ("PORT", "8e3"), ("PORT", "٣"),
        ("SITE_URL", "ftp://a.example"), ("SITE_URL", "https://a.example/news"), ("SITE_URL", "a.example"),
        ("SITE_URL", "https://u:p@a.example"), ("SITE_URL", "https://a.example:x"), ("ALLOWED_HOSTS", "*"),
        ("TRUSTED_PROXIES", "proxy"), ("DATABASE_URL", "mysql://a/b"), ("DATABASE_URL", "postgres://host"),
        ("DATABASE_URL", "postgres://h:x/b"), ("DATABASE_URL", "sqlite://"), ("BRAND", "two\nlines"),
        ("BRAND", "x" * 81),
        ("LANGUAGE", "English"), ("CONTACT_EMAIL", "desk at example"), ("FETCH_PORTS", "80,http"),
        ("FETCH_ALLOW", "10.0.0.0/8"), ("FETCH_ALLOW", "host=10.0.0.0/99"), ("FETCH_THREADS", "129"),
        ("EMAIL_URL", "sendmail:"), ("EMAIL_URL", "smtp://"), ("EMAIL_URL", "smtp://h:x"), ("LOG_LEVEL", "loud"),
        ("SECRET_KEY", "a" * 60),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(tmp_path: Path, name: str, value: str) -> None:
    assert mistakes(tmp_path, **{name: value}) == [name]


def test_values_are_typed(tmp_path: Path) -> None:
    found = load(
        tmp_path, DEBUG="ON", HOST="localhost", TRUSTED_PROXIES="10.0.0.1 fd00::/8", FETCH_PORTS="80, 8080",
        FETCH_ALLOW="Intra.example=10.1.2.3/24", LANGUAGE="pt_BR", LOG_LEVEL="WARNING",
        DATABASE_URL="postgresql://u:p@h/db", EMAIL_URL="smtp://u:p@h:25", EMAIL_FROM="a@b.example",
    )  # fmt: skip
    assert found.debug is True
    assert found.host == "127.0.0.1"
    assert found.trusted_proxies == ("10.0.0.1/32", "fd00::/8")
    assert found.fetch_ports == (80, 8080)
    assert found.fetch_allow == (("intra.example", "10.1.2.0/24"),)
    assert (found.language, found.log_level) == ("pt-br", "warning")


def test_every_amount_trips_above_its_ceiling_and_not_at_it(tmp_path: Path) -> None:
    amounts = [option for option in options.table() if option.ceiling is not None]
    assert amounts
    for option in amounts:
        assert getattr(load(tmp_path, **{option.name: str(option.ceiling)}), option.name.lower()) == option.ceiling
        assert mistakes(tmp_path, **{option.name: str(option.ceiling + 1)}) == [option.name]


def test_contradictions_are_mistakes(tmp_path: Path) -> None:
    assert mistakes(tmp_path, DEBUG="yes", SITE_URL="https://a.example") == ["DEBUG"]
    assert mistakes(tmp_path, EMAIL_URL="smtp://mail.example") == ["EMAIL_FROM"]


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY[::-1] + "\nsecond line\n")
    environ = {"BROADSHEET_DATA": str(tmp_path), "BROADSHEET_SECRET_KEY_FILE": str(file)}
    assert options.load(environ).secret_key == KEY[::-1]
    for bad in ({"BROADSHEET_SECRET_KEY": KEY}, {"BROADSHEET_SECRET_KEY_FILE": str(tmp_path / "none")}):
        with pytest.raises(options.OptionsError):
            options.load(environ | bad)


def test_a_file_variable_counts_for_secrets_only(tmp_path: Path) -> None:
    environ = {"BROADSHEET_BRAND_FILE": "/etc/hostname"}
    assert load(tmp_path, BRAND_FILE="/etc/hostname").brand == "Broadsheet"
    assert "BROADSHEET_BRAND_FILE is not a setting and is ignored." in options.unknown(environ)[0]


def test_a_misspelt_setting_is_pointed_out(tmp_path: Path) -> None:
    [line] = options.unknown({"BROADSHEET_TIMEZONE": "UTC", "BROADSHEET_PORT": "1", "HOME": "/"})
    assert line.endswith("Did you mean BROADSHEET_TIME_ZONE?")


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    environ = {"BROADSHEET_DATA": str(tmp_path / "new")}
    assert options.load(environ, keep_secret=False).secret_key == ""
    assert not (tmp_path / "new").exists()
    first = options.load(environ).secret_key
    kept = tmp_path / "new" / "secret-key"
    assert len(first) > 80
    assert options.load(environ).secret_key == first == kept.read_text().strip()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret-key"]


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert mistakes(tmp_path, DATA=str(tmp_path / "file")) == ["DATA"]


def test_secrets_never_show_in_messages(tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "EMAIL_URL"):
        with pytest.raises(options.OptionsError) as caught:
            load(tmp_path, **{name: "nonsense://user:hunter2@host/x"})
        assert "hunter2" not in str(caught.value)


def test_sqlite_addresses_name_the_file_people_mean() -> None:
    assert readers.sqlite_path("sqlite:////srv/news/a.db") == "/srv/news/a.db"
    assert readers.sqlite_path("sqlite:///a%20b.db") == "a b.db"


def test_the_page_of_settings_is_the_table() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == options.markdown(), "./run cli settings --markdown"


def test_each_field_has_a_row_with_help() -> None:
    rows = options.table()
    assert [row.name.lower() for row in rows] == [field.name for field in dataclasses.fields(options.Options)]
    assert all(row.help.endswith(".") and row.kind for row in rows)
