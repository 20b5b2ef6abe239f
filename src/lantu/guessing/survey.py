"""A whole folder: what is in it, where that lies, what it is, who delivered it, and what must be asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lantu.crs import identify
from lantu.errors import SourceError
from lantu.guessing.coordinates import Placing, is_in_china, place_layers, working_crs_guess
from lantu.guessing.departments import department_names, guess_department, key_of
from lantu.guessing.discovery import Found, discover
from lantu.guessing.kinds import Kind, judge_kind, rank_kinds
from lantu.guessing.line_tables import build_lines
from lantu.guessing.measures import guess_units
from lantu.guessing.model import Guess, GuessedLayer, JoinGuess, Question, Survey
from lantu.guessing.retired import retired_question
from lantu.guessing.siblings import settle_siblings
from lantu.guessing.tables import drop_repeats, match_tables
from lantu.messages import message
from lantu.model import JoinSpec
from lantu.sources import join_table
from lantu.standards import CODE_LISTS, standard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.guessing.model import Confidence
    from lantu.messages import Message

NEARLY_ALL = 0.9
"""A code list that explains less of the rows is not surely the one."""

END_POINTS = "utility.node"

FALLBACK = {"polygon": "land.parcel", "line": "transport.road", "point": "utility.node"}
"""What the largest layer is taken for where nothing speaks for any standard in the whole folder."""


def survey_folder(folder: Path, *, leave_out: Path | None = None) -> Survey:
    """Look at every file of ``folder`` and guess a blueprint; ``leave_out`` is the file to be written.

    Everything is read whole, since counts and values of a part would mislead. The same files give the same
    survey.

    Raises
    ------
    SourceError
        There is no such folder, or no layer with geometry in it.
    """
    if not folder.is_dir():
        raise SourceError(message("guessing.no_folder", path=folder))
    delivered, unused = discover(folder, leave_out=leave_out)
    found, built = build_lines(folder, delivered)
    places = [at for at, one in enumerate(found) if one.kind is not None]
    layers = [found[at] for at in places]
    if not layers:
        raise SourceError(message("guessing.nothing", path=folder))
    placings = place_layers(layers)
    kept, repeats = drop_repeats(layers, [placing.extent for placing in placings])
    layers, placings = [layers[at] for at in kept], [placings[at] for at in kept]
    joined = {number: built[places[at]] for number, at in enumerate(kept) if places[at] in built}
    joins, tables = match_tables(layers, [one for one in found if one.kind is None], joined)
    guessed = _guess_layers(folder, layers, placings, joins)
    usable = [at for at, layer in enumerate(guessed) if layer.standard is not None]
    return Survey(
        name=folder.absolute().name or "blueprint",
        layers=tuple(guessed),
        departments=department_names(
            (guessed[at].department.value, _folders(layers[at])) for at in range(len(guessed))
        ),
        unused=tuple(sorted([*unused, *repeats, *tables], key=lambda one: one.path)),
        crs=working_crs_guess([placings[at] for at in usable], [layers[at] for at in usable]),
        town_layer=_town_layer(guessed),
    )


def _end_points(guessed: list[GuessedLayer], layers: list[Found]) -> list[int]:
    """Return the layers of which little is known but that pipes name their points."""
    named = {
        (one.join.path, one.join.table_layer)
        for one in guessed
        if one.join is not None and len(one.join.on) > 1 and one.standard is not None
        if one.standard.value == "utility.pipe"
    }
    return [
        at
        for at, layer in enumerate(layers)
        if (layer.path, layer.layer) in named and _is_doubtful(guessed[at].standard)
    ]


def _is_doubtful(standard: Guess | None) -> bool:
    return standard is None or (standard.confidence == "low" and standard.value != END_POINTS)


def _guess_layers(
    folder: Path, layers: list[Found], placings: list[Placing], joins: Mapping[int, JoinGuess]
) -> list[GuessedLayer]:
    """Guess each layer by itself, then by what the others have turned out to be."""
    names = _names(layers)
    lists = _code_lists(placings)
    guessed = [
        _guess_layer(folder, names[at], layer, placings[at], joins.get(at), lists=lists[at])
        for at, layer in enumerate(layers)
    ]
    for at in _end_points(guessed, layers):
        guessed[at] = _guess_layer(
            folder, names[at], layers[at], placings[at], joins.get(at), lists=lists[at], known=END_POINTS
        )
    guessed = settle_siblings(guessed, layers)
    return _fallen_back(guessed) if all(layer.standard is None for layer in guessed) else guessed


def _guess_layer(  # what the survey knows of one layer, each from another room
    folder: Path,
    name: str,
    found: Found,
    placing: Placing,
    join: JoinGuess | None,
    *,
    lists: tuple[str, ...],
    known: str | None = None,
) -> GuessedLayer:
    joined = found if join is None or len(join.on) > 1 else _joined(folder, found, join)
    kinds = rank_kinds(
        joined.attributes,
        title=f"{found.title} {found.inner} {found.raw.driver}",
        folders=_folders(found),
        geometry=str(found.kind),
        lists=lists,
    )
    kind, best = judge_kind(kinds), next(iter(kinds), None)
    if known is not None:
        said = message("guessing.reason.end_points")
        kind = Guess(value=known, confidence="medium", reason=said)
        best = next(one for one in kinds if one.name == known)
    settled = best if kind is not None else None
    fields = {column: fit.guess for column, fit in settled.fields.items()} if settled is not None else {}
    units, misfits = _measured(joined, settled, placing)
    asked = [_misfit(column, fields.pop(column)) for column in misfits]
    return GuessedLayer(
        name=name,
        path=found.path,
        layer=found.layer,
        features=found.raw.count_in,
        geometry=str(found.kind),
        driver=found.raw.driver,
        standard=kind,
        department=guess_department(_folders(found), kind.value if kind is not None else None),
        stated_crs=identify(found.raw.crs) if found.raw.crs is not None else None,
        crs=placing.crs,
        encoding=_encoding(found, join),
        codelist=_codelist(settled),
        fields=fields | _constants(settled),
        units=units,
        join=join,
        questions=_questions(joined, settled, placing),
        field_questions=(*_field_questions(settled), *asked),
    )


def _code_lists(placings: list[Placing]) -> list[tuple[str, ...]]:
    """Return the code lists that can be meant in each layer: China's where it lies there.

    A layer that nobody can place lies where most others of its folder do; where none has a place, anywhere.
    """
    there = [is_in_china(placing.extent) for placing in placings if placing.extent is not None]
    others = not there or 2 * sum(there) >= len(there)
    return [
        CODE_LISTS if (others if placing.extent is None else is_in_china(placing.extent)) else ()
        for placing in placings
    ]


def _questions(found: Found, kind: Kind | None, placing: Placing) -> tuple[Question, ...]:
    """Return what only a person can know of a layer."""
    asked = [placing.question] if placing.question is not None else []
    if kind is None:
        return tuple(asked)
    if "use_code" in kind.fields and kind.fields["use_code"].codes is None:
        asked.append(Question(key="codelist", value="codes.csv", why=message("guessing.question.codelist")))
    retired = retired_question(found.attributes)
    return tuple([*asked, retired] if retired is not None else asked)


def _field_questions(kind: Kind | None) -> tuple[Question, ...]:
    """Return the required columns that no field and no name gives."""
    if kind is None:
        return ()
    asked = []
    for column in standard(kind.name).required:
        if column in kind.fields or column in kind.constants or column == "id":
            continue
        words = standard(kind.name).columns[column].enumeration
        if words is None:
            asked.append(Question(key=column, value="…", why=message("guessing.question.field")))
        else:
            why = message("guessing.question.constant", words=", ".join(words.words))
            asked.append(Question(key=column, value=f"={words.words[0]}", why=why))
    return tuple(asked)


def _constants(kind: Kind | None) -> dict[str, Guess]:
    """Return the columns that the layer's name states for all of it, where no field holds them."""
    if kind is None:
        return {}
    return {
        column: Guess(value=f"={word.value}", confidence="medium", reason=_word(word.word))
        for column, word in kind.constants.items()
        if column not in kind.fields
    }


def _word(word: str) -> Message:
    return message("guessing.reason.word", word=word)


def _measured(found: Found, kind: Kind | None, placing: Placing) -> tuple[dict[str, Guess], tuple[str, ...]]:
    """Return the units of a layer's numbers, and the columns whose numbers fit none."""
    if kind is None:
        return {}, ()
    return guess_units(found, name=kind.name, fields=kind.fields, crs=placing.measured_in)


def _misfit(column: str, field: Guess) -> Question:
    return Question(key=column, value=field.value, why=message("guessing.question.area"))


def _codelist(kind: Kind | None) -> Guess | None:
    codes = kind.fields["use_code"].codes if kind is not None and "use_code" in kind.fields else None
    if codes is None:
        return None
    sure: Confidence = "high" if not codes.rivals and codes.share >= NEARLY_ALL else "medium"
    said = message("guessing.reason.list", percent=100.0 * codes.share, kinds=codes.kinds)
    if codes.rivals:
        rivals = message("guessing.reason.rivals", lists=", ".join(codes.rivals))
        said = message("guessing.and", first=said, second=rivals)
    return Guess(value=codes.name, confidence=sure, reason=said)


def _encoding(found: Found, join: JoinGuess | None) -> Guess | None:
    """Return the encoding that was detected, to declare it; a joined table would be read with it too."""
    raw = found.raw
    if raw.encoding is None or raw.encoding_how != "detected" or raw.encoding == "UTF-8" or join is not None:
        return None
    return Guess(value=raw.encoding, confidence="medium", reason=message("guessing.reason.encoding"))


def _joined(folder: Path, found: Found, join: JoinGuess) -> Found:
    spec = JoinSpec(
        path=folder / join.path, on=join.on[0], table_key=join.table_key, table_layer=join.table_layer
    )
    return replace(found, raw=join_table(found.raw, spec)[0])


def _fallen_back(layers: list[GuessedLayer]) -> list[GuessedLayer]:
    """Take the largest layer by its geometry; with more of them, guesses would contradict one another."""
    said = message("guessing.reason.fallback")
    largest = max(layers, key=lambda layer: layer.features)
    guess = Guess(value=FALLBACK[largest.geometry], confidence="low", reason=said)
    return [replace(layer, standard=guess) if layer is largest else layer for layer in layers]


def _names(layers: list[Found]) -> list[str]:
    """Return a name for each layer that no other has: its own, with the number of its repetition."""
    keys = [key_of(layer.title) for layer in layers]
    seen: Counter[str] = Counter()
    taken = set(keys)
    names = []
    for key in keys:
        seen[key] += 1
        name = key
        number = seen[key]
        while number > 1 and (name := f"{key}_{number}") in taken:
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _folders(found: Found) -> tuple[str, ...]:
    return tuple(found.path.split("/")[:-1])


def _town_layer(layers: list[GuessedLayer]) -> str | None:
    """Return the layer that places findings in towns, if there is one and only one."""
    towns = [
        layer.name
        for layer in layers
        if layer.standard is not None
        and layer.standard.value == "admin.area"
        and layer.standard.confidence != "low"
        and "name" in layer.fields
        and (layer.crs is not None or layer.stated_crs is not None)
    ]
    return towns[0] if len(towns) == 1 else None
