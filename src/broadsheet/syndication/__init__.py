"""What we send out: feeds and sitemaps."""
