"""The composition root: options, settings, addresses, the WSGI entry."""
