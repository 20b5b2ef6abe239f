"""Why a finding that is gone was not tested again: absence must be earned here too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.messages import Message, message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.messages import Language
    from lantu.register.recorded import Recorded

FLEETING = ("features_in_findings",)
"""What stands with a layer in ``run.json`` and says nothing about the layer."""

DELIVERED = ("sha256", "issued", "path", "count_in", "count_out", "count_listed", "count_filtered", "notes")
"""What of a layer's source follows from the delivery itself; the rest are settings."""


@dataclass(frozen=True)
class Runs:
    """Two runs side by side, asked by names of rules and layers."""

    old: Recorded
    new: Recorded

    def layer(self, which: str, name: str) -> Mapping[str, Any] | None:
        """Return what a run's record says of a layer, None where it had none of that name."""
        run = self.old if which == "old" else self.new
        found: Mapping[str, Any] | None = run.summary["layers"].get(name)
        return found

    def changed(self, name: str) -> bool:
        """Say whether a layer's delivery is another one; a source without a hash may always be another."""
        before, after = self.layer("old", name), self.layer("new", name)
        if before is None or after is None:
            return before is not after
        hashes = (before["source"]["sha256"], after["source"]["sha256"])
        return None in hashes or hashes[0] != hashes[1]

    def retuned(self, names: tuple[str, ...]) -> bool:
        """Say whether what the blueprint says of one of these layers changed, whatever was delivered."""
        return any(_settings(self.layer("old", name)) != _settings(self.layer("new", name)) for name in names)

    def others(self, which: str, rule: str, layer_a: str, layer_b: str | None) -> tuple[str, ...]:
        """Return the layers on the other side; a rule may look at several at once and name none."""
        if layer_b:
            return (layer_b,)
        run = self.old if which == "old" else self.new
        pairs = run.summary["rules"].get(rule, {}).get("pairs", ())
        named = [pair["layer_b"] for pair in pairs if (pair["layer_a"] or "") == layer_a and pair["layer_b"]]
        known = run.summary["layers"]
        split = [[one] if one in known else one.split(", ") for one in named]
        return tuple(dict.fromkeys(name for names in split for name in names if name in known))


def why_not_retested(runs: Runs, rule: str, layer_a: str, layer_b: str | None) -> Message | str | None:
    """Return why the absence of a rule's finding on two layers proves nothing, None where it proves it.

    A reason that the new run gives itself is text in that run's language.
    """
    sides = tuple(name for name in (layer_a, layer_b) if name)
    entry = runs.new.summary["rules"].get(rule)
    if entry is None or not entry["pairs"]:
        return message("compare.rule_not_run", rule=rule)
    lost = next((why for name in sides if (why := _lost(runs, name)) is not None), None)
    if lost is not None:
        return lost
    pairs = [pair for pair in entry["pairs"] if _about(pair, layer_a, layer_b, runs)]
    reasons: list[Message | str] = [str(pair["reason"]) for pair in pairs if pair["answer"] == "not_checked"]
    if reasons or not pairs:
        return (reasons or [message("compare.pair_not_checked", rule=rule, layers=" × ".join(sides))])[0]
    looked_at = (*sides, *runs.others("old", rule, layer_a, layer_b))
    if not sides or any(runs.changed(name) for name in looked_at):
        return None
    return unchanged_but(runs, rule, looked_at)


def _lost(runs: Runs, name: str) -> Message | str | None:
    """Return why a layer as a whole took no part in the new run."""
    layer = runs.layer("new", name)
    if layer is None:
        return message("compare.layer_gone", layer=name)
    return str(layer["refused"]["reason"]) if layer["refused"] else None


def unchanged_but(runs: Runs, rule: str, layers: tuple[str, ...]) -> Message:
    """Return what else than the deliveries is different between the runs."""
    old, new = runs.old.summary, runs.new.summary
    before = old["rules"].get(rule, {}).get("parameters")
    after = new["rules"].get(rule, {}).get("parameters")
    if rule not in old["rules"]:
        return message("compare.rule_added", rule=rule)
    if before != after:
        return message("compare.parameters", rule=rule, changes=_changes(before or {}, after or {}))
    if runs.retuned(layers):
        return message("compare.settings")
    if old["blueprint"]["as_of"] != new["blueprint"]["as_of"]:
        dates = {"old": old["blueprint"]["as_of"], "new": new["blueprint"]["as_of"]}
        return message("compare.as_of", **dates)
    if old["versions"] != new["versions"]:
        return message("compare.versions", changes=_changes(old["versions"], new["versions"]))
    return message("compare.elsewhere")


def _about(pair: Mapping[str, Any], layer_a: str, layer_b: str | None, runs: Runs) -> bool:
    """Say whether an outcome covers the two layers; one without layers covers all of its rule."""
    if pair["layer_a"] is None:
        return pair["answer"] == "not_checked" or not layer_a
    if pair["layer_a"] != layer_a:
        return False
    named = pair["layer_b"]
    if not layer_b or named is None or named == layer_b:
        return True
    return named not in runs.new.summary["layers"] and layer_b in named.split(", ")


def _settings(layer: Mapping[str, Any] | None) -> dict[str, Any]:
    if layer is None:
        return {}
    own = {key: value for key, value in layer.items() if key not in (*FLEETING, "source", "refused")}
    return own | {key: value for key, value in layer["source"].items() if key not in DELIVERED}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = sorted({*before, *after})
    return "; ".join(
        f"{name} {before.get(name)} → {after.get(name)}"
        for name in names
        if before.get(name) != after.get(name)
    )


def said(parts: Sequence[Message | str], language: Language) -> str:
    """Return messages in words, one after the other; what is text already stays as it is."""
    return say("compare.semicolon", language).join(
        part.text(language) if isinstance(part, Message) else part for part in parts
    )
