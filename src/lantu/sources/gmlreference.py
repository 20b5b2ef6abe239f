"""The srsName of GML: which coordinate system it stands for, and in which order its numbers come."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from lantu.sources.axes import north_first

_NORTH_FIRST_FORMS = re.compile(r"^(?:urn:|https?://(?:www\.)?opengis\.net/def/crs)", re.IGNORECASE)
_CODE = re.compile(
    r"^(?:.*[:/#])?(EPSG|IGNF|ESRI|OGC|CRS)(?:[:/#.]|\.xml#)+(?:[\w.]*[:/])?([A-Za-z]*\w+)$", re.IGNORECASE
)


def layer_reference(names: list[str | None]) -> tuple[str | None, CRS | None, bool]:
    """Return the layer's srsName (the most frequent, the first of equals), its CRS, whether y comes first."""
    counted = Counter(name for name in names if name is not None)
    if not counted:
        return None, None, False
    srs = counted.most_common(1)[0][0]
    crs = crs_of_srs(srs)
    return srs, crs, crs is not None and bool(_NORTH_FIRST_FORMS.match(srs)) and north_first(crs)


@lru_cache(maxsize=64)
def crs_of_srs(srs: str) -> CRS | None:
    """Return the CRS that an srsName stands for, in any of its spellings; None where it is unknown."""
    text = srs.strip()
    found = _CODE.search(text)
    if found is None and "epsg" in text.casefold():
        found = re.search(r"(epsg)\D+(?:[\d.]+[:/])?(\d{4,6})$", text, re.IGNORECASE)
    if found is None:
        return None
    authority = "OGC" if found[1].upper() == "CRS" else found[1].upper()
    code = found[2].upper() if authority == "OGC" else found[2]
    try:
        return CRS.from_authority(authority, "CRS84" if code == "84" and authority == "OGC" else code)
    except CRSError:
        return None
