"""Database and web addresses are named as such, not as files that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantu.errors import SourceError
from lantu.sources import open_source


@pytest.mark.parametrize("address", ["postgresql://reader@host/db?table=a.b", "https://host/wfs"])
def test_an_address_is_refused_as_an_address(address: str, tmp_path: Path) -> None:
    for path in (Path(address), tmp_path / address):
        with pytest.raises(SourceError, match="cannot connect to a") as caught:
            open_source(path)
        assert "reader" not in str(caught.value)
