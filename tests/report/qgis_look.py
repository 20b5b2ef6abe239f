"""Open ``findings.gpkg`` as QGIS does, say what its styles became, and draw it.

Runs in QGIS's own Python, not in the project's: ``python3 tests/report/qgis_look.py GPKG PICTURE.png``.
On Debian: ``apt-get install qgis python3-qgis``. Prints JSON.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # type: ignore[import-not-found]  # only in QGIS's own Python
    Qgis,
    QgsApplication,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]  # as above
from qgis.PyQt.QtGui import QColor  # type: ignore[import-not-found]  # as above

LAYERS = ("finding_polygon", "finding_line", "finding_point", "finding_plain", "cause", "not_checked")
SIZE_PX = (1400, 900)


def seen(layer: QgsVectorLayer) -> dict[str, object]:
    """Return what QGIS made of a layer and its style."""
    renderer = layer.renderer()
    columns = {column.name: column for column in layer.attributeTableConfig().columns()}
    return {
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "renderer": renderer.type() if renderer else None,
        "drawn": drawn(layer) if renderer else 0,
        "aliases": {field.name(): field.alias() for field in layer.fields() if field.alias()},
        "key_hidden": columns["fid"].hidden if "fid" in columns else None,
        "row_styles": [style.name() for style in layer.conditionalStyles().rowStyles()],
        "display": layer.displayExpression(),
    }


def drawn(layer: QgsVectorLayer) -> int:
    """Return how many features have a symbol."""
    rendering = QgsRenderContext()
    rendering.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    rendering.expressionContext().setFields(layer.fields())
    renderer = layer.renderer().clone()
    renderer.startRender(rendering, layer.fields())
    found = 0
    for feature in layer.getFeatures():
        rendering.expressionContext().setFeature(feature)
        found += renderer.symbolForFeature(feature, rendering) is not None
    renderer.stopRender(rendering)
    return found


def draw(layers: list[QgsVectorLayer], path: str) -> dict[str, int]:
    """Write a picture of the layers, the first on top; return how many pixels have each colour."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(*SIZE_PX))
    settings.setDestinationCrs(layers[-1].crs())
    extent = layers[-1].extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    picture.save(path)
    colours: dict[str, int] = {}
    for y in range(picture.height()):
        for x in range(picture.width()):
            name = QColor(picture.pixel(x, y)).name()
            colours[name] = colours.get(name, 0) + 1
    return colours


def main() -> None:
    """Look at the file."""
    path, picture = sys.argv[1:3]
    QgsApplication.setPrefixPath("/usr", useDefaultPaths=True)
    application = QgsApplication([], False)  # noqa: FBT003  # QGIS's signature
    application.initQgis()
    layers = {name: QgsVectorLayer(f"{path}|layername={name}", name, "ogr") for name in LAYERS}
    ground = [layer for layer in layers.values() if layer.isSpatial()]
    found = {
        "version": Qgis.QGIS_VERSION,
        "layers": {name: seen(layer) for name, layer in layers.items()},
        "colours": draw(ground[::-1], picture),
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
