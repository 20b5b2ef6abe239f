"""Write ``domains.gdb.zip``: a geodatabase with aliases, a coded-value domain and an arc.

No Python library writes field domains, so this calls the GDAL inside pyogrio by its C names. It was run
once; the result is kept beside it.
"""

from __future__ import annotations

import ctypes
import shutil
import sys
from pathlib import Path

import pyogrio

RING = "CURVEPOLYGON (COMPOUNDCURVE (CIRCULARSTRING ({x} 0, {m} 1000, {e} 0), ({e} 0, {x} 0)))"


class CodedValue(ctypes.Structure):
    _fields_ = (("code", ctypes.c_char_p), ("value", ctypes.c_char_p))


def library() -> ctypes.CDLL:
    folder = Path(pyogrio.__file__).parent.parent / "pyogrio.libs"
    found = ctypes.CDLL(str(next(folder.glob("libgdal*"))))
    for name in (
        "GDALGetDriverByName", "GDALCreate", "GDALDatasetCreateLayer", "OGR_Fld_Create", "OGR_F_Create",
        "OGR_L_GetLayerDefn", "OSRNewSpatialReference", "OGR_CodedFldDomain_Create", "OGR_F_Destroy",
    ):  # fmt: skip
        getattr(found, name).restype = ctypes.c_void_p
    return found


def pointer(value: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(value)


def make(path: Path) -> None:
    gdal = library()
    gdal.GDALAllRegister()
    driver = pointer(gdal.GDALGetDriverByName(b"OpenFileGDB"))
    data = pointer(gdal.GDALCreate(driver, str(path).encode(), 0, 0, 0, 0, None))
    values = (CodedValue * 3)(
        CodedValue(b"0101", "水田".encode()), CodedValue(b"0102", "水浇地".encode()), CodedValue(None, None)
    )
    domain = pointer(gdal.OGR_CodedFldDomain_Create(b"DLBM_D", "地类".encode(), 4, 0, values))
    reason = ctypes.c_char_p()
    if not gdal.GDALDatasetAddFieldDomain(data, domain, ctypes.byref(reason)):
        raise SystemExit(str(reason.value))
    srs = pointer(gdal.OSRNewSpatialReference(None))
    gdal.OSRImportFromEPSG(srs, 4548)
    layer = pointer(gdal.GDALDatasetCreateLayer(data, b"DLTB", srs, 12, None))
    for name, alias, kind in ((b"DLBM", "地类编码", 4), (b"QSDWMC", "权属单位名称", 4), (b"MJ", None, 2)):
        field = pointer(gdal.OGR_Fld_Create(name, kind))
        if alias:
            gdal.OGR_Fld_SetAlternativeName(field, alias.encode())
        if name == b"DLBM":
            gdal.OGR_Fld_SetDomainName(field, b"DLBM_D")
        gdal.OGR_L_CreateField(layer, field, 1)
    definition = pointer(gdal.OGR_L_GetLayerDefn(layer))
    for number, code in enumerate((b"0101", b"0102", b"9999")):
        feature = pointer(gdal.OGR_F_Create(definition))
        gdal.OGR_F_SetFieldString(feature, 0, code)
        gdal.OGR_F_SetFieldString(feature, 1, "周村".encode())
        start = 2000 * number
        text = RING.format(x=start, m=start + 1000, e=start + 2000).encode()
        shape = ctypes.c_void_p()
        gdal.OGR_G_CreateFromWkt(ctypes.byref(ctypes.c_char_p(text)), srs, ctypes.byref(shape))
        gdal.OGR_F_SetGeometry(feature, shape)
        gdal.OGR_L_CreateFeature(layer, feature)
        gdal.OGR_F_Destroy(feature)
    gdal.GDALClose(data)


if __name__ == "__main__":
    target = Path(sys.argv[1]) / "domains.gdb"
    make(target)
    shutil.make_archive(str(target), "zip", target.parent, target.name)
