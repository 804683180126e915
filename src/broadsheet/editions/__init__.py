"""Fronts: which story stands where, chosen by pure rules."""
