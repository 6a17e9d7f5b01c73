"""Texts of tools -> lines with the path of keys above each, by indentation alone.

Bounded, without escape codes or quoting; XML becomes indented lines: no entity is expanded.
"""

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from textwrap import dedent
from typing import Any

TEXT_CHARS_MAX = 8 << 20
LINE_CHARS_MAX = 4000
DEPTH_MAX = 24
Line = tuple[str, tuple[str, ...], str]
"""Text, path of normalised keys (the outermost first; empty where there is none), value."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]|\x1b\][^\x07\n]{0,80}\x07|[\x00-\x08\x0b-\x1f]")
_TAG = re.compile(r'<(/?)([A-Za-z_][\w.-]*)(?:\s+id="([^"<>\n]{0,40})")?[^<>]{0,200}>([^<]*)')
_PAGE = re.compile(r"</?(?:pre|code|p|div|span|br|details|summary)(?:\s[^<>\n]{0,200})?/?>"
                   r"|\[/?(?:code|quote|spoiler)(?:=[^\]\n]{0,60})?\]")  # fmt: skip
_TYPESET = {
    0xFEFF: None,
    0x200B: None,
    0xA0: " ",
    0x201C: '"',
    0x201D: '"',
    0x2018: "'",
    0x2019: "'",
}
_NUMBERED = re.compile(r"\s{0,6}(\d{1,6})[:.|]?(?:\t|\s{1,2}|$)")
_QUOTE = re.compile(r"^(?:>[ ]?)+", re.MULTILINE)
_JSON = re.compile(r"^\s*[\[{](?=\s*[\"{\n])", re.MULTILINE)
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


def _told(name: str, value: Any, pad: str = "") -> Iterator[str]:
    """JSON as tools print the same for people; ``{"value": 750, "unit": "W"}`` is 750 W."""
    if isinstance(value, list):
        for one in value:
            yield from ("", *_told(name, one, pad))
    elif not isinstance(value, dict):
        yield f"{pad}{name}: {value}"
    elif {"value", "unit"} <= value.keys():
        yield f"{pad}{name}: {value['value']} {value['unit']}"
    else:
        yield from [f"{pad}{name}:"] * bool(name)
        for key, one in value.items():
            yield from _told(str(key), one, pad + "  " * bool(name))


def _pasted(text: str) -> list[str]:
    """Lines without what pages, chats, terminals and listings put around them; JSON as lines."""
    if "&lt;" in text or "&gt;" in text or _PAGE.search(text, 0, 2000):
        text = html.unescape(_PAGE.sub("", text))
    unix = text.translate(_TYPESET).replace("\r\n", "\n").replace("\r", "\n")
    lines = dedent(_QUOTE.sub("", _ESCAPES.sub("", unix))).split("\n")
    if len(lines) > 3 and not any(line.strip() for line in lines[1::2]):
        lines = lines[::2]
    if len(lines) > 1 and all(f"{n}" == found[1] if (found := _NUMBERED.match(line)) else
                              not line.strip() for n, line in enumerate(lines, 1)):  # fmt: skip
        lines = [_NUMBERED.sub("", line, 1) for line in lines]
    bare = "\n".join(lines)
    with suppress(ValueError, RecursionError):
        if start := _JSON.search(bare):
            data, end = json.JSONDecoder().raw_decode(bare, start.end() - 1)
            return [*bare[: start.end() - 1].split("\n"), *_told("", data), bare[end:]]
    return lines


def _plain(text: str) -> Iterator[str]:
    inside: list[str] = []
    for raw in _pasted(text[:TEXT_CHARS_MAX]):
        line = raw[:LINE_CHARS_MAX].expandtabs(8).rstrip()
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
