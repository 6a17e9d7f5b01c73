"""What a written name says: which model, and in which format.

Case, separators, the organisation before a slash, words of formats and of further training do not
say which model it is (``data/name_words.csv``); every digit, size word and suffix letter does, so
a name never finds its neighbour.
"""

import functools
import re
from pathlib import Path

from rigwright.spec.run import PRECISION_WORDS, QUANTISATIONS
from rigwright.spec.tables.table import records

TABLE = Path(__file__).parent / "data" / "name_words.csv"
_REMARK = re.compile(r"\([^)]*\)")
_GGUF = re.compile(r"(?<![a-z0-9])(?:ud[-_])?(?:iq|q|tq)\d(?:_[0-9a-z]+)*(?![a-z0-9])")
_BPW = re.compile(r"(?<![a-z0-9.])\d(?:[._]\d{1,2})?[-_ ]?bpw(?![a-z0-9])")
_WORD = re.compile(
    r"\d+x\d+(?:\.\d+)?b|a\d+(?:\.\d+)?b(?![a-z])|\d+(?:\.\d+)?[a-z]?(?![a-z])|\d+(?:\.\d+)?|[a-z]+"
)
_ENDING = re.compile(r"(?:-\d{5}-of-\d{5})?(?:\.(?:gguf|pt|safetensors))?$")
_DATE = re.compile(r"2[3-9](?:0[1-9]|1[0-2])")
PREFIXES = ("timm:", "timm/", "timm ", "torchvision:", "hf:", "zoo:")


@functools.cache
def _formats() -> tuple[re.Pattern[str], dict[str, str]]:
    rows = [row for row in records(TABLE) if row["kind"] == "format"]
    found = {word: row["precision"] for row in rows for word in row["words"].split("|")}
    longest = sorted(found, key=len, reverse=True)
    any_of = "|".join(re.escape(word).replace(r"\-", "[-_ .]") for word in longest)
    return re.compile(rf"(?<![a-z0-9])(?:{any_of})(?![a-z0-9])"), found


@functools.cache
def _tunes() -> frozenset[str]:
    rows = (row for row in records(TABLE) if row["kind"] == "tune")
    return frozenset(word for row in rows for word in row["words"].split("|"))


def bare(name: str) -> str:
    """A name without prefix, remark, organisation and file ending, in small letters."""
    text = _REMARK.sub(" ", name.lower()).strip()
    for prefix in PREFIXES:
        text = text.removeprefix(prefix)
    return _ENDING.sub("", text.strip().rsplit("/", 1)[-1]).strip()


def format_of(name: str) -> str:
    """The precision that a name says its weights are in; empty for none."""
    text, (pattern, words) = bare(name), _formats()
    packed = _GGUF.search(text)
    if packed:
        word = packed[0].replace("-", "_")
        word = PRECISION_WORDS.get(word, word)
        return word if word in QUANTISATIONS else ""
    if bits := _BPW.search(text):
        return re.sub(r"[-_ ]?bpw", "bpw", bits[0]).replace("_", ".")
    said = [words[re.sub(r"[_ .]", "-", found)] for found in pattern.findall(text)]
    return next(filter(None, said), "")


def without_format(text: str) -> str:
    """A bare name without words of formats."""
    return _formats()[0].sub(" ", _GGUF.sub(" ", _BPW.sub(" ", text)))


def folded(name: str) -> str:
    """Letters and digits alone, but digits that stood apart stay apart (``2-9b`` is no ``29b``)."""
    apart = re.sub(r"(?<=\d)[^a-z0-9.]+(?=\d)", "-", name.lower())
    return re.sub(r"(?<!\d)[^a-z0-9]|[^a-z0-9](?!\d)", "", apart)


def words(name: str) -> tuple[str, ...]:
    """The words and numbers of a name that say which model it is; letters in a row are one word."""
    text = without_format(bare(name)).removeprefix("meta-")
    found: list[str] = []
    for word in _WORD.findall(text.replace("_", "-")):
        if found and word in _tunes():
            continue
        if word.isalpha() and found and found[-1].isalpha():
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


def undated(key: tuple[str, ...]) -> tuple[str, ...]:
    """The same without the month of a release at its end (``2506``)."""
    return key[:-1] if len(key) > 1 and _DATE.fullmatch(key[-1]) else key
