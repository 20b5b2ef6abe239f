"""What a PostgreSQL catalogue knows of a table: columns, primary key, geometry and its SRID."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.source import choose_layer, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from lantu.sources.address import Address
    from lantu.sources.postgis_login import Login

_SPATIAL = frozenset({"geometry", "geography"})

_HOME = """
SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'postgis'
"""
_ALL = """
SELECT n.nspname || '.' || c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND EXISTS (
  SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typname IN ('geometry', 'geography'))
ORDER BY 1
"""
_NAMED = """
SELECT c.oid, n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND (
  n.nspname || '.' || c.relname = %(name)s
  OR (c.relname = %(name)s AND pg_catalog.pg_table_is_visible(c.oid)))
ORDER BY 2, 3
"""
_COLUMNS = """
SELECT a.attname, t.typname, a.atttypmod
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_KEY = """
SELECT a.attname
FROM pg_catalog.pg_index i
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = %s AND i.indisprimary ORDER BY k.place
"""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as its catalogue describes it; ``types`` maps columns other than geometry to type names."""

    schema: str
    name: str
    geometry: str
    postgis: str
    srid: int
    key: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    authority: str | None = None
    definition: str | None = None


def list_tables(connection: psycopg.Connection[Any]) -> tuple[str, ...]:
    """Return all tables and views with a geometry column as ``schema.name``, in that order."""
    return tuple(str(row[0]) for row in connection.execute(_ALL))


def find_table(
    connection: psycopg.Connection[Any], address: Address, login: Login, layer: str | None
) -> Table:
    """Describe the table that an address or a blueprint's ``layer`` names.

    Raises
    ------
    SourceError
        There is no such table, none at all or more than one; it has no geometry column or several; its
        geometries are not of one coordinate system; or the database has no PostGIS.
    """
    home = connection.execute(_HOME).fetchone()
    if home is None:
        raise SourceError(message("live.postgis_none", address=address.shown))
    asked = login.table or layer or choose_layer(address, None, list_tables(connection))
    found = connection.execute(_NAMED, {"name": asked}).fetchall()
    if len(found) != 1:
        tables = list_tables(connection)
        hint = did_you_mean(asked, tables)
        key = "live.postgis_table_twice" if found else "live.postgis_table_unknown"
        raise SourceError(message(key, address=address.shown, table=asked, help=hint))
    number, schema, name = found[0]
    columns = connection.execute(_COLUMNS, (number,)).fetchall()
    spatial = {str(column): int(modifier) for column, kind, modifier in columns if kind in _SPATIAL}
    geometry = _geometry_column(address, login, spatial, table=f"{schema}.{name}")
    srid = _srid(connection, address, str(home[0]), (schema, name, geometry), spatial[geometry])
    authority, definition = _reference(connection, str(home[0]), srid)
    return Table(
        schema=schema,
        name=name,
        geometry=geometry,
        postgis=str(home[0]),
        srid=srid,
        key=tuple(str(row[0]) for row in connection.execute(_KEY, (number,))),
        types={str(column): str(kind) for column, kind, _ in columns if kind not in _SPATIAL},
        authority=authority,
        definition=definition,
    )


def _geometry_column(address: Address, login: Login, spatial: Mapping[str, int], *, table: str) -> str:
    if login.geometry in spatial or (login.geometry is None and len(spatial) == 1):
        return login.geometry or next(iter(spatial))
    key = "live.postgis_geometry_choice" if spatial else "live.postgis_no_geometry"
    raise SourceError(message(key, address=address.shown, table=table, columns=", ".join(spatial)))


def _srid(
    connection: psycopg.Connection[Any], address: Address, home: str, place: tuple[str, str, str], typmod: int
) -> int:
    """Return the SRID that the column is bound to or that all its geometries share, 0 where none is."""
    from psycopg import sql  # noqa: PLC0415  # of an extra: there only once a connection stands

    bound = connection.execute(
        sql.SQL("SELECT {}(%s)").format(sql.Identifier(home, "postgis_typmod_srid")), (typmod,)
    ).fetchone()
    if bound is not None and bound[0]:
        return int(bound[0])
    schema, name, geometry = place
    query = sql.SQL(
        "SELECT DISTINCT {srid}(CAST({column} AS {kind})) FROM {table} WHERE {column} IS NOT NULL"
    )
    rows = connection.execute(
        query.format(
            srid=sql.Identifier(home, "st_srid"),
            column=sql.Identifier(geometry),
            kind=sql.Identifier(home, "geometry"),
            table=sql.Identifier(schema, name),
        )
    )
    srids = sorted(int(row[0]) for row in rows)
    if len(srids) > 1:
        listed = ", ".join(map(str, srids))
        raise SourceError(
            message("live.postgis_srids", address=address.shown, table=f"{schema}.{name}", srids=listed)
        )
    return srids[0] if srids else 0


def _reference(connection: psycopg.Connection[Any], home: str, srid: int) -> tuple[str | None, str | None]:
    """Return authority and code, and the WKT, of an SRID; None where the database has no such entry."""
    from psycopg import sql  # noqa: PLC0415  # as above

    query = sql.SQL("SELECT auth_name, auth_srid, srtext FROM {} WHERE srid = %s")
    row = connection.execute(query.format(sql.Identifier(home, "spatial_ref_sys")), (srid,)).fetchone()
    if row is None:
        return None, None
    name, code, definition = row
    return (f"{name}:{code}" if name and code else None), definition
