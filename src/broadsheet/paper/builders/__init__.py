"""One module for every page kind: it reads, makes up the page, and hands the press a sheet."""
