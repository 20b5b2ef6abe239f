"""Sources: reading what departments deliver, as it is. A reader never judges and never loses a feature.

``open_source(path).read(layer)`` gives a `RawTable`; what could not be read of it stands in its
``problems``, and what should be said about the reading in `notes_of`.
"""

from lantu.sources.address import shown_address
from lantu.sources.cql2 import parse_where
from lantu.sources.end_points import read_between_points
from lantu.sources.files import files_of, sha256_of
from lantu.sources.fingerprint import sha256_of_rows
from lantu.sources.join import CLASH_PREFIX, join_table, read_table
from lantu.sources.kind import Kind
from lantu.sources.live import LiveSource, open_live
from lantu.sources.pieces import NeedsWholeError, Pieces, pieces_of
from lantu.sources.postgis import PostgisSource
from lantu.sources.registry import open_source, readers
from lantu.sources.source import NotedTable, Source, choose_layer, notes_of, with_aliases
from lantu.sources.where import fields_of, filter_where, true_rows

__all__ = [
    "CLASH_PREFIX",
    "Kind",
    "LiveSource",
    "NeedsWholeError",
    "NotedTable",
    "Pieces",
    "PostgisSource",
    "Source",
    "choose_layer",
    "fields_of",
    "files_of",
    "filter_where",
    "join_table",
    "notes_of",
    "open_live",
    "open_source",
    "parse_where",
    "pieces_of",
    "read_between_points",
    "read_table",
    "readers",
    "sha256_of",
    "sha256_of_rows",
    "shown_address",
    "true_rows",
    "with_aliases",
]
