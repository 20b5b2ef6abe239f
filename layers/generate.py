"""Make the sample district that ships with Lantu, the same bytes every time.

    python layers/generate.py [FOLDER]

``FOLDER`` is ``layers/district`` unless told. What the district is, and what is wrong in it, stands in
``layers/README.md``.
"""

from __future__ import annotations

import csv
import io
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sample_district.areas import record_areas
from sample_district.deliver import deliver
from sample_district.noise import measure
from sample_district.plant_built import plant_built
from sample_district.plant_catalogue import plant_catalogue
from sample_district.plant_data import plant_data
from sample_district.plant_land import plant_land
from sample_district.plant_pipes import plant_pipes
from sample_district.plant_plans_and_pipes import plant_plans_and_pipes
from sample_district.sample import Sample, Truth, lay_base, number_manholes
from sample_district.truth import Places
from sample_district.truth_built import find_built
from sample_district.truth_land import find_land
from sample_district.truth_pipes import find_pipes

HERE = Path(__file__).resolve().parent
TRUTH_COLUMNS = ("rule", "verdict", "layer_a", "id_a", "layer_b", "id_b", "note")


def make_sample() -> Sample:
    """Return the district with all that is wrong in it, measured and recorded by its departments."""
    sample = lay_base()
    plant_land(sample)
    plant_built(sample)
    plant_pipes(sample)
    number_manholes(sample)
    for layer in sample.layers.values():
        measure(layer, sample.rng)
    plant_data(sample)
    plant_catalogue(sample)
    plant_plans_and_pipes(sample)
    record_areas(sample)
    return sample


def find_truth(sample: Sample) -> list[Truth]:
    """Return every finding that the rules, read literally, have in the sample."""
    places = Places(sample)
    find_land(places)
    find_built(places)
    find_pipes(places)
    return sorted(set(places.found) | set(sample.planted))


def write_sample(folder: Path) -> None:
    """Write the layers, the blueprint and the truth to ``folder``, which is emptied first."""
    sample = make_sample()
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    deliver(sample, folder)
    shutil.copyfile(HERE / "sample_district" / "blueprint.toml", folder / "blueprint.toml")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TRUTH_COLUMNS)
    writer.writerows([getattr(truth, column) for column in TRUTH_COLUMNS] for truth in find_truth(sample))
    (folder / "truth.csv").write_bytes(text.getvalue().encode("utf-8"))


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "district")
