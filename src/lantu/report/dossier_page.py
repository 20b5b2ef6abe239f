"""The dossier of a parcel as an A4 page that holds all it needs, runs nothing and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
import shapely

from lantu.messages import say
from lantu.report.dossier_words import (
    department_name,
    document_level,
    layer_name,
    said_reason,
    said_share,
    said_shared,
    said_source,
    said_values,
)
from lantu.report.drawing import Frame, svg_path
from lantu.report.page.assets import asset
from lantu.report.page.page import HTML_LANGUAGE
from lantu.report.palette import OTHER_OUTLINE, OUTLINE_COLOURS
from lantu.report.wording import level_name
from lantu.report.writing import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.engine.dossier import Dossier
    from lantu.messages import Language

MAP_WIDTH, MAP_HEIGHT = 640.0, 360.0
MARGIN = 26.0
"""Size of the map and its margin, in its own units."""

LABEL = 14.0
"""Room that a number takes on the map."""


class Mark(NamedTuple):
    """One object on the map: an SVG path, its colour, dashes and number, and where the number stands."""

    path: str
    colour: str
    dashes: str
    number: int
    x: float
    y: float


def write_dossier_page(dossier: Dossier, path: Path, *, language: Language) -> None:
    """Write a dossier to the HTML file ``path``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    text = render_dossier_page(dossier, language=language)
    write_whole(path, lambda passing: passing.write_text(text, "utf-8", "replace", "\n"))


def render_dossier_page(dossier: Dossier, *, language: Language) -> str:
    """Return a dossier as an HTML page; texts of the data are escaped."""
    shape = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    subject, facts = dossier.subject, dossier.facts

    def words(key: str, **values: Any) -> str:  # noqa: ANN401  # whatever a sentence is about
        return say(f"dossier.text.{key}", language, **values)

    about = words(
        "about",
        level=level_name(document_level(dossier), language),
        name=facts.name,
        layer=subject.layer.name,
        department=department_name(dossier, subject.layer.department),
        area_m2=subject.area_m2,
        crs=facts.working_crs,
        as_of=facts.as_of.isoformat(),
    )
    return shape.from_string(asset("app/dossier.html")).render(
        html_language=HTML_LANGUAGE[language],
        words=words,
        title=words("title", id=subject.id),
        about=about,
        departments=_departments(dossier, language),
        objects=_objects(dossier, language),
        clear=_layers(dossier, "not_concerned", language),
        gaps=_layers(dossier, "no_data", language),
        findings=_findings(dossier, language),
        causes=dossier.causes["message"].tolist(),
        unchecked=dossier.not_checked[["rule", "reason"]].drop_duplicates().to_numpy().tolist(),
        map=_map(dossier, language),
    )


def _departments(dossier: Dossier, language: Language) -> list[tuple[str, str, str, str]]:
    rows = []
    for row in dossier.departments.to_dict("records"):
        reasons = "；".join(said_reason({str(k): v for k, v in row.items()}, language))
        counts = say("dossier.text.counts", language, objects=row["objects"], no_data=row["no_data"])
        said = counts if row["answer"] == "concerned" else reasons
        rows.append((row["name"], row["answer"], say(f"dossier.answer.{row['answer']}", language), said))
    return rows


def _objects(dossier: Dossier, language: Language) -> list[dict[str, Any]]:
    rows = []
    for number, row in enumerate(dossier.objects.drop(columns="geometry").to_dict("records"), start=1):
        plain = {str(name): value for name, value in row.items()}
        values = said_values(plain["standard"], plain["values"], plain["raw"], language)
        if not plain["in_force"]:
            values.insert(0, say("dossier.text.not_in_force", language))
        rows.append(
            {
                "number": number,
                "id": plain["id"],
                "layer": layer_name(plain, language),
                "department": department_name(dossier, plain["department"]),
                "values": values,
                "shared": said_shared(plain, language),
                "share": said_share(plain),
                "source": said_source(plain, language),
            }
        )
    return rows


def _layers(dossier: Dossier, answer: str, language: Language) -> list[tuple[str, str, list[str]]]:
    return [
        (department_name(dossier, row["department"]), layer_name(row, language), said_reason(row, language))
        for row in (
            {str(name): value for name, value in row.items()} for row in dossier.layers.to_dict("records")
        )
        if row["answer"] == answer
    ]


def _findings(dossier: Dossier, language: Language) -> list[tuple[str, str, str, str]]:
    return [
        (
            row["rule"],
            say(f"report.verdict.{row['verdict']}", language),
            say(f"report.severity.{row['severity']}", language),
            row["message"],
        )
        for row in dossier.findings.to_dict("records")
    ]


def _map(dossier: Dossier, language: Language) -> dict[str, Any]:
    """Return the map: the parcel, what lies on it, a scale bar of a round length."""
    parcel = dossier.subject.geometry
    frame = Frame.around(shapely.bounds(parcel), width=MAP_WIDTH, height=MAP_HEIGHT, margin=MARGIN)
    marks: list[Mark] = []
    rows = zip(dossier.objects.geometry, dossier.objects["standard"], dossier.objects["how"], strict=True)
    for number, (geometry, standard, how) in enumerate(rows, start=1):
        if how in {"self", "id"} or geometry is None or geometry.is_empty:
            continue
        shown = frame.placed(geometry)
        at = _free(shapely.point_on_surface(shown), marks)
        dashes = ("none", "6 3", "2 3", "9 3 2 3")[len(marks) % 4]
        colour = OUTLINE_COLOURS.get(standard, OTHER_OUTLINE)
        marks.append(Mark(svg_path(shown), colour, dashes, number, *at))
    length_m = frame.bar_m(MAP_WIDTH / 4)
    return {
        "width": f"{MAP_WIDTH:g}",
        "height": f"{MAP_HEIGHT:g}",
        "parcel": svg_path(frame.placed(parcel)),
        "marks": marks,
        "bar": round(length_m * frame.scale, 1),
        "bar_text": say("dossier.text.scale", language, length_m=length_m),
    }


def _free(point: shapely.Point, marks: list[Mark]) -> tuple[float, float]:
    """Return a place for a number: at the point, or beside it as long as another number stands there."""
    x, y = round(point.x, 1), round(point.y, 1)
    while any(abs(mark.x - x) < LABEL and abs(mark.y - y) < LABEL for mark in marks):
        x += LABEL
    return x, y
