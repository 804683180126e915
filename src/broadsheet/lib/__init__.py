"""General helpers in plain Python: the one network door, URLs, dates, html, text."""
