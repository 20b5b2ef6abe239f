"""PostGIS tables against a real server: what is read, what is refused, and that no secret gets out."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from live_database import HOSTILE, PASSWORD

import lantu
from lantu.errors import SourceError
from lantu.sources import notes_of, open_live, sha256_of_rows
from lantu.sources.live import PostgisSource

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.sources import NotedTable


ENVIRONMENT = {"LANTU_PW": PASSWORD}


def source(address: str) -> PostgisSource:
    found = open_live(address, environment=ENVIRONMENT)
    assert isinstance(found, PostgisSource)
    return found


def read(address: str) -> NotedTable:
    return source(address).read()


def refusal(address: str) -> str:
    with pytest.raises(SourceError) as caught:
        read(address)
    said = caught.value.text("en") + caught.value.text("zh")
    assert PASSWORD not in said
    assert "p%40ss" not in said
    return said


def test_a_table_is_read_in_key_order_with_its_types_and_crs(database: Any) -> None:
    raw = read(database.address("land.plots"))
    assert raw.attributes["宗地代码"].tolist() == [f"P{n:03}" for n in range(1, 11)]
    assert raw.attributes["dlbm"][0] == "0701"
    assert raw.attributes["area"].tolist() == [2500.5 * n for n in range(1, 11)]
    assert raw.attributes["long_id"][4] == 12345678901234567005
    assert raw.attributes["issued"][0] == "2026-03-01"
    assert raw.attributes["note"][0] == '{"a": 1}'
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    expected = [shapely.box(576000 + 50 * n, 4075000, 576050 + 50 * n, 4075050) for n in range(1, 11)]
    assert shapely.equals(raw.geometry, expected).all()
    assert (raw.count_in, raw.record.tolist(), notes_of(raw)) == (10, list(range(1, 11)), ())


def test_only_the_columns_needed_leave_the_server_and_the_key_with_them(database: Any) -> None:
    raw = source(database.address("land.plots")).only(["dlbm"]).read()
    assert list(raw.attributes.columns) == ["宗地代码", "dlbm"]


def test_a_window_reads_what_meets_it_and_says_what_it_leaves_out(database: Any) -> None:
    raw = read(database.address("land.plots", window="576120,4075000,576180,4075010"))
    assert raw.attributes["宗地代码"].tolist() == ["P002", "P003"]
    assert "10 rows, 8 of them" in notes_of(raw)[0].text("en")


def test_hostile_names_are_names(database: Any) -> None:
    raw = read(database.address(f"land.{HOSTILE}"))
    assert raw.attributes.to_dict("list") == {'id"; --': [1], "where %s {x}": ["a"]}
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4490
    assert (raw.geometry[0].x, raw.geometry[0].y) == (117.8, 36.8)
    assert read(database.address("land.plots")).count_in == 10
    assert "there is no table" in refusal(database.address("land.plots; DROP TABLE land.plots"))


def test_arcs_become_chords_and_a_null_stays_one(database: Any) -> None:
    raw = read(database.address("land.curved"))
    assert raw.geometry[1] is None
    assert raw.geometry[0].area == pytest.approx(np.pi * 50**2, rel=1e-4)


def test_a_table_without_a_key_has_one_order_and_the_fingerprint_none(database: Any) -> None:
    raw = read(database.address("land.keyless"))
    assert raw.attributes["name"].tolist() == ["a", "b"]
    assert sha256_of_rows(raw) == sha256_of_rows(read(database.address("land.keyless")))
    assert sha256_of_rows(raw) != sha256_of_rows(read(database.address("land.plots")))


def test_the_transaction_can_change_nothing(database: Any) -> None:
    opened = source(database.address("land.plots"))
    from lantu.sources.postgis_login import login_of

    with (
        pytest.raises(SourceError, match="read-only transaction"),
        opened._connected(login_of(opened.address)) as link,
    ):
        link.execute("DELETE FROM land.plots")
    assert read(database.address("land.plots")).count_in == 10


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("land.plot", "Did you mean 'land.plots'"),
        ("land.mixed", "SRID 4490, 4548"),
        ("land.plain", "no column of geometry"),
        ("land.two", "geometry=NAME. Its columns of geometry: one, other"),
        ("land.closed", "permission denied"),
    ],
)
def test_what_cannot_be_a_layer_is_refused_with_what_to_do(database: Any, table: str, expected: str) -> None:
    assert expected in refusal(database.address(table))


def test_one_of_several_geometries_is_chosen_by_name(database: Any) -> None:
    raw = read(database.address("land.two", geometry="other"))
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4490
    assert raw.count_in == 0


def test_a_query_without_end_is_cancelled(database: Any) -> None:
    found = source(database.address("land.slow"))
    with pytest.raises(SourceError, match=r"did not finish the query within 0\.3 s"):
        PostgisSource(found.address, statement_timeout_s=0.3).read()


def test_certificate_and_name_are_verified_unless_the_address_says_otherwise(database: Any) -> None:
    other = {"sslrootcert": str(database.stranger)}
    assert "certificate verify failed" in refusal(database.address("land.plots", **other))
    assert "does not match host name" in refusal(database.address("land.plots", host="127.0.0.1"))
    raw = read(database.address("land.plots", host="127.0.0.1", sslmode="verify-ca"))
    assert "sslmode=verify-ca" in notes_of(raw)[0].text("en")


def test_a_wrong_password_and_an_unreachable_server_say_what_to_check(database: Any) -> None:
    with pytest.raises(SourceError, match="password authentication failed"):
        open_live(database.address("land.plots"), environment={"LANTU_PW": "open-sesame"}).read()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"postgresql://me@127.0.0.1:{taken.getsockname()[1]}/db?table=a.b&sslmode=disable"
        assert "cannot connect to the database" in refusal(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://host?table=a", "not a complete database address"),
        ("postgresql://me:${LANTU_PW}@host:abc/db", "not a complete database address"),
        ("postgresql://host/db?tabel=a", "Did you mean 'table'"),
        ("postgresql://host/db?sslmode=off", "not a value of sslmode"),
        ("postgresql://host/db?window=1,2,1,4", "four numbers"),
        ("mysql://me:${LANTU_PW}@host/db", "cannot connect to an address of this kind: mysql://host/db"),
        ("postgresql://me:${NOT_THERE}@host/db", "NOT_THERE"),
    ],
)
def test_an_address_that_says_nothing_sensible_is_refused_before_anybody_is_called(
    address: str, expected: str
) -> None:
    assert expected in refusal(address)


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("lantu.sources.postgis.importlib.import_module", absent)
    assert 'pip install "lantu[postgis]"' in refusal("postgresql://host/db?table=a.b")


BLUEPRINT = """
[blueprint]
name = "b"
as_of = 2026-11-23
language = "en"
crs = "EPSG:4548"
[departments.land]
[layers.plots]
path = "{good}"
standard = "land.parcel"
department = "land"
where = "area > 2600"
fields = {{ id = "宗地代码", use_code = "dlbm", area_registered_m2 = "area" }}
[layers.gone]
path = "{gone}"
standard = "plan.plot"
department = "land"
"""


def test_a_run_reads_live_refuses_what_is_gone_and_writes_no_secret(
    database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANTU_PW", PASSWORD)
    (tmp_path / "authority.pem").write_bytes(database.authority.read_bytes())
    good = database.address("land.plots", sslrootcert="authority.pem")
    gone = database.address("land.nowhere", sslrootcert="authority.pem")
    (tmp_path / "blueprint.toml").write_text(BLUEPRINT.format(good=good, gone=gone), encoding="utf-8")
    opened = lantu.open(tmp_path / "blueprint.toml")
    run = opened.check()
    plots, lost = opened.layers["plots"], opened.layers["gone"]
    assert (len(plots), plots.provenance.count_in, plots.provenance.count_filtered) == (9, 10, 1)
    assert "source:secret_column" not in plots.frame.columns
    assert plots.provenance.path == f"postgresql://localhost:{database.port}/postgres?table=land.plots"
    assert len(plots.provenance.sha256 or "") == 64
    assert lost.refusal is not None
    written = run.write(tmp_path / "out")
    assert len(written) > 3
    said = "".join(capfd.readouterr())
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (PASSWORD.encode(), b"p%40ss", b"sslrootcert", b"reader:"):
                assert secret not in content, path.name
    assert PASSWORD not in said
    assert PASSWORD not in repr(opened.layers)
    assert PASSWORD not in opened.inventory().to_string()
    assert PASSWORD not in repr(source(good))
