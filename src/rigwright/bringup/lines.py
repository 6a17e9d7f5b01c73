"""Texts of tools -> lines with the path of keys above each, by indentation alone.

Bounded, without escape codes or quoting; XML becomes indented lines: no entity is expanded.
"""

import re
from collections.abc import Iterator

TEXT_CHARS_MAX = 8 << 20
LINE_CHARS_MAX = 4000
DEPTH_MAX = 24
Line = tuple[str, tuple[str, ...], str]
"""Text, path of normalised keys (the outermost first; empty where there is none), value."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]|\x1b\][^\x07\n]{0,80}\x07|[\x00-\x08\x0b-\x1f]")
_TAG = re.compile(r'<(/?)([A-Za-z_][\w.-]*)(?:\s+id="([^"<>\n]{0,40})")?[^<>]{0,200}>([^<]*)')
_QUOTE = re.compile(r"^(?:>[ ]?)+")
_PAIR = re.compile(r"\s*(?:: |:$|:\t| = |\t: )")


def decoded(data: bytes) -> str:
    """Text of a file, as UTF-8 or, with its mark, as PowerShell writes it; never an error."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def _key(text: str) -> str:
    """``pcie_gen``, ``GPU use (%)`` -> words as the tables have them."""
    plain = text if text.startswith(("CPU(", "Core(", "Socket(")) else text.split("(", 1)[0]
    return " ".join(plain.replace("_", " ").replace("*", " ").lower().split()).strip(" -•.")


def lines_of(text: str) -> Iterator[Line]:
    """Every line of a text."""
    stack: list[tuple[int, str]] = []
    for raw in _plain(text):
        body = raw.lstrip()
        found = _PAIR.search(body, 0, 120)
        head = len(body) <= 60 and not body.startswith(("|", "+", "<"))
        key = _key(body[: found.start()]) if found else _key(body) if head else ""
        if body:
            while stack and stack[-1][0] >= len(raw) - len(body):
                stack.pop()
        if key and len(stack) < DEPTH_MAX:
            stack.append((len(raw) - len(body), key))
            yield raw, tuple(k for _, k in stack), body[found.end() :].strip() if found else ""
        else:
            yield raw, (), ""


def _plain(text: str) -> Iterator[str]:
    inside: list[str] = []
    unix = text[:TEXT_CHARS_MAX].replace("\r\n", "\n").replace("\r", "\n")
    for raw in _ESCAPES.sub("", unix).split("\n"):
        line = _QUOTE.sub("", raw[:LINE_CHARS_MAX].expandtabs(8).rstrip().replace("\u00a0", " "))
        tags = list(_TAG.finditer(line)) if line.lstrip().startswith("<") else []
        for tag in tags:
            closing, name, id_, value = tag.groups()
            if closing and name in inside:
                del inside[inside.index(name) :]
            elif not closing and len(inside) < DEPTH_MAX:
                head = f"{name.upper()} {id_}" if id_ else f"{name}: {value.strip()}".rstrip()
                yield "    " * len(inside) + head
                inside += [] if tag[0].split(">")[0].endswith("/") else [name]
        if not tags:
            yield line
