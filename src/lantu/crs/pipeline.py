"""PROJ pipelines as text: taking PROJ's own apart and putting steps together."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pyproj import CRS, Geod, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from lantu.errors import CrsError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.crs.extent import Bounds

NOTHING = "proj=noop"


def operations(
    source: CRS, target: CRS, *, area: Bounds | None = None, allow_ballpark: bool = False
) -> TransformerGroup | None:
    """Ask PROJ for all operations between two systems, x first; None where it cannot even ask.

    PROJ orders them by how much of ``area`` (degrees) they cover, then by accuracy. That a grid is
    missing is not warned about but read from the group.
    """
    around = AreaOfInterest(*area) if area is not None else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return TransformerGroup(
                source,
                target,
                always_xy=True,
                area_of_interest=around,  # type: ignore[arg-type]  # one class, declared twice in pyproj
                allow_ballpark=allow_ballpark,
            )
        except (ProjError, IndexError):  # pyproj looks at the first operation where there is none
            return None


def plain_definition(source: CRS, target: CRS) -> str:
    """Return PROJ's first pipeline between two systems, null datum shifts included.

    Raises
    ------
    CrsError
        PROJ knows no operation at all, as for a drawing's local coordinates.
    """
    group = operations(source, target, allow_ballpark=True)
    if group is None or not group.transformers:
        raise CrsError(message("crs.no_operation", source=source.name, target=target.name))
    return str(group.transformers[0].definition)


def degrees_of(crs: CRS) -> CRS:
    """Return longitude and latitude in degrees from Greenwich on the ellipsoid of ``crs``.

    Of no named datum, so that PROJ goes to it from ``crs`` without any datum shift.
    """
    return CRS.from_user_input(f"+proj=longlat {ellipsoid_parameters(crs)} +no_defs +type=crs")


def ellipsoid_parameters(crs: CRS) -> str:
    """Return the ellipsoid of ``crs`` as PROJ parameters."""
    geod = geod_of(crs)
    return f"+a={geod.a!r} +b={geod.b!r}"


def geod_of(crs: CRS) -> Geod:
    """Return the ellipsoid of ``crs``.

    Raises
    ------
    CrsError
        It has none, as a drawing's local coordinates do.
    """
    geod = crs.get_geod()
    if geod is None:
        raise CrsError(message("crs.no_ellipsoid", crs=crs.name))
    return geod


def chain(*definitions: str) -> str:
    """Return one pipeline that runs ``definitions``, single steps or pipelines, one after the other."""
    steps: list[str] = []
    for definition in definitions:
        words = " ".join(word.removeprefix("+") for word in definition.split())
        if words.startswith("proj=pipeline"):
            steps.append(words.removeprefix("proj=pipeline").strip())
        elif not words.startswith(NOTHING):
            steps.append(f"step {words}")
    return " ".join(["proj=pipeline", *steps]) if steps else NOTHING


def validate(definition: str) -> str:
    """Return a PROJ operation given by a user, in one line.

    Raises
    ------
    CrsError
        PROJ does not accept it; its own reason is given.
    """
    line = " ".join(definition.split())
    try:
        Transformer.from_pipeline(line)
    except ProjError as error:
        raise CrsError(message("crs.pipeline_invalid", pipeline=line, reason=str(error))) from error
    return line
