"""Language models against what is published: weights and bytes of configurations, files, names.

    python tools/models_score.py

``published.csv`` holds the published figures with their sources; a configuration whose reading
assumed something counts as half. Exit 2 when the configurations (RIGWRIGHT_SHARED) are not there,
1 when a changed name found a neighbour.
"""

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

from rigwright.plan.ask.questions import run_of
from rigwright.plan.speed.runs import model_of, read_notes
from rigwright.spec.errors import RigwrightError
from rigwright.workload import decoder, naming
from rigwright.workload.zoo import embedded as zoo
from rigwright_accuracy.measured import SHARED, SharedDataMissingError, cells_of

PUBLISHED = Path(__file__).with_name("published.csv")
PARAMETERS, BYTES = 0.01, 0.05
"""Greatest distance from what is published that counts as right."""
NAMES = 2000
SUFFIXES = ("-FP8", "-GGUF", "-bnb-4bit", "-Instruct", "-it-AWQ", "-Q4_K_M", "-NVFP4")
_SIZE = (
    r"(?<![a-z])(?:nano|tiny|mini|small|base|medium|large|xl|huge|giant|pro|lite|flash)(?![a-z])"
)
_SIZES = ("nano", "tiny", "mini", "small", "medium", "large", "xl", "huge", "giant", "pro", "lite")


def rows(kind: str) -> list[dict[str, str]]:
    """Published figures of one kind: config or file."""
    return [row for row in cells_of(PUBLISHED) if row["kind"] == kind]


def off(found: float, published: str) -> float | None:
    """Relative distance; None where nothing is published."""
    return abs(found / float(published) - 1.0) if published else None


def configs() -> Iterator[tuple[str, float | None, float | None, bool, float]]:
    """(file, distance in weights, in bytes, whether something was assumed, ms) of each."""
    folder = SHARED / "models"
    if not folder.is_dir():
        raise SharedDataMissingError(f"{folder} is not there")
    for row in rows("config"):
        path = str(folder / f"{row['name']}.json")
        start = time.process_time()
        try:
            run = run_of({"model": path, "mode": "decode"})
            model, notes = model_of(run), read_notes(run)
        except RigwrightError as error:
            print(f"  {row['name']}: {error}")
            yield row["name"], 1.0, 1.0, False, 0.0
            continue
        spent = 1e3 * (time.process_time() - start)
        yield (
            row["name"], off(model.parameters / 1e9, row["parameters_billion"]),
            off(model.weight_bytes / 1e9, row["gigabytes"]), bool(notes), spent,
        )  # fmt: skip


def files() -> Iterator[tuple[str, float]]:
    """(model and format, relative distance) of every packed file that is published."""
    for row in rows("file"):
        run = run_of({"model": row["name"], "mode": "decode", "precision": row["format"]})
        distance = model_of(run).weight_bytes / 1e9 / float(row["gigabytes"]) - 1.0
        yield f"{row['name']} {row['format']}", distance


# -- names ---------------------------------------------------------------------------------
def known() -> dict[str, str]:
    """Every name and alias, with the model it means."""
    own = {name: name for name in (*zoo.names(), *decoder.names())}
    return own | decoder.aliases() | zoo.aliases()


def found(name: str) -> str | None:
    """The model that a written name finds."""
    config = decoder.find(name)
    return zoo.find(name) or (config.name if config else None)


def changed(name: str, rng: random.Random) -> str | None:
    """The name with another digit, size word or suffix letter; None where it has none."""
    places = [(m.span(), "123456789") for m in re.finditer(r"\d", name)]
    places += [(m.span(1), "abdgklmstvx") for m in re.finditer(r"\d([a-z])(?![a-z])", name)]
    sizes = [m.span() for m in re.finditer(_SIZE, name)]
    if not places and not sizes:
        return None
    if sizes and (not places or rng.random() < len(sizes) / (len(sizes) + len(places))):
        start, end = rng.choice(sizes)
        return name[:start] + rng.choice(_SIZES) + name[end:]
    (start, end), letters = rng.choice(places)
    return name[:start] + rng.choice(letters) + name[end:]


def crossed() -> list[tuple[str, str, str]]:
    """(name, changed name, model) of those that found a model they do not name."""
    rng, names = random.Random(0), known()
    folds = {naming.folded(naming.bare(name)): model for name, model in names.items()}
    keys = {naming.words(name): model for name, model in names.items()}
    ordered, wrong, tried = sorted(names), [], 0
    while tried < NAMES:
        name = rng.choice(ordered).lower()
        other = changed(name, rng)
        if other is None or other in names:
            continue
        tried += 1
        got = found(other)
        key = naming.words(other)  # a month at its end says when, not which
        meant = folds.get(naming.folded(naming.bare(other))) or keys.get(key)
        meant = meant or keys.get(naming.undated(key))
        if got is not None and got != meant:
            wrong.append((name, other, got))
    return wrong


def suffixed() -> tuple[int, int]:
    """(found, asked): decoders under a Hub name with a suffix."""
    asked = [(f"someone/{n}{s}", n) for n in decoder.names() for s in SUFFIXES]
    return sum(found(written) == name for written, name in asked), len(asked)


# -- the page ------------------------------------------------------------------------------
def section() -> str:
    """Every score as lines of text."""
    read = list(configs())
    good_p = [(1.0 - 0.5 * a) * (p is not None and p <= PARAMETERS) for _, p, _, a, _ in read]
    said = [(n, b, a) for n, _, b, a, _ in read if b is not None]
    good_b = [(1.0 - 0.5 * a) * (b <= BYTES) for _, b, a in said]
    packed = list(files())
    near = sum(abs(d) <= BYTES for _, d in packed)
    far = sorted(packed, key=lambda row: -abs(row[1]))[:4]
    got, asked = suffixed()
    wrong = crossed()
    lines = [
        "## Language models\n",
        f"configurations: {sum(good_p):g} of {len(read)} within 1 % of the published weights, "
        f"{sum(good_b):g} of {len(said)} within 5 % of the published bytes (assumed: half); "
        f"median {sorted(ms for *_, ms in read)[len(read) // 2]:.0f} ms",
        *(f"  off: {n}: bytes {b:.1%}{', assumed' if a else ''}" for n, b, a in said if b > BYTES),
        f"packed files: {near} of {len(packed)} within 5 % of the published size; farthest: "
        + ", ".join(f"{name} {d:+.1%}" for name, d in far),
        f"names: {len(known()):,} known, {got} of {asked} found with a suffix of the Hub, "
        f"{len(wrong)} of {NAMES:,} changed names crossed to a neighbour",
    ]
    return "\n".join([*lines, *(f"  crossed: {a} -> {b}: {c}" for a, b, c in wrong)])
