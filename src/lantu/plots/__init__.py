"""Pictures for what one would rather look at than read; matplotlib comes with the extra ``notebook``.

Every function draws on the axes that it is given, or on new ones, and returns them. Texts are Chinese where
the run is and a font with Chinese characters is installed, else English.
"""

from lantu.plots.areas import area_differences
from lantu.plots.crossing import crossing
from lantu.plots.matrix import matrix
from lantu.plots.offsets import offsets
from lantu.plots.residuals import residuals
from lantu.plots.sweep import sweep

__all__ = ["area_differences", "crossing", "matrix", "offsets", "residuals", "sweep"]
