"""The web application: the front door, with the framework behind it."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.config.settings")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from broadsheet.config.files import with_assets  # noqa: E402
from broadsheet.ops import wiring  # noqa: E402
from broadsheet.press import services as press  # noqa: E402
from broadsheet.press import setup  # noqa: E402
from broadsheet.press.frontdoor import FrontDoor  # noqa: E402
from broadsheet.trends.pulse import Pulse, socket_path  # noqa: E402


def make() -> FrontDoor:
    """Put the parts together, once a web process."""
    django = get_wsgi_application()
    wiring.connect()
    options = settings.BROADSHEET
    current = setup.current()
    return FrontDoor(
        with_assets(django, options.static_dir),
        store=current.store,
        generation=current.generation,
        printer_matches=current.printer.matches,
        print_page=press.print_for_reader,
        pulse=Pulse(socket_path(options.run_dir), options.secret_key, trusted=options.trusted_proxies),
        memory_mib=options.press_memory,
    )


application = make()
