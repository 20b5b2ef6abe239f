"""PostGIS tables read live: one read-only transaction, only the columns that are needed.

TLS is required and the server's certificate and name are verified (``sslmode=verify-full``) unless the
address says otherwise, which a note then repeats. Every identifier is quoted by psycopg; functions and
types of PostGIS are named with their schema, so that nothing in the search path can take their place.
"""

from __future__ import annotations

import importlib
import math
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.gdal import crs_of, geometries_of
from lantu.sources.postgis_login import Login, login_of
from lantu.sources.postgis_table import Table, find_table, list_tables
from lantu.sources.records import series_of
from lantu.sources.source import NotedTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg
    from psycopg import sql
    from pyproj import CRS

    from lantu.messages import Message
    from lantu.sources.address import Address

DRIVER = "PostGIS"

_STATEMENT_TIMEOUT_S = 300.0
_ROWS_AT_ONCE = 5_000
_ARC_STEP_RAD = math.radians(0.5)
"""Chords of arcs: 1 mm from an arc of 100 m radius, as for files."""

_AS_THEY_ARE = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric", "bool", "text", "varchar"})
_SAFE_OUTPUT = "SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1"


@dataclass(frozen=True)
class PostgisSource:
    """One table, view or foreign table with a geometry column, named by ``table=`` or as the layer."""

    address: Address
    columns: tuple[str, ...] | None = None
    statement_timeout_s: float = field(default=_STATEMENT_TIMEOUT_S, kw_only=True)
    driver: str = DRIVER

    @property
    def path(self) -> Address:
        """Return the address, which names itself without its secrets."""
        return self.address

    def only(self, columns: Sequence[str]) -> PostgisSource:
        """Return this source narrowed to some columns; the primary key and the geometry come always."""
        return replace(self, columns=tuple(columns))

    def layers(self) -> tuple[str, ...]:
        """Return the table that the address names, or all with a geometry column, as ``schema.name``."""
        login = login_of(self.address)
        if login.table is not None:
            return (login.table,)
        with self._connected(login) as connection:
            return list_tables(connection)

    def fields(self, layer: str | None = None) -> tuple[str, ...]:
        """Return the names of the columns of a table, in its order, without geometries.

        Raises
        ------
        SourceError
            As for ``read``.
        """
        login = login_of(self.address)
        with self._connected(login) as connection:
            table = find_table(connection, self.address, login, layer)
            return tuple(table.types)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read the rows in the order of the primary key, or of their values where the table has none.

        Raises
        ------
        SourceError
            The server cannot be reached, refuses, or answers too late; there is no such table; or its
            geometry is not of one coordinate system.
        """
        login = login_of(self.address)
        with self._connected(login) as connection:
            table = find_table(connection, self.address, login, layer)
            wanted = self._wanted(table)
            rows = list(_rows(connection, table, wanted, login))
            notes = (*login.notes, *_outside(connection, table, login, len(rows)))
        return _noted(rows, table, wanted, notes)

    def _wanted(self, table: Table) -> tuple[str, ...]:
        if self.columns is None:
            return tuple(table.types)
        chosen = {*self.columns, *table.key}
        return tuple(name for name in table.types if name in chosen)

    @contextmanager
    def _connected(self, login: Login) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection inside a read-only transaction; whatever the server says becomes an error."""
        driver = _psycopg()
        try:
            connection = driver.connect(**login.parameters)
        except (driver.Error, ValueError) as error:  # ValueError: a name that no protocol can carry
            reason = self.address.quoted(error)
            shown = self.address.shown
            raise SourceError(message("live.postgis_unreachable", address=shown, reason=reason)) from None
        try:
            with connection:
                connection.read_only = True
                connection.isolation_level = driver.IsolationLevel.REPEATABLE_READ
                connection.execute(_SAFE_OUTPUT)
                timeout_ms = f"{round(self.statement_timeout_s * 1000)}ms"
                connection.execute("SELECT set_config('statement_timeout', %s, true)", (timeout_ms,))
                yield connection
        except driver.errors.QueryCanceled:
            raise SourceError(
                message(
                    "live.postgis_timeout",
                    address=self.address.shown,
                    seconds=f"{self.statement_timeout_s:g}",
                )
            ) from None
        except driver.Error as error:
            reason = self.address.quoted(error)
            raise SourceError(
                message("live.postgis_failed", address=self.address.shown, reason=reason)
            ) from None


def _psycopg() -> Any:  # noqa: ANN401  # the module itself
    """Return psycopg, or say which extra installs it."""
    try:
        return importlib.import_module("psycopg")
    except ImportError:
        raise SourceError(message("live.postgis_extra")) from None


def _rows(
    connection: psycopg.Connection[Any], table: Table, wanted: Sequence[str], login: Login
) -> Iterator[tuple[Any, ...]]:
    """Yield key-ordered rows, the geometry as WKB last, through a cursor that stays on the server."""
    from psycopg import sql  # noqa: PLC0415  # of an extra: there only once a connection stands

    columns = [_column(table, name) for name in wanted]
    columns.append(_geometry(table))
    order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, table.key)))
    query = sql.SQL("SELECT {} FROM {}{}{}").format(
        sql.SQL(", ").join(columns),
        sql.Identifier(table.schema, table.name),
        _inside(table, login),
        order if table.key else sql.SQL(""),
    )
    with connection.cursor(name="lantu", binary=True) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query)
        yield from cursor


def _column(table: Table, name: str) -> sql.Composable:
    from psycopg import sql  # noqa: PLC0415  # as above

    plain = sql.Identifier(name)
    if table.types[name] in _AS_THEY_ARE:
        return plain
    return sql.SQL("CAST({} AS pg_catalog.text)").format(plain)


def _geometry(table: Table) -> sql.Composable:
    """Return the expression for a geometry as WKB, with arcs as chords."""
    from psycopg import sql  # noqa: PLC0415  # as above

    return sql.SQL("{binary}({line}(CAST({column} AS {kind}), {step}, 2, 0))").format(
        binary=sql.Identifier(table.postgis, "st_asbinary"),
        line=sql.Identifier(table.postgis, "st_curvetoline"),
        column=sql.Identifier(table.geometry),
        kind=sql.Identifier(table.postgis, "geometry"),
        step=sql.Literal(_ARC_STEP_RAD),
    )


def _inside(table: Table, login: Login) -> sql.Composable:
    """Return the condition that a row lies in the window of the address, empty where there is none."""
    from psycopg import sql  # noqa: PLC0415  # as above

    if login.window is None:
        return sql.SQL("")
    return sql.SQL(" WHERE CAST({column} AS {kind}) OPERATOR({schema}.&&) {box}({numbers}, {srid})").format(
        column=sql.Identifier(table.geometry),
        kind=sql.Identifier(table.postgis, "geometry"),
        schema=sql.Identifier(table.postgis),
        box=sql.Identifier(table.postgis, "st_makeenvelope"),
        numbers=sql.SQL(", ").join(map(sql.Literal, login.window)),
        srid=sql.Literal(table.srid),
    )


def _outside(
    connection: psycopg.Connection[Any], table: Table, login: Login, inside: int
) -> tuple[Message, ...]:
    """Return the note on how many rows a window leaves out, so that none goes in silence."""
    from psycopg import sql  # noqa: PLC0415  # as above

    if login.window is None:
        return ()
    query = sql.SQL("SELECT pg_catalog.count(*) FROM {}").format(sql.Identifier(table.schema, table.name))
    found = connection.execute(query).fetchone()
    total = int(found[0]) if found else inside
    return (message("live.postgis_window", total=total, outside=total - inside),)


def _noted(
    rows: list[tuple[Any, ...]], table: Table, wanted: Sequence[str], notes: tuple[Message, ...]
) -> NotedTable:
    if not table.key:
        rows = sorted(rows, key=repr)
    blobs = np.empty(len(rows), dtype=object)
    blobs[:] = [row[-1] for row in rows]
    shapes, failures = geometries_of(blobs)
    damage = Damage()
    for position, reason in failures.items():
        damage.refuse(position + 1, reason)
    columns = {name: series_of([_plain(row[place]) for row in rows]) for place, name in enumerate(wanted)}
    records = np.arange(1, len(rows) + 1, dtype=np.int64)
    good = ~np.isin(records, sorted(damage.unreadable))
    attributes = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    return NotedTable(
        attributes=attributes[good].reset_index(drop=True),
        geometry=shapes[good],
        record=records[good],
        crs=_crs(table),
        driver=DRIVER,
        count_in=len(rows),
        layer=f"{table.schema}.{table.name}",
        encoding="UTF-8",
        encoding_how="format",
        problems=damage.log(),
        notes=notes,
    )


def _plain(value: object) -> object:
    """Return a number of the type ``numeric`` as an int where it is whole, so that long ids stay exact."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)


def _crs(table: Table) -> CRS | None:
    """Return the CRS behind an SRID: by its authority's code, or by the definition in the database."""
    return crs_of(table.authority) or crs_of(table.definition)
