"""Content policies: what a page may load. Neither kind may load anything from another host."""

from __future__ import annotations

PERMISSIONS = "camera=(), geolocation=(), microphone=(), browsing-topics=()"

# Printed pages have no inline script or style at all, so they need no nonce and can be the same bytes for everyone.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'"
)

# Wagtail's admin uses inline scripts and styles, so its policy is looser.
DESK = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'; connect-src 'self'"
)
