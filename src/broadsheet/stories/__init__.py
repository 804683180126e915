"""Stories: all articles about one event, and why each is there."""
