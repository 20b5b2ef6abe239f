"""What was found, held against what was planted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from truth.deliveries import Delivery
    from truth.ground import Cell

EXAMPLES = 3
Key = tuple[str, float | None]


@dataclass
class Score:
    """Planted, found and undecided contradictions by rule and strength; right and wrong findings by rule."""

    planted: Counter[Key] = field(default_factory=Counter)
    found: Counter[Key] = field(default_factory=Counter)
    undecided: Counter[Key] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, cells: Iterable[Cell], findings: pd.DataFrame) -> None:
        """Count one district.

        A plant is found when its rule names one of its objects in a conflict, and undecided when only in
        an undecidable finding. A conflict is right where its rule is expected, or tolerated, in the cell of
        its subject; a plant below one tolerance may be found or not. Undecidable findings are never wrong.
        """
        cells = list(cells)
        home = {feature.id: cell for cell in cells for feature in cell.features.values()}
        shown: dict[tuple[str, int, str], set[str]] = defaultdict(set)
        columns = ["rule", "verdict", "id_a", "id_b", "message"]
        for rule, verdict, id_a, id_b, message in findings[columns].itertuples(index=False):
            cell = home.get(str(id_a).partition("~")[0])
            if cell is None:
                continue
            shown[rule, cell.number, verdict] |= {str(id_a).partition("~")[0], str(id_b).partition("~")[0]}
            if verdict == "conflict":
                known = rule in cell.expected or rule in cell.aside
                (self.right if known else self.wrong)[rule] += 1
                if not known and len(self.examples[rule]) < EXAMPLES:
                    self.examples[rule].append(
                        f"cell {cell.number} ({cell.rule} at {cell.strength}): {message}"
                    )
        for cell in cells:
            for rule, ids in cell.expected.items():
                key = (rule, cell.strength if rule == cell.rule else None)
                if rule != cell.rule:
                    continue
                self.planted[key] += 1
                if ids & shown[rule, cell.number, "conflict"]:
                    self.found[key] += 1
                elif ids & shown[rule, cell.number, "undecidable"]:
                    self.undecided[key] += 1

    def add_whole(self, deliveries: Iterable[Delivery], findings: pd.DataFrame) -> None:
        """Count the layers that are wrong as a whole; any other finding on a layer as a whole is wrong."""
        expected = {(delivery.rule, delivery.layer): delivery for delivery in deliveries}
        for (rule, _), delivery in expected.items():
            self.planted[rule, delivery.strength] += 1
        about = findings[
            (findings["rule"].isin({rule for rule, _ in expected})) & (findings["rule"] != "CR03")
        ]
        named = set()
        for rule, layer, verdict in about[["rule", "layer_a", "verdict"]].itertuples(index=False):
            if (rule, layer) in expected:
                named.add((rule, layer, verdict))
            if verdict == "conflict":
                (self.right if (rule, layer) in expected else self.wrong)[rule] += 1
        for (rule, layer), delivery in expected.items():
            if (rule, layer, "conflict") in named:
                self.found[rule, delivery.strength] += 1
            elif (rule, layer, "undecidable") in named:
                self.undecided[rule, delivery.strength] += 1
