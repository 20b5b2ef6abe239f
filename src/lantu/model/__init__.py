"""The nouns that every floor shares: layer, problem, finding, outcome, run. Data only, no doing."""

from lantu.model.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from lantu.model.coded import Coded, in_common
from lantu.model.digest import ODD, feature_digests, mixed, shape_digests
from lantu.model.facts import BlueprintFacts, Department
from lantu.model.finding import FINDING_COLUMNS, SEVERITIES, Severity, empty_findings, finding_id, finding_ids
from lantu.model.flat import FlatGeometry, LazyGeometry, flat_of, lazily
from lantu.model.layer import SOURCE_PREFIX, ControlUse, CrsUse, JoinCount, Layer, Provenance, Refusal
from lantu.model.level import LEVELS, Level, at_most, highest
from lantu.model.memory import give_memory_back
from lantu.model.outcome import Ground, Outcome
from lantu.model.parts import parts_of, rings_of
from lantu.model.problem import PROBLEM_COLUMNS, ProblemKind, ProblemLog, empty_problems
from lantu.model.publishing import Generalised, Publishing, Reduction
from lantu.model.raw import RawTable
from lantu.model.run import RULE_TEXTS, Run, in_memory
from lantu.model.shelf import Shelf
from lantu.model.spec import EndPointsSpec, JoinSpec, LayerSpec, TransformSpec
from lantu.model.stored import FrameOnDisk, SizeName
from lantu.model.stored_findings import (
    FINDINGS_AT_ONCE,
    WITH_HEIGHTS,
    StoredFindings,
    even,
    finding_parts,
    shapes_of,
    type_ids_of,
    values_of,
)
from lantu.model.texts import TEXTS_AT_ONCE, Texts, with_mark
from lantu.model.threads import behind, each_in_threads, in_threads, meanwhile
from lantu.model.translation import (
    TRANSLATION_COLUMNS,
    empty_translations,
    joined_translations,
    translated,
    translations_about,
    translations_from,
    with_translations,
)
from lantu.pieces import cores

__all__ = [
    "FINDINGS_AT_ONCE",
    "FINDING_COLUMNS",
    "LEVELS",
    "ODD",
    "PROBLEM_COLUMNS",
    "RULE_TEXTS",
    "SEVERITIES",
    "SOURCE_PREFIX",
    "TEXTS_AT_ONCE",
    "TRANSLATION_COLUMNS",
    "WITH_HEIGHTS",
    "BlueprintFacts",
    "BoolArray",
    "Coded",
    "ControlUse",
    "CrsUse",
    "Department",
    "EndPointsSpec",
    "FlatGeometry",
    "FloatArray",
    "FrameOnDisk",
    "Generalised",
    "Ground",
    "IntArray",
    "JoinCount",
    "JoinSpec",
    "Layer",
    "LayerSpec",
    "LazyGeometry",
    "Level",
    "ObjectArray",
    "Outcome",
    "ProblemKind",
    "ProblemLog",
    "Provenance",
    "Publishing",
    "RawTable",
    "Reduction",
    "Refusal",
    "Run",
    "Severity",
    "Shelf",
    "SizeName",
    "StoredFindings",
    "Texts",
    "TransformSpec",
    "at_most",
    "behind",
    "cores",
    "each_in_threads",
    "empty_findings",
    "empty_problems",
    "empty_translations",
    "even",
    "feature_digests",
    "finding_id",
    "finding_ids",
    "finding_parts",
    "flat_of",
    "give_memory_back",
    "highest",
    "in_common",
    "in_memory",
    "in_threads",
    "joined_translations",
    "lazily",
    "meanwhile",
    "mixed",
    "parts_of",
    "rings_of",
    "shape_digests",
    "shapes_of",
    "translated",
    "translations_about",
    "translations_from",
    "type_ids_of",
    "values_of",
    "with_mark",
    "with_translations",
]
