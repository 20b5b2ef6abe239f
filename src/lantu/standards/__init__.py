"""The standards: schemas, code lists, units and reference tables, and bringing a layer to them."""

from lantu.standards.clearance import RequiredRows, clearance_horizontal, clearance_vertical
from lantu.standards.codelist import CODE_LISTS, Classification, Code, CodeList, Reading, code_list
from lantu.standards.compatibility import Compatibility, CompatibilityRows, compatibility
from lantu.standards.constraint import (
    CONSTRAINT_VERDICTS,
    ConstraintRows,
    constraint,
    is_construction,
    overlay_of,
    overlays,
)
from lantu.standards.cover import cover_depth
from lantu.standards.description import describe
from lantu.standards.enumeration import Enumeration, enumeration, use_classes
from lantu.standards.label import (
    ColumnName,
    StandardName,
    Word,
    column_label,
    label,
    standard_label,
    value_label,
)
from lantu.standards.mapping import match_fields, spec_mistakes
from lantu.standards.mistakes import StandardMistakes
from lantu.standards.pipes import Pipes
from lantu.standards.plugged import lost_standard, plugged_standards
from lantu.standards.pressure import PressureClass, possible_pressures, pressure_classes
from lantu.standards.problems import by_row
from lantu.standards.schema import (
    STANDARDS,
    Column,
    Standard,
    enum_of,
    standard,
    standard_names,
    unit_names,
)
from lantu.standards.standardise import Standardised, standardise, standardise_piece
from lantu.standards.suggestion import closest, did_you_mean
from lantu.standards.tables import reference_table, table_names
from lantu.standards.unit import Unit, factor, unit, units
from lantu.standards.whole import Whole, WholeSeen

__all__ = [
    "CODE_LISTS",
    "CONSTRAINT_VERDICTS",
    "STANDARDS",
    "Classification",
    "Code",
    "CodeList",
    "Column",
    "ColumnName",
    "Compatibility",
    "CompatibilityRows",
    "ConstraintRows",
    "Enumeration",
    "Pipes",
    "PressureClass",
    "Reading",
    "RequiredRows",
    "Standard",
    "StandardMistakes",
    "StandardName",
    "Standardised",
    "Unit",
    "Whole",
    "WholeSeen",
    "Word",
    "by_row",
    "clearance_horizontal",
    "clearance_vertical",
    "closest",
    "code_list",
    "column_label",
    "compatibility",
    "constraint",
    "cover_depth",
    "describe",
    "did_you_mean",
    "enum_of",
    "enumeration",
    "factor",
    "is_construction",
    "label",
    "lost_standard",
    "match_fields",
    "overlay_of",
    "overlays",
    "plugged_standards",
    "possible_pressures",
    "pressure_classes",
    "reference_table",
    "spec_mistakes",
    "standard",
    "standard_label",
    "standard_names",
    "standardise",
    "standardise_piece",
    "table_names",
    "unit",
    "unit_names",
    "units",
    "use_classes",
    "value_label",
]
