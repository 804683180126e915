"""The section judge: which section an article belongs to, with its reasons, and how it learns. Plain Python."""
