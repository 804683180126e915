"""The wire: feeds are pulled, dispatches are decided, every one of them ends with a fate."""
