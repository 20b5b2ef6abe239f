"""OGC WFS and OGC API Features against servers on loopback: honest, slow, broken, endless and lying ones."""

from __future__ import annotations

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely

from lantu.errors import SourceError
from lantu.sources import notes_of, open_live, sha256_of_rows
from lantu.sources.ogc_features import OgcFeaturesSource
from lantu.sources.web import Limits
from lantu.sources.wfs import WfsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "t0ken/&=öpen"  # noqa: S105  # of a test
ENVIRONMENT = {"TK": SECRET}
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4548 = "http://www.opengis.net/def/crs/EPSG/0/4548"
LON, LAT = 117.8, 36.8
EAST, NORTH = 571364.0, 4074355.0
"""About the same place in EPSG:4548."""


@dataclass
class Service:
    """Answers with what ``answer(path, query)`` gives: status, type, body, further headers."""

    answer: Callable[[str, dict[str, str]], tuple[int, str, bytes, dict[str, str]]] = field(repr=False)
    port: int = 0
    asked: list[str] = field(default_factory=list)
    drip_s: float = 0.0
    server: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], Service]]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running: list[ThreadingHTTPServer] = []

    def start(answer: Any) -> Service:
        service = Service(answer)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, kind, body, headers = service.answer(parts.path, query)
                self.send_response(status)
                given = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
                for name, value in given.items():
                    self.send_header(name, value)
                self.end_headers()
                for byte in body if service.drip_s else (body,):
                    time.sleep(service.drip_s)
                    try:
                        self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                    except OSError:
                        return

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        service.port, service.server = server.server_address[1], server
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return service

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def feature(number: int, x: float = LON, y: float = LAT, **properties: Any) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [x + number * 0.001, y]}
    values = {"code": f"0{number}", **properties}
    return {"type": "Feature", "id": f"plots.{number}", "properties": values, "geometry": place}


def found(body: Any, **headers: str) -> tuple[int, str, bytes, dict[str, str]]:
    return 200, "application/geo+json", json.dumps(body, ensure_ascii=False).encode(), headers


def collection(features: list[Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features, **members}


ABOUT = {"id": "plots", "extent": {"spatial": {"bbox": [[117.7, 36.7, 117.9, 36.9]]}}}


def api(features: list[Any], about: dict[str, Any] = ABOUT, page: int = 3, **members: Any) -> Any:
    """Answer as an OGC API Features with pages of ``page``."""

    def answer(path: str, query: dict[str, str]) -> Any:
        if path == "/api/collections":
            return found({"collections": [about]})
        if path == "/api/collections/plots":
            return found(about)
        if path != "/api/collections/plots/items":
            return 404, "text/plain", b"", {}
        start = int(query.get("offset", "0"))
        links = [{"rel": "next", "href": f"?offset={start + page}"}] if start + page < len(features) else []
        body = collection(features[start : start + page], links=links, numberMatched=len(features))
        return found({**body, **members})

    return answer


def read_api(url: str, layer: str | None = None, **limits: float) -> Any:
    source = open_live(url, environment=ENVIRONMENT)
    assert isinstance(source, OgcFeaturesSource)
    return OgcFeaturesSource(source.address, limits=Limits(**limits)).read(layer)  # type: ignore[arg-type]


def refusal(url: str, **limits: float) -> str:
    source = open_live(url, environment=ENVIRONMENT)
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        type(source)(source.path, limits=Limits(**limits)).read("plots")  # type: ignore[call-arg,arg-type]
    assert time.monotonic() - started < 5
    said = caught.value.text("en") + caught.value.text("zh")
    assert "t0ken" not in said
    return said


def test_all_pages_are_read_in_the_order_of_ids_whatever_the_servers(serve: Any) -> None:
    features = [feature(number) for number in range(1, 12)]
    one = read_api(serve(api(features)).url + "/api/collections/plots/items")
    other = read_api(serve(api(features[::-1], page=4)).url + "/api", "plots")
    assert one.attributes["code"].tolist() == [f"0{number}" for number in range(1, 12)]
    assert one.attributes.equals(other.attributes)
    assert sha256_of_rows(one) == sha256_of_rows(other)
    assert (one.crs.to_epsg(), one.count_in, notes_of(one)) == (4326, 11, ())
    assert one.geometry[0].x == pytest.approx(LON + 0.001)


def test_the_only_collection_needs_no_name_and_a_token_goes_with_every_page_but_nowhere_else(
    serve: Any,
) -> None:
    service = serve(api([feature(number) for number in range(7)]))
    raw = read_api(service.url + "/api?token=${TK}")
    assert raw.count_in == 7
    assert len(service.asked) == 5
    assert all("token=t0ken%2F" in path for path in service.asked)
    assert "t0ken" not in repr(raw.notes) + repr(open_live("http://h/?token=${TK}", environment=ENVIRONMENT))


STORED = {**ABOUT, "storageCrs": EPSG4548, "crs": [CRS84, EPSG4548]}


@pytest.mark.parametrize("as_said", [True, False])
def test_the_storage_crs_is_asked_for_and_the_order_of_its_axes_settled(serve: Any, as_said: bool) -> None:  # noqa: FBT001
    places = (NORTH, EAST) if as_said else (EAST, NORTH)
    inner = api([feature(0, *places)], STORED)
    asked: list[str] = []

    def answer(path: str, query: dict[str, str]) -> Any:
        asked.append(query.get("crs", ""))
        status, kind, body, _ = inner(path, query)
        return status, kind, body, {"Content-Crs": f"<{EPSG4548}>"}

    raw = read_api(serve(answer).url + "/api/collections/plots")
    assert asked[-1] == EPSG4548
    assert raw.crs.to_epsg() == 4548
    assert (raw.geometry[0].x, raw.geometry[0].y) == (EAST, NORTH)
    assert ["another order" in note.text("en") for note in notes_of(raw)] == ([] if as_said else [True])


def test_coordinates_outside_the_declared_extent_are_said(serve: Any) -> None:
    raw = read_api(serve(api([feature(0, 2.0, 48.0)])).url + "/api/collections/plots")
    assert "lie outside the extent" in notes_of(raw)[0].text("en")


def test_a_damaged_feature_costs_no_other(serve: Any) -> None:
    bad = {**feature(2), "geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}
    raw = read_api(serve(api([feature(1), bad, "no feature", feature(3)])).url + "/api", "plots")
    assert raw.attributes["code"].tolist() == ["01", "03"]
    assert (raw.count_in, len(raw.problems)) == (4, 2)


def endless(_: str, query: dict[str, str]) -> Any:
    start = int(query.get("offset", "0"))
    links = [{"rel": "next", "href": f"?offset={start + 1}"}]
    return found(collection([feature(start)], links=links))


def repeating(_: str, __: dict[str, str]) -> Any:
    return found(collection([feature(1)], links=[{"rel": "next", "href": "?x=1"}]))


def elsewhere(_: str, __: dict[str, str]) -> Any:
    return found(collection([], links=[{"rel": "next", "href": "http://192.0.2.1/steal?token=t0ken"}]))


def file_link(_: str, __: dict[str, str]) -> Any:
    return found(collection([], links=[{"rel": "next", "href": "file:///etc/passwd"}]))


def no_link(_: str, __: dict[str, str]) -> Any:
    return found(collection([], links=[{"rel": "next", "href": "http://[t0ken/&=öpen"}]))


def redirecting(_: str, __: dict[str, str]) -> Any:
    return 302, "text/plain", b"", {"Location": "http://192.0.2.1/"}


def cut_off(_: str, __: dict[str, str]) -> Any:
    return 200, "a/b", b"{}", {"Content-Length": "9", "Connection": "close"}


BAD: list[tuple[Any, dict[str, float], str]] = [
    (endless, {"pages": 20}, "no end after 20 pages"),
    (repeating, {}, "feature 'plots.1' came twice"),
    (elsewhere, {}, "leads to another origin (http://192.0.2.1/steal)"),
    (file_link, {}, "leads to another origin (file:///etc/passwd)"),
    (no_link, {}, "leads to another origin (http://[***)"),
    (redirecting, {}, "leads to another origin (http://192.0.2.1/)"),
    (api([feature(1)], numberMatched=5), {}, "says there are 5 features, but 1 came"),
    (
        lambda *_: (200, "text/html", b"<html>t0ken/&=\xc3\xb6pen", {}),
        {},
        "the answer is not JSON (text/html)",
    ),
    (lambda *_: found({"type": "Feature"}), {}, "no collection of features"),
    (lambda *_: (403, "text/plain", b"", {}), {}, "HTTP status 403"),
    (
        cut_off,
        {"silence_s": 0.3},
        "cut off",
    ),
    (lambda *_: (200, "a/b", b" " * 100_000, {}), {"answer_bytes": 50_000}, "sends too much"),
    (lambda *_: (200, "a/b", b"[" * 90_000, {}), {}, "not JSON"),
    (lambda *_: (200, "a/b", b"{}", {"Content-Encoding": "gzip"}), {}, "Content-Encoding"),
]


@pytest.mark.parametrize(("answer", "limits", "expected"), BAD, ids=[case[2][:30] for case in BAD])
def test_bad_servers_are_refused_in_time(serve: Any, answer: Any, limits: Any, expected: str) -> None:
    said = refusal(serve(answer).url + "/api?token=${TK}", **limits)
    assert any(part in said for part in expected.split("|")), said


def test_a_server_that_drips_or_is_silent_or_absent_costs_no_more_than_the_limit(serve: Any) -> None:
    service = serve(api([feature(1)]))
    service.drip_s = 0.02
    assert "did not finish within 0.3 s" in refusal(service.url + "/api", whole_s=0.3)
    service.drip_s = 2.0
    assert "timed out" in refusal(service.url + "/api", silence_s=0.2)
    assert "nothing can be read" in refusal("http://127.0.0.1:9/api")


def test_https_is_verified_against_the_trusted_authorities(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trustme

    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    service = serve(api([feature(1)]))
    service.server.socket = context.wrap_socket(service.server.socket, server_side=True)
    url = f"https://127.0.0.1:{service.port}/api"
    assert "CERTIFICATE_VERIFY_FAILED" in refusal(url)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert read_api(url).count_in == 1


CAPABILITIES = """<?xml version="1.0"?>
<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"
  xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:OperationsMetadata><ows:Operation name="GetFeature"><ows:Parameter
name="outputFormat"><ows:AllowedValues>
<ows:Value>application/gml+xml; version=3.2</ows:Value>{json}</ows:AllowedValues></ows:Parameter>
</ows:Operation></ows:OperationsMetadata>
<wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>plots</wfs:Name>
<wfs:DefaultCRS>urn:ogc:def:crs:EPSG::4490</wfs:DefaultCRS><ows:WGS84BoundingBox>
<ows:LowerCorner>117.7 36.7</ows:LowerCorner><ows:UpperCorner>117.9 36.9</ows:UpperCorner>
</ows:WGS84BoundingBox></wfs:FeatureType></wfs:FeatureTypeList></wfs:WFS_Capabilities>"""
GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:a="http://a" numberMatched="{total}" numberReturned="{count}">
{members}</wfs:FeatureCollection>"""
MEMBER = """<wfs:member><a:plots gml:id="plots.{number}"><a:code>0{number}</a:code><a:geom>
<gml:Point gml:id="g{number}" srsName="urn:ogc:def:crs:EPSG::4490"><gml:pos>36.8 {x}</gml:pos></gml:Point>
</a:geom></a:plots></wfs:member>"""


def wfs(total: int, *, as_json: bool, page: int = 4, swap: bool = False) -> Any:
    """Answer as a WFS 2.0 that gives no more than ``page`` features at once."""

    def answer(_: str, query: dict[str, str]) -> Any:
        assert (query["service"], query["version"]) == ("WFS", "2.0.0")
        if query["request"] == "GetCapabilities":
            offered = "<ows:Value>application/json</ows:Value>" if as_json else ""
            return 200, "text/xml", CAPABILITIES.format(json=offered).encode(), {}
        assert query["typeNames"] == "plots"
        start = int(query["startIndex"])
        numbers = range(start, min(start + page, total))
        if as_json:
            features = [feature(number, LAT, LON) if swap else feature(number) for number in numbers]
            return found(collection(features, numberMatched=total))
        members = "".join(MEMBER.format(number=number, x=LON + number * 0.001) for number in numbers)
        text = GML.format(total=total, count=len(numbers), members=members)
        return 200, "application/gml+xml", text.encode(), {}

    return answer


@pytest.mark.parametrize("as_json", [True, False])
def test_a_wfs_gives_the_same_features_as_geojson_and_as_gml(serve: Any, as_json: bool) -> None:  # noqa: FBT001
    source = open_live(
        serve(wfs(11, as_json=as_json)).url + "/geoserver/wfs?token=${TK}", environment=ENVIRONMENT
    )
    assert isinstance(source, WfsSource)
    raw = source.read()
    assert source.layers() == ("plots",)
    assert raw.attributes["code"].tolist() == [f"0{number}" for number in range(11)]
    assert (raw.crs is not None and raw.crs.to_epsg(), raw.count_in, notes_of(raw)) == (4490, 11, ())
    assert shapely.get_x(raw.geometry).tolist() == pytest.approx([LON + n * 0.001 for n in range(11)])
    assert shapely.get_y(raw.geometry).tolist() == pytest.approx([LAT] * 11)


def test_a_wfs_that_puts_latitude_first_in_geojson_is_found_out(serve: Any) -> None:
    url = serve(wfs(1, as_json=True, swap=True)).url + "/wfs"
    raw = open_live(url, environment={}).read("plots")
    assert (raw.geometry[0].x, raw.geometry[0].y) == (LON, LAT)
    assert "another order" in notes_of(raw)[0].text("en")


def gml_pages(*pages: str, total: int | None = None) -> Any:
    """Answer as a WFS that knows no JSON; each text is the members of one page."""

    def answer(_: str, query: dict[str, str]) -> Any:
        if query["request"] == "GetCapabilities":
            return 200, "text/xml", CAPABILITIES.format(json="").encode(), {}
        before = 0
        for page in pages:
            count = page.count("<wfs:member>")
            if int(query["startIndex"]) <= before:
                break
            before += count
        text = GML.format(
            total=total or sum(page.count("<wfs:member>") for page in pages), count=count, members=page
        )
        return 200, "application/gml+xml", text.encode(), {}

    return answer


def test_pages_of_gml_are_read_like_files_of_gml(serve: Any) -> None:
    hole = (
        "<wfs:member><a:plots gml:id='plots.10'><a:code>010</a:code><a:geom><gml:Polygon><gml:exterior>"
        "<gml:LinearRing><gml:posList>36.8 117.8 36.8 117.83 36.83 117.83 36.83 117.8 36.8 117.8"
        "</gml:posList></gml:LinearRing></gml:exterior><gml:interior><gml:LinearRing><gml:posList>"
        "36.81 117.81 36.81 117.82 36.82 117.82 36.82 117.81 36.81 117.81"
        "</gml:posList></gml:LinearRing></gml:interior></gml:Polygon>"
        "</a:geom></a:plots></wfs:member>"
    )
    unclosed = hole.replace("plots.10", "plots.9").replace("36.83 117.8 36.8 117.8", "36.83 117.8")
    first = MEMBER.format(number=2, x=LON)
    raw = open_live(serve(gml_pages(hole + unclosed, first)).url + "/wfs", environment={}).read()
    assert raw.attributes["code"].tolist() == ["02", "010"]
    assert (raw.count_in, raw.problems["record"].tolist()) == (3, [2])
    assert raw.geometry[1].bounds == (117.8, 36.8, 117.83, 36.83)  # no srsName: that of the feature type
    assert raw.geometry[1].area == pytest.approx(0.0009 - 0.0001)


def test_pages_of_gml_that_repeat_or_withhold_features_are_refused(serve: Any) -> None:
    one, other = (MEMBER.format(number=number, x=LON) for number in (1, 2))
    assert "feature 'plots.1' came twice" in refusal(serve(gml_pages(one + other, one)).url + "/wfs")
    assert "says there are 5 features, but 0 came" in refusal(serve(gml_pages("", total=5)).url + "/wfs")
    page = serve(lambda *_: (200, "text/xml", b"<html/>", {})).url + "/wfs"
    assert "no capabilities" in refusal(page)


def test_wfs_errors_are_said_without_the_secret_and_hostile_xml_is_refused(serve: Any) -> None:
    report = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception><ows:ExceptionText>'
        f"no right with {SECRET.replace('&', '&amp;')}</ows:ExceptionText></ows:Exception>"
        "</ows:ExceptionReport>"
    )
    url = serve(lambda *_: (200, "text/xml", report.encode(), {})).url + "/wfs?token=${TK}"
    assert "no right with ***" in refusal(url)
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "entit" in refusal(serve(lambda *_: (200, "text/xml", bomb, {})).url + "/wfs").lower()
    hidden = bomb.decode().encode("utf-16")
    assert "entit" in refusal(serve(lambda *_: (200, "text/xml", hidden, {})).url + "/wfs").lower()
    old = b'<WFS_Capabilities version="1.0.0"/>'
    assert "no capabilities of a WFS 2.0 (version 1.0.0)" in refusal(
        serve(lambda *_: (200, "text/xml", old, {})).url + "/wfs"
    )
