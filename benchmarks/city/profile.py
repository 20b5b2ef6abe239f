"""Where a check's processor time goes: ``python benchmarks/city/profile.py [SIZE] [OPTION …]``.

One whole ``lantu check`` of the seeded city, parquet only, its threads' work done in the main thread, where a
timer of processor time looks at the stack every few milliseconds: so a busy machine changes little. Prints
seconds by stage, by rule, and by function of Lantu's own.
"""

from __future__ import annotations

import concurrent.futures
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from city.check import city
from city.generate import SIZES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

EVERY_S = 0.005
MOST_ROWS = 25

STAGES = {
    "engine/load.py": "read, project, repair, standardise",
    "engine/inventory.py": "inventory",
    "_judge_layers": "rules about layers",
    "judge_tile": "relate and judge",
    "judge_whole": "relate and judge",
    "findings_of": "sentences",
    "gather": "causes",
    "engine/places.py": "towns",
    "register/objects.py": "objects.parquet",
    "keeping/": "kept/",
    "report/": "findings.parquet, run.json",
    "importlib": "imports",
}
"""What on a stack tells its stage: the first that is there."""

RULE = re.compile(r"lantu/rules/\w\w/(\w\w\d\d)_")


class AtOnce(concurrent.futures.Executor):
    """A pool without threads."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what a pool of threads takes."""

    def submit(
        self, work: Callable[..., object], /, *given: object, **named: object
    ) -> concurrent.futures.Future[Any]:
        """Do the work at once."""
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:  # noqa: BLE001  # as a pool does
            done.set_exception(error)
        return done

    def map(self, work: Callable[..., Any], *values: Iterable[Any], **_: object) -> Iterator[Any]:
        """Do all of it at once."""
        return iter([work(*given) for given in zip(*values, strict=False)])


class Sampler:
    """Adds up processor time by stage, rule and function."""

    def __init__(self) -> None:
        """Begin to look."""
        self.by_stage: Counter[str] = Counter()
        self.by_rule: Counter[str] = Counter()
        self.by_function: Counter[str] = Counter()
        self._last = time.process_time()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def stop(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)

    def _look(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        spent, self._last = now - self._last, now
        stack = []
        while frame is not None:
            stack.append(f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}")
            frame = frame.f_back
        whole = "\n".join(stack)
        self.by_stage[next((said for mark, said in STAGES.items() if mark in whole), "other")] += spent
        rules = RULE.findall(whole)
        if rules:
            self.by_rule[rules[-1].upper()] += spent
        own = next((place for place in stack if "/lantu/" in place), "other")
        self.by_function[own.rsplit("/lantu/", 1)[-1]] += spent


def table(heading: str, seconds: Counter[str]) -> None:
    """Print a table of the largest rows."""
    total = sum(seconds.values())
    print(f"\n| {heading} | CPU s | share |\n|---|--:|--:|")
    for name, spent in seconds.most_common(MOST_ROWS):
        print(f"| {name} | {spent:.2f} | {spent / total:.0%} |")


def main(size: str, options: list[str]) -> None:
    """Check a city and print three tables."""
    folder = city(size)
    with tempfile.TemporaryDirectory() as passing:
        out = str(Path(passing) / "run")  # the register of its runs is written beside it, and goes with it
        command = ["check", str(folder / "blueprint.toml"), "--quiet", "--out", out, "--format", "parquet"]
        sys.argv = ["lantu", *command, *options]
        concurrent.futures.ThreadPoolExecutor = AtOnce  # type: ignore[assignment, misc]
        sampler = Sampler()
        from lantu.cli.main import main as lantu  # noqa: PLC0415  # imports are looked at too

        try:
            lantu()
        except SystemExit as ended:
            if ended.code:
                raise
        finally:
            sampler.stop()
    print(f"\n{size}: {sum(sampler.by_stage.values()):.1f} CPU s in one thread")
    table("stage", sampler.by_stage)
    table("rule (relations that several share are not among these)", sampler.by_rule)
    table("function", sampler.by_function)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word in SIZES]
    main(asked[0] if asked else "20k", [word for word in sys.argv[1:] if word not in SIZES])
