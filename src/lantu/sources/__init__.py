"""Sources: reading what departments deliver, as it is. A reader never judges and never loses a feature.

``open_source(path).read(layer)`` gives a `RawTable`; what could not be read of it stands in its
``problems``, and what should be said about the reading in `notes_of`.
"""

from lantu.sources.cql2 import parse_where
from lantu.sources.files import files_of, sha256_of
from lantu.sources.join import CLASH_PREFIX, join_table, read_table
from lantu.sources.registry import open_source
from lantu.sources.source import NotedTable, Source, notes_of
from lantu.sources.where import filter_where, true_rows

__all__ = [
    "CLASH_PREFIX",
    "NotedTable",
    "Source",
    "files_of",
    "filter_where",
    "join_table",
    "notes_of",
    "open_source",
    "parse_where",
    "read_table",
    "sha256_of",
    "true_rows",
]
