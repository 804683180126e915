"""News handling in plain Python: parse, extract, sanitise, copies, classify, language."""
