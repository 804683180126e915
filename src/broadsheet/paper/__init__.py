"""What readers see: one builder for every page kind, templates and style."""
