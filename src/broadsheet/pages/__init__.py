"""Standing pages and the brand: about, contact, disclaimer, privacy, terms."""
