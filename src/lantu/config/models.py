"""The blueprint file table by table: which keys there are and what each may hold."""

from __future__ import annotations

import codecs
import datetime as dt  # noqa: TC003  # pydantic reads the annotations at run time
import re
from typing import Annotated, Any, Literal, LiteralString, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from lantu.messages import Language  # noqa: TC001  # as above
from lantu.model import Generalised, Severity  # noqa: TC001  # as above

_DURATION = re.compile(r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?")
_RULE_CODE = re.compile(r"[A-Z]{2,}\d{2,}")


def _refuse(complaint: LiteralString, **context: str) -> NoReturn:
    """Raise the error whose sentence stands in the catalogue under ``config.<complaint>``."""
    raise PydanticCustomError(complaint, complaint, context)


def _duration(text: str) -> str:
    """Accept an ISO 8601 duration of days or longer that is longer than nothing."""
    if not _DURATION.fullmatch(text) or not any(digit in text for digit in "123456789"):
        _refuse("duration")
    return text


def _encoding(text: str) -> str:
    """Accept the name of a text encoding that Python knows."""
    try:
        codecs.lookup(text)
    except LookupError:
        _refuse("encoding")
    return text


def _rule_code(text: str) -> str:
    """Accept letters and digits as in the shipped codes."""
    if not _RULE_CODE.fullmatch(text):
        _refuse("rule_code")
    return text


# A TOML array is a Python list; strictness would refuse it for a tuple, so it is lifted there and there only.
Text = Annotated[str, StringConstraints(pattern=r"\S")]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]


def _listed(value: object) -> object:
    """Return one text as a list of it."""
    return [value] if isinstance(value, str) else value


Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(strict=True)]


class Table(BaseModel):
    """A TOML table: no key too many, no value converted from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class BlueprintTable(Table):
    """``[blueprint]``: the district as a whole."""

    name: Text | None = None
    crs: Text = "auto"
    as_of: dt.date | None = None
    language: Language = "zh"
    level: Text = "internal"
    levels: Annotated[Texts, Field(min_length=2)] | None = None
    town_layer: Text | None = None


class DepartmentTable(Table):
    """``[departments.KEY]``: who delivers, and what is owed."""

    name: Text | None = None
    owes: Texts = ()
    contact: str | None = None


class JoinTable(Table):
    """``join``: attributes in a table of their own; on two fields, the points where lines start and end."""

    path: Text
    on: Annotated[Texts, Field(min_length=1, max_length=2), BeforeValidator(_listed)]
    table_key: Text
    table_layer: Text | None = None


class TransformTable(Table):
    """``transform``: how to reach the working CRS where no trustworthy operation is known."""

    control_points: Text | None = None
    pipeline: Text | None = None
    helmert7: Annotated[tuple[Number, ...], Field(strict=False, min_length=7, max_length=7)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> TransformTable:
        if sum(given is not None for given in (self.control_points, self.pipeline, self.helmert7)) != 1:
            _refuse("one_transform")
        return self


class LayerTable(Table):
    """``[layers.NAME]``: one delivery and how to read it."""

    path: Text
    standard: Text
    department: Text
    layer: Text | None = None
    crs: Text | None = None
    encoding: Annotated[Text, AfterValidator(_encoding)] | None = None
    accuracy_m: Positive | None = None
    issued: dt.date | None = None
    update: Annotated[Text, AfterValidator(_duration)] | None = None
    level: Text | None = None
    where: Text | None = None
    codelist: Text | None = None
    fields: dict[str, Text] = Field(default_factory=dict)
    units: dict[str, Text] = Field(default_factory=dict)
    levels: dict[str, Text] = Field(default_factory=dict)
    join: JoinTable | None = None
    transform: TransformTable | None = None


class RulesTable(Table):
    """``[rules]``: which rules run; every further key is the table of one rule's parameters."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Any]]

    select: Texts = ("ALL",)
    ignore: Texts = ()


class CustomRelation(Table):
    """``relation`` of a planner's own rule: whom its subject meets, and from which size on that counts.

    At most one of ``overlaps``, ``near`` and ``same`` is given (a standard or a layer); with none of
    them the rule looks at its subject alone.
    """

    overlaps: Text | None = None
    near: Text | None = None
    same: Text | None = None
    none: Literal[True] | None = None
    within_m: Positive | None = None
    key: Literal["id", "geometry"] | None = None
    min_area_m2: NotNegative | None = None
    min_length_m: NotNegative | None = None
    min_share: Share | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {} if value == "none" else value

    @model_validator(mode="after")
    def _is_whole(self) -> CustomRelation:
        kinds = (self.overlaps, self.near, self.same, self.none)
        if sum(given is not None for given in kinds) > 1:
            _refuse("one_relation")
        for kind, name, given in (("near", "within_m", self.within_m), ("same", "key", self.key)):
            if (getattr(self, kind) is None) != (given is None):
                _refuse("relation_pair", kind=kind, name=name)
        for name in ("min_area_m2", "min_length_m", "min_share"):
            if getattr(self, name) is not None and self.overlaps is None:
                _refuse("relation_threshold", name=name)
        return self


class RequiredTable(Table):
    """``required`` of a planner's own rule: distances that stand in a table of its own."""

    table: Text
    keys: Annotated[Texts, Field(min_length=1)]


class CustomRule(Table):
    """``[[rule]]``: a planner's own rule, without Python."""

    code: Annotated[Text, AfterValidator(_rule_code)]
    name: Text
    title: Text
    subject: Text
    relation: CustomRelation = CustomRelation()
    when: Text | None = None
    required: RequiredTable | None = None
    severity: Severity = "major"
    basis: str | None = None


class WaiversTable(Table):
    """``[waivers]``: the file of contradictions that somebody answers for."""

    file: Text


class ReportTable(Table):
    """``[report]``: in which formats the findings are written."""

    formats: Texts = ("html", "gpkg", "xlsx", "parquet")


class ReduceTable(Table):
    """``[publish.reduce.LEVEL]``: how a finding of that level may be told below it."""

    to: Text
    geometry: Generalised = "none"
    grid_m: Positive = 1000.0


class PublishTable(Table):
    """``[publish]``: what editions may say of findings above their level."""

    min_count: Annotated[int, Field(ge=1)] = 3
    reduce: dict[str, ReduceTable] = Field(default_factory=dict)


class BlueprintTables(Table):
    """The whole file."""

    blueprint: BlueprintTable = BlueprintTable()
    departments: dict[str, DepartmentTable] = Field(default_factory=dict)
    layers: dict[str, LayerTable] = Field(default_factory=dict)
    rules: RulesTable = RulesTable()
    rule: Annotated[tuple[CustomRule, ...], Field(strict=False)] = ()
    authority: dict[str, Texts] = Field(default_factory=dict)
    waivers: WaiversTable | None = None
    report: ReportTable = ReportTable()
    publish: PublishTable = PublishTable()
