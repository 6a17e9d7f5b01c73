"""Use case: what is in this machine, or in the one that saved texts speak of?"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rigwright.bringup import live
from rigwright.bringup.found import Found, FoundPart
from rigwright.bringup.joining import joined
from rigwright.bringup.lines import decoded
from rigwright.bringup.reading import RECORDS_MAX, part_of, read_texts
from rigwright.catalog.identify import identify
from rigwright.plan.found.machine import CHECKS, card_facts, worked
from rigwright.spec.errors import unreadable
from rigwright.spec.tables.userfile import ordinary
from rigwright.spec.tables.worded import worded

TEXT_BYTES_MAX, FILES_MAX = 8 << 20, 400
ALLOWED = "a text that tools of a machine print, a folder of such texts, or - for standard input"


def _texts(source: Path) -> Iterator[str]:
    """Texts of a file, of the files of a folder, or of standard input. Raises InputError."""
    if str(source) == "-":
        yield decoded(sys.stdin.buffer.read(TEXT_BYTES_MAX))
        return
    paths = sorted(p for p in source.rglob("*") if p.is_file()) if source.is_dir() else [source]
    left = TEXT_BYTES_MAX
    for path in paths[:FILES_MAX]:
        try:
            with ordinary(path, "--from", ALLOWED, TEXT_BYTES_MAX).open("rb") as raw:
                data = raw.read(left)
        except OSError as error:
            raise unreadable(path, "--from", error, ALLOWED) from None
        left -= len(data)
        yield "" if b"\0" in data[:512] and data[:1] not in (b"\xff", b"\xfe") else decoded(data)


def found_in(texts: Iterable[str]) -> Found:
    """A machine of texts; the parts of a ``measurement.json`` among them are read again."""
    held = [(text, _saved(text)) for text in texts]
    read = read_texts(text for text, parts in held if parts is None)
    return Found((*(part for _, parts in held for part in parts or ()), *read.parts))


def _saved(text: str) -> list[FoundPart] | None:
    """Parts of a ``measurement.json``, or of lines of the bench; None for another text."""
    try:
        if text.startswith('{"bench"'):
            lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"bench"')]
            return [part_of("bench", {"name": line["bench"], **line}) for line in lines]
        data = json.loads(text) if text.lstrip()[:1] == "{" and '"measurement"' in text else {}
        held = [(str(kind), facts) for kind, all_ in data["parts"].items() for facts in all_]
        return [part_of(kind, dict(facts)) for kind, facts in held[:RECORDS_MAX]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def probe(source: Path | None = None) -> Found:
    """This machine, or that of saved texts. Raises InputError for what cannot be read."""
    if source is not None:
        return found_in(_texts(source))
    return Found(read_texts(live.texts()).parts, live.would_add())


def as_build(found: Found) -> str:
    """A build file of what was found; a part that the catalogue has not is a comment."""
    whole = joined(found)
    board, cpu = whole.one("board"), str(whole.one("cpu")["name"] or "")
    said = [("cpu", cpu), ("board", f"{board['maker'] or ''} {board['name'] or ''}".strip())]
    said += [("drive", str(d["model"])) for d in whole.of("drive") if d["model"]]
    parts = [(kind, text, identify(kind, text).part if text else None) for kind, text in said]
    kits = [
        worked(m, "kit_facts", "k") for m in whole.of("module") if m["size_bytes"] and m["rate"]
    ]
    cards = [card_facts(card) for card in whole.of("gpu")]
    return str(next(worded(CHECKS, "as_build", parts=parts, kits=kits, cards=cards))["text"])
