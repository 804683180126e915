"""The web application: the front door, with the framework behind it."""

from __future__ import annotations

import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from broadsheet.config.files import with_assets
from broadsheet.ops import wiring
from broadsheet.press import services as press
from broadsheet.press import setup
from broadsheet.press.frontdoor import FrontDoor
from broadsheet.trends.pulse import Pulse, socket_path

#: Seconds that a reader is given a page which became stale just now, while the worker prints it anew. Printing in the
#: reader's own request takes some 20 ms of the process that serves everybody; a page must be seen within a second.
GRACE = 0.8


class Portal(FrontDoor):
    """The front door of a web process."""

    def begin(self, stop: threading.Event) -> None:
        """Start what runs beside requests, in the process that answers them: readers' demand for the press."""
        press.follow_demand(self.asked, stop=stop)


def make(grace: float = GRACE) -> Portal:
    """Put the parts together, once a web process. `grace` is 0 where no worker prints beside it."""
    django = get_wsgi_application()
    wiring.connect()
    options = settings.BROADSHEET
    current = setup.current()
    return Portal(
        with_assets(django, options.static_dir),
        store=current.store,
        generation=current.generation,
        printer_matches=current.printer.matches,
        print_page=press.print_for_reader,
        pulse=Pulse(socket_path(options.run_dir), options.secret_key, trusted=options.trusted_proxies),
        memory_mib=options.press_memory,
        grace=grace,
    )


application = make()
