"""A browser page under watch."""

from __future__ import annotations

from typing import Any


class Watched:
    """A page, the addresses that it asked for, and everything that it complained about."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on(
            "dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )
        page.on("console", self._listen)

    def _listen(self, said: Any) -> None:
        # Reading a canvas back is something that only the tests do; Chromium has advice about it.
        if said.type in {"error", "warning"} and "willReadFrequently" not in said.text:
            self.complaints.append(said.text)

    def _refuse(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, url: str) -> Any:
        self.page.goto(url)
        self.page.wait_for_selector("html[data-ready='1']", state="attached", timeout=30_000)
        return self.page
