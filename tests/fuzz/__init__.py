"""Harnesses that throw what nobody would write at what reads the writing of strangers."""
