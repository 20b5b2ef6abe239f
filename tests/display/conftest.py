"""A small district, and the same with texts that would be markup, code or a template if anything let them."""

from __future__ import annotations

import pytest
from display_district import HOSTILE, write_district

import lantu


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> lantu.Blueprint:
    return lantu.open(write_district(tmp_path_factory.mktemp("plain")))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> lantu.Blueprint:
    return lantu.open(write_district(tmp_path_factory.mktemp("hostile"), text=HOSTILE))
