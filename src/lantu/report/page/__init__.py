"""``report.html``: one folium page that holds everything it needs and asks for nothing from outside."""

from lantu.report.page.page import explore, render_page, write_page

__all__ = ["explore", "render_page", "write_page"]
