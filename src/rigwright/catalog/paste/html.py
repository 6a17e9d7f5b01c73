"""HTML lists: table rows and text lines, read with the standard parser; nothing is executed."""

from html.parser import HTMLParser

_BLOCKS = frozenset(("p", "div", "li", "br", "h1", "h2", "h3", "h4", "ul", "ol", "tr"))
_SILENT = frozenset(("script", "style", "head", "template"))


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.lines: list[str] = [""]
        self._cell: list[str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag in _BLOCKS:
            self.lines.append("# " if tag[1:].isdigit() else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def _end_cell(self) -> None:
        """Cells end with their row, with the next cell, or as they should."""
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append("".join(self._cell).strip())
        self._cell = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        else:
            self.lines[-1] += data


def rows_of(text: str) -> tuple[list[list[str]], list[str]]:
    """Table rows as cells, and the text outside tables by lines."""
    parser = _Rows()
    parser.feed(text)
    parser.close()
    lines = [part for line in parser.lines for part in line.splitlines()]
    return [row for row in parser.rows if row], lines
