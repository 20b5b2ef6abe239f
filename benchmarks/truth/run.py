"""Recall and precision of every rule, on districts whose contradictions are known.

python benchmarks/truth/run.py [--seeds N] [--examples] [--out FILE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lantu
from truth.deliver import deliver
from truth.deliveries import deliveries
from truth.noise import Noise
from truth.plants import district
from truth.score import Score
from truth.table import markdown

HEAD = """# How much Lantu finds, and how often it cries wolf

Made by `make benchmark-truth`: invented districts in which every rule is broken once at each of six
strengths, by 0.5 to 5 times its tolerance, or once where it has no measure, and a hundred blocks in which
everything agrees. Every department measures the ground itself, in one of three coordinate systems and with
one of five code lists. How the districts are made stands in `benchmarks/truth/`.

A cell says which share of the plants the rule called a conflict; behind a plus sign, which further share it
called undecidable. *Precision* is the share of all conflicts of the rule that are real. A plant of less than
one tolerance is not to be found. GE02 and GE03 look at one layer, whose parts share their corners: they have
no tolerance, and their strengths are widths.

The goal is recall 1.00 from two tolerances on and a precision of 0.99. With errors that stay within the
accuracy that the departments state, every rule reaches it. With normal errors whose standard deviation is the
whole stated accuracy, rules that look at every corner or every common line of many objects do not, and
cannot: the tolerance 2·sqrt(a² + b²) lets about 98 of 100 corners pass, and an object has many (BD01, PI07,
and the overlaps of neighbours: LU01, LU02, LU06, LU07, HE01, HE03, HE06), or it is two standard deviations of
an area (GE05). Nothing is missed there either. The shipped min_area_m2 and min_share would leave out the
strips of LU01, LU06, LU07 and HE06; they are set to next to nothing here, so that the tolerance itself is
measured. Where departments' real errors are larger than they say, the honest remedy is to state them.

Below each table stands which rules reach the goal, and what keeps the others from it.

"""


def measure(*, seed: int, noise: Noise, score: Score) -> None:
    """Make one district, check it, and count what was found."""
    cells = district(seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = deliveries(Path(folder), seed=seed, noise=noise)
        blueprint = deliver(cells, whole, Path(folder), seed=seed, noise=noise)
        run = lantu.open(blueprint).check()
    score.add(cells, run.findings)
    score.add_whole(whole, run.findings)


LEVELS = (Noise("bounded", 0.0), Noise("bounded", 1.0), Noise("normal", 0.5), Noise("normal", 1.0))


def main(arguments: list[str] | None = None) -> None:
    """Print one table a level of noise, or write all of them to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path, help="write the tables to this file")
    parser.add_argument("--examples", action="store_true", help="print some wrong findings of each rule")
    given = parser.parse_args(arguments)
    tables = []
    for noise in LEVELS:
        score, started = Score(), time.perf_counter()
        for seed in range(given.seeds):
            measure(seed=seed, noise=noise, score=score)
        tables.append(markdown(score, noise=noise, seeds=given.seeds))
        print(tables[-1])
        print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
        if given.examples:
            for rule, lines in sorted(score.examples.items()):
                print(rule, *lines, sep="\n  ")
    if given.out is not None:
        given.out.write_text(HEAD + "\n".join(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
