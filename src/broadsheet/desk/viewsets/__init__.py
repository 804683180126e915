"""One file per noun of the desk."""
