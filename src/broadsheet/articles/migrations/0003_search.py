"""The search index: one virtual table of SQLite, or one table of PostgreSQL with its inverted index.

It is no Django model, since neither kind of table is one. The words in it are made by `articles.search_terms`; the
database's own tokenizer only has to split them at the spaces again.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The first SQLite whose index need not keep a second copy of the text in order to forget a row.
FORGETFUL = (3, 43, 0)

SQLITE = """
CREATE VIRTUAL TABLE articles_index USING fts5(
    headline, standfirst, body,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"{forgetful}
)
"""
POSTGRESQL = (
    """
    CREATE TABLE articles_index (
        article_id bigint PRIMARY KEY REFERENCES articles_article (id) ON DELETE CASCADE,
        document tsvector NOT NULL
    )
    """,
    "CREATE INDEX articles_index_document ON articles_index USING gin (document)",
)


def create(apps: Any, schema_editor: Any) -> None:
    """Make the index for the database at hand."""
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        return
    from django.db.backends.sqlite3.base import Database

    able = tuple(Database.sqlite_version_info) >= FORGETFUL
    forgetful = ",\n    content = '', contentless_delete = 1" if able else ""
    schema_editor.execute(SQLITE.format(forgetful=forgetful))


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the index away; `search.rebuild` can make it again from the articles."""
    schema_editor.execute("DROP TABLE articles_index")


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
