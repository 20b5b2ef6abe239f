"""The versions that a result depends on."""

from __future__ import annotations

import platform
from importlib.metadata import version
from importlib.util import find_spec

from lantu._version import __version__
from lantu.plugins import plugin_versions


def versions() -> dict[str, str]:
    """Return the versions of Lantu, of what it computes with, and of the plug-ins."""
    import geopandas  # noqa: PLC0415  # only its version
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    numba = (
        {"numba": version("numba")} if find_spec("numba") is not None else {}
    )  # not imported: that takes time
    return (
        {
            "lantu": __version__,
            "python": platform.python_version(),
            "geopandas": geopandas.__version__,
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "pyproj": pyproj.__version__,
            "proj": pyproj.proj_version_str,
        }
        | numba
        | plugin_versions()
    )
