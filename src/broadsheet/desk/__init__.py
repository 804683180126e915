"""What editors see: Wagtail's admin, shaped to the newsroom's words."""
