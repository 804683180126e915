"""Printed pages: keys, store, single flight, front door. Knows bytes, not news."""
