"""One reader for each kind of feed; `parse` knows which one a body is for."""
