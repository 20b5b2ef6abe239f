"""Changing what stands packed in a report page, without a browser."""

from __future__ import annotations

import base64
import gzip
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def packed_block(page: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(rf'(<script type="application/octet-stream" id="{name}">)([^<]*)(</script>)')

    def changed(found: re.Match[str]) -> str:
        content = change(gzip.decompress(base64.b64decode(found[2])))
        return found[1] + base64.b64encode(gzip.compress(content)).decode("ascii") + found[3]

    made, count = pattern.subn(changed, text)
    assert count == 1
    page.write_text(made, encoding="utf-8")
