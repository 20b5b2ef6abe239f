"""The versions that a result depends on."""

from __future__ import annotations

import platform

from lantu._version import __version__
from lantu.plugins import plugin_versions


def versions() -> dict[str, str]:
    """Return the versions of Lantu, of what it computes with, and of the plug-ins."""
    import geopandas  # noqa: PLC0415  # only its version
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    return {
        "lantu": __version__,
        "python": platform.python_version(),
        "geopandas": geopandas.__version__,
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
    } | plugin_versions()
