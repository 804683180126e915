"""Articles, what the machine judged of them, sections, topics, bylines and versions."""
