# Everything a fresh machine needs: Python 3.11 or newer, git and make.
#   make demo   sets up, checks the shipped sample district and says where its report is
#   make test   sets up, a browser and PostGIS included, and runs every test

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint wheel test-wheel test-lowest test-latest notebooks bench bench-city bench-report screenshots benchmark-truth reference docs browser postgis sample clean

demo: $(READY)
	$(BIN)/lantu demo lantu-demo

test: $(READY) browser postgis
	$(BIN)/python -m pytest -n auto --dist loadscope $(PYTEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The same commit gives the same bytes.
wheel: $(READY)
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist

# The next three run every test as others would meet Lantu: installed from the wheel, with the oldest versions that
# pyproject.toml allows, with the newest there are. Each makes an environment of its own under build/.
OLDEST := --resolution lowest-direct --extra postgis --extra dask --no-header --no-annotate --quiet
FOREIGN_WARNINGS := -o "filterwarnings=$$(printf 'default\nerror:::lantu')"

test-wheel: wheel browser postgis
	$(PYTHON) -m venv --clear build/wheel
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "$$(echo dist/*.whl)[dev]"
	cd build && wheel/bin/python -c "import lantu; assert 'site-packages' in lantu.__file__, lantu.__file__"
	build/wheel/bin/python -m pytest -o pythonpath= -n auto --dist loadscope $(PYTEST_ARGS)

# The notebooks with Lantu as a user has it: from the wheel, with the extra. Results are written to build/notebooks.
notebooks: wheel
	$(PYTHON) -m venv --clear build/notebook-environment
	build/notebook-environment/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "$$(echo dist/*.whl)[notebook]"
	mkdir -p build/notebooks
	cd notebooks && for each in *.ipynb; do \
	  if grep -q LANTU_DATA "$$each" && [ ! -d "$${LANTU_DATA:-../../shared/data}" ]; then \
	    echo "$$each: skipped, LANTU_DATA names no folder of public data"; continue; fi; \
	  echo "$$each"; ../build/notebook-environment/bin/jupyter execute "$$each" --output="../build/notebooks/$$each" || exit 1; \
	done

test-lowest: browser postgis
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lowest/bin/uv pip compile $(OLDEST) -o build/lowest.txt pyproject.toml
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check -r build/lowest.txt -e '.[dev]'
	build/lowest/bin/python -m pytest $(FOREIGN_WARNINGS) -n auto --dist loadscope $(PYTEST_ARGS)

test-latest: browser postgis
	$(PYTHON) -m venv --clear build/latest
	build/latest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade -e '.[dev,postgis,dask]'
	build/latest/bin/python -m pytest $(FOREIGN_WARNINGS) -n auto --dist loadscope $(PYTEST_ARGS)

# Relations beside geopandas, shapely, DuckDB, SedonaDB and PostGIS: make bench BENCH_SIZES="20k 200k 1M". Writes
# docs/relations_benchmark.md.
BENCH_SIZES ?= 20k 200k
bench: $(READY)
	$(BIN)/python benchmarks/relations/run.py $(BENCH_SIZES) --out docs/relations_benchmark.md

# Whole checks of a seeded city, by size: make bench-city SIZES="20k 200k 1M 3M". Writes docs/check_benchmark.md.
SIZES ?= 20k 200k
bench-city: $(READY)
	$(BIN)/python benchmarks/city/check.py $(SIZES) --out docs/check_benchmark.md

# The report page with 100,000 findings beside plain folium, in Chromium; ten minutes.
bench-report: $(READY) browser
	$(BIN)/python benchmarks/report_scale.py --plain 1000,10000,100000 --out docs/report_scale.md

# The pictures of the report on the sample district, written to docs/pictures.
screenshots: $(READY) browser
	$(BIN)/python docs/pictures/take.py

# Recall and precision of every rule over 20 seeded districts; several minutes.
benchmark-truth: $(READY)
	$(BIN)/python benchmarks/truth/run.py --out docs/truth.md

# The pages of all rules, standards and commands, from what they say of themselves.
reference: $(READY)
	$(BIN)/python docs/reference/generate.py
	$(BIN)/python docs/reference/standards_page.py
	$(BIN)/python docs/reference/commands_page.py

# The documentation as a web site in build/docs; a warning is an error, and nothing is asked of a network.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "open build/docs/index.html"

sample: $(READY)
	$(BIN)/python layers/generate.py

# The virtual environment is made anew when the project's dependencies change.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV) || { .ci/install-debian python3-venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)

# The report's tests open it in Chromium; Debian's own is installed where it is missing and one may.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| .ci/install-debian chromium fonts-noto-cjk \
	|| echo "no Chromium: the browser tests will be skipped (they fail where CI=true)"

# PostGIS is tested against a server of its own, started by the tests; Debian's programs are enough.
postgis:
	@ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 \
	|| .ci/install-debian postgresql-postgis \
	|| echo "no PostGIS: its tests will be skipped (they fail where CI=true)"

clean:
	rm -rf $(VENV) build dist lantu-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
