"""A PostgreSQL with PostGIS of its own: a cluster in a folder, a private port, TLS by a made-up authority."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "p@ss:w/ör d#1?%s"  # noqa: S105  # every character that an address gives a meaning to
HOSTILE = 'plots"; DROP TABLE land.plots; --'

TABLES = f"""
CREATE EXTENSION postgis;
CREATE SCHEMA land;
CREATE TABLE land.plots (
  "宗地代码" varchar(20) PRIMARY KEY, dlbm text, area numeric(12, 4), long_id numeric(20, 0), issued date,
  note jsonb, secret_column text, geom geometry(Polygon, 4548));
INSERT INTO land.plots
SELECT 'P' || lpad(n::text, 3, '0'), '0' || (700 + n), n * 2500.5, 12345678901234567000 + n, '2026-03-01',
  '{{"a": 1}}', 'not needed',
  ST_MakeEnvelope(576000 + 50 * n, 4075000, 576050 + 50 * n, 4075050, 4548)
FROM generate_series(10, 1, -1) AS n;
CREATE TABLE land."{HOSTILE.replace('"', '""')}" (
  "id""; --" integer PRIMARY KEY, "where %s {{x}}" text, "the ""geom" geometry(Point, 4490));
INSERT INTO land."{HOSTILE.replace('"', '""')}" VALUES (1, 'a', ST_SetSRID(ST_MakePoint(117.8, 36.8), 4490));
CREATE TABLE land.curved (id integer PRIMARY KEY, geom geometry);
INSERT INTO land.curved VALUES
  (1, ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(576000 4075000, 576100 4075000, 576000 4075000))', 4548)),
  (2, NULL);
CREATE TABLE land.mixed (id integer, geom geometry);
INSERT INTO land.mixed VALUES
  (1, ST_SetSRID(ST_MakePoint(1, 2), 4548)), (2, ST_SetSRID(ST_MakePoint(1, 2), 4490));
CREATE TABLE land.keyless (name text, geom geometry(Point, 4548));
INSERT INTO land.keyless VALUES
  ('b', ST_SetSRID(ST_MakePoint(2, 2), 4548)),
  ('a', ST_SetSRID(ST_MakePoint(1, 1), 4548));
CREATE VIEW land.slow AS SELECT 1 AS id, ST_SetSRID(ST_MakePoint(1, 2), 4548)::geometry(Point, 4548) AS geom
  FROM pg_sleep(30);
CREATE TABLE land.plain (id integer);
CREATE TABLE land.two (id integer, one geometry(Point, 4548), other geometry(Point, 4490));
CREATE TABLE land.closed (id integer, geom geometry(Point, 4548));
CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}';
GRANT USAGE ON SCHEMA land TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA land TO reader;
REVOKE ALL ON land.closed FROM reader;
GRANT INSERT, DELETE ON land.plots TO reader;
"""  # noqa: S608  # all of it is written here


@dataclass(frozen=True)
class Database:
    """A running server; ``authority`` is the file of the root certificate."""

    port: int
    authority: Path
    stranger: Path

    def address(self, table: str | None, /, host: str = "localhost", **parameters: str) -> str:
        """Return an address as a blueprint writes it, the password in ${LANTU_PW}."""
        given: dict[str, str] = {"table": table} if table is not None else {}
        given |= {"sslrootcert": str(self.authority), **parameters}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
        return f"postgresql://reader:${{LANTU_PW}}@{host}:{self.port}/postgres?{query}"


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """Start PostgreSQL; skip with the reason where that cannot be, fail where CI=true."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        _absent("no PostgreSQL server: make test installs postgresql-postgis on Debian as root")
    extensions = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    versions = {path.parts[-3] for path in extensions}
    binaries = next((path.parent for path in reversed(programs) if path.parts[-3] in versions), None)
    if binaries is None:
        _absent("no PostGIS for the PostgreSQL that is installed")
    with tempfile.TemporaryDirectory(prefix="lantu-pg-") as folder:
        yield from _running(binaries, Path(folder))


def _absent(reason: str) -> Any:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _running(binaries: Path, folder: Path) -> Iterator[Database]:
    authority, stranger = _certificates(folder)
    as_whom = _user()
    if as_whom:
        shutil.chown(folder, "postgres", "postgres")
        for name in ("server.key", "server.pem"):
            shutil.chown(folder / name, "postgres", "postgres")
    folder.chmod(0o755)
    (folder / "server.key").chmod(0o600)
    cluster = folder / "cluster"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    initdb = [binaries / "initdb", "-D", cluster, "-U", "owner", "-A", "trust", "-E", "UTF8"]
    _run([*as_whom, *initdb, "--no-sync", "--locale=C"])
    (cluster / "pg_hba.conf").write_text("local all all trust\nhostssl all reader all scram-sha-256\n")
    settings = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        f" -c fsync=off -c ssl=on -c ssl_cert_file={folder}/server.pem -c ssl_key_file={folder}/server.key"
    )
    _run([*as_whom, binaries / "pg_ctl", "-D", cluster, "-l", folder / "log", "-w", "-o", settings, "start"])
    try:
        psql = [binaries / "psql", "-q", "-h", folder, "-p", port, "-U", "owner", "-v", "ON_ERROR_STOP=1"]
        _run([*as_whom, *psql, "-d", "postgres"], TABLES)
        _run([*as_whom, *psql, "-d", "postgres"], "CREATE DATABASE plain;")
        yield Database(port=port, authority=authority, stranger=stranger)
    finally:
        _run([*as_whom, binaries / "pg_ctl", "-D", cluster, "-m", "immediate", "stop"])


def _certificates(folder: Path) -> tuple[Path, Path]:
    """Write the server's certificate, for localhost alone, and return two authorities, its own first."""
    import trustme

    own, other = trustme.CA(), trustme.CA()
    issued = own.issue_cert("localhost")
    issued.private_key_pem.write_to_path(folder / "server.key")
    issued.cert_chain_pems[0].write_to_path(folder / "server.pem")
    for authority, name in ((own, "authority.pem"), (other, "stranger.pem")):
        authority.cert_pem.write_to_path(folder / name)
    return folder / "authority.pem", folder / "stranger.pem"


def _user() -> list[str]:
    """Return what to put before a command so that it does not run as root, which PostgreSQL refuses."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _run(command: list[Any], text: str = "") -> None:
    with tempfile.TemporaryFile() as said:
        words = [str(word) for word in command]
        done = subprocess.run(words, input=text.encode(), stdout=said, stderr=said, check=False, cwd="/")  # noqa: S603
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")
