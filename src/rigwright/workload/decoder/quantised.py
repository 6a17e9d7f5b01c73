"""A model's own format: what its configuration says of each product, as mean bytes per weight.

Read are ``quantization_config`` of transformers (fp8, mxfp4, AWQ, GPTQ, bitsandbytes,
compressed-tensors, modelopt), ``hf_quant_config.json`` of modelopt, and ``quantization`` of MLX.
"""

import fnmatch
import functools
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rigwright.spec.tables.table import table, toml
from rigwright.workload.decoder.config import DecoderConfig, Stored
from rigwright.workload.decoder.given import CHECKPOINTS, DATA, Given
from rigwright.workload.decoder.parts import Attention, Layer, Mixture, Mlp, Recurrent

PLAIN = 16.0
SCALE = 16
"""Bits of a group's scale in integer formats."""
_NUMBERED = re.compile(r"layers\\?\.\D{0,2}\d")
_OTHER = re.compile(r"\.experts\.[1-9]")


@dataclass(frozen=True, slots=True)
class OwnFormat:
    """word : of ``spec.run``, the nearest.  names : how tools call it.  bits : with scales."""

    word: str
    names: tuple[str, ...]
    bits: float


@functools.cache
def own_formats() -> dict[str, OwnFormat]:
    """Format by every name of it."""
    rows = table(OwnFormat, DATA / "own_formats.csv")
    return {name: row for row in rows for name in row.names}


def named(word: Any) -> OwnFormat | None:
    """The format a tool's word means."""
    text = str(word).lower()
    return own_formats().get(text) or own_formats().get(text.split("_")[0])


Sized = tuple[str, float, OwnFormat | None]


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is stored how: ``base`` but for ``skipped`` modules and those with one of their own.

    ends : bits of (token table, output) where the tool packs them too.
    only_experts : nothing else is packed.  experts : their format.  cache : its element. [B]
    """

    base: OwnFormat | None
    skipped: "Matches"
    own: "tuple[tuple[Matches, OwnFormat | None], ...]" = ()
    ends: tuple[float, float] = (PLAIN, PLAIN)
    only_experts: bool = False
    experts: OwnFormat | None = None
    cache: float = 2.0

    def of(self, paths: tuple[str, ...], layer: int | None = None) -> OwnFormat | None:
        """Format of the module with these paths (a module may have several names)."""
        for matches, form in self.own:
            if matches.any(paths, layer):
                return form
        if self.base is None or self.skipped.any(paths, layer):
            return None
        if paths[0].endswith("experts"):
            return self.experts or self.base
        return None if self.only_experts else self.base

    def key(self, layer: int) -> Hashable:
        """Layers with equal keys are stored alike."""
        return self.skipped.key(layer), *(matches.key(layer) for matches, _ in self.own)


class Matches:
    """Modules that a list of names and patterns means.

    A name is a module, all inside it, or the end of one; ``*`` and ``re:`` are patterns.
    """

    def __init__(self, patterns: Iterable[Any]) -> None:
        layers: dict[str, set[str]] = {}
        names, found = set(), []
        for pattern in patterns:
            text = str(pattern)
            if ".experts." in text and _OTHER.search(text):
                continue  # one expert stands for all
            if text.startswith("re:"):
                found.append(text[3:].replace("^", "", 1))
            elif "*" in (text := text.removesuffix("*").removesuffix(".")):
                found.append(fnmatch.translate(_short(text) + "*"))
            elif (at := text.find("layers.")) >= 0:
                layer, _, rest = text[at + 7 :].partition(".")
                layers.setdefault(layer, set()).add(rest)
            else:
                names.add(_short(text))
        self._layers = {layer: frozenset(map(_short, rests)) for layer, rests in layers.items()}
        self._names = frozenset(names)
        self._patterns = [re.compile(p) for p in _valid(found)]

    def key(self, layer: int) -> Hashable:
        """Layers with equal keys are treated alike."""
        return self._layers.get(str(layer)), any(
            _NUMBERED.search(p.pattern) for p in self._patterns
        ) and layer

    def any(self, paths: Iterable[str], layer: int | None = None) -> bool:
        """Whether one of a module's paths, of a layer or outside them, is meant."""
        return any(self._one(path, layer) for path in paths)

    def _one(self, path: str, layer: int | None) -> bool:
        words = path.split(".")
        starts = {".".join(words[:n]) for n in range(len(words) + 1)}
        ends = {".".join(words[n:]) for n in range(len(words))}
        inside = self._layers.get(str(layer), frozenset()) if layer is not None else frozenset()
        if not inside.isdisjoint(starts) or not self._names.isdisjoint(starts | ends):
            return True
        full = path if layer is None else f"layers.{layer}.{path}"
        return any(p.match(full) or p.match(f"model.{full}") for p in self._patterns)


def _valid(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error:
            continue
        yield pattern


def _short(name: str) -> str:
    """A module's name from its layer on, in the words used here."""
    at = name.find("layers.")
    if at > 0:
        name = name[at:]
    for ours, theirs in toml(CHECKPOINTS)["blocks"].items():
        for word in theirs:
            if word in name:
                name = re.sub(rf"(?<![a-z_]){word}(?![a-z0-9_])", ours, name)
    return name.removeprefix("model.").removeprefix("language_model.").removeprefix("model.")


# -- reading -------------------------------------------------------------------------------
def scheme_of(given: Mapping[str, Any]) -> Scheme | None:
    """What a configuration says of its own format; None for 16 bit or for nothing known."""
    for holder in (given, *(v for v in given.values() if isinstance(v, Mapping))):
        for key, read in (
            ("quantization_config", _transformers), ("hf_quant_config", _modelopt),
            ("quantization", _mlx),
        ):  # fmt: skip
            said = holder.get(key)
            if isinstance(said, Mapping):
                return read(said, given)
    return None


def _transformers(said: Mapping[str, Any], given: Mapping[str, Any]) -> Scheme | None:
    method = str(said.get("quant_method") or "").lower()
    if method in ("", "modelopt"):
        method = str(said.get("quant_algo") or "").lower()
    skipped = Matches(said.get("modules_to_not_convert") or said.get("llm_int8_skip_modules")
                      or said.get("ignore") or said.get("ignored_layers") or ())  # fmt: skip
    cache = _cache(said.get("kv_cache_scheme") or said.get("kv_cache_quant_algo"))
    layers, groups = said.get("quantized_layers"), said.get("config_groups")
    if isinstance(layers, Mapping):
        base = named(method) if said.get("weight_block_size") else None
        # What such a list leaves out of its own formats stays in the base's.
        return Scheme(base, skipped if base is None else Matches(()), _own(layers), cache=cache)
    if method.startswith("exl") or "bits_per_weight" in said:
        bits = float(said.get("bits") or said.get("bits_per_weight") or 4.0)
        head = float(said.get("head_bits") or 6)
        return Scheme(OwnFormat("int4", (), bits), skipped, ends=(PLAIN, head))
    if isinstance(groups, Mapping) and groups:
        return Scheme(None, skipped, _groups(groups, skipped), cache=cache)
    base = _base(method, said)
    experts = named(given.get("expert_dtype")) if given.get("expert_dtype") else None
    return None if base is None else Scheme(
        base, skipped, only_experts=base.word == "mxfp4", experts=experts, cache=cache)  # fmt: skip


def _base(method: str, said: Mapping[str, Any]) -> OwnFormat | None:
    if said.get("load_in_8bit") or said.get("_load_in_8bit"):
        return named("int8")
    base, bits, group = named(method), said.get("bits") or said.get("w_bit"), said.get("group_size")
    if base is None or not isinstance(bits, int):
        return base
    whole = _whole(bits, group, bits)
    return OwnFormat(base.word, (), whole.bits) if bits == 4 else whole


def _whole(bits: int, group: Any, zero: int) -> OwnFormat:
    """Whole numbers with a scale and a zero of so many bits for each group."""
    per = group if isinstance(group, int) and group > 0 else 10**9
    return OwnFormat("int8" if bits > 4 else "int4", (), bits + (SCALE + zero) / per)


def _groups(
    groups: Mapping[str, Any], skipped: Matches
) -> tuple[tuple[Matches, OwnFormat | None], ...]:
    """Formats of compressed-tensors and modelopt: bits, kind and group of each set of targets."""
    found: list[tuple[Matches, OwnFormat | None]] = [(skipped, None)]
    for group in groups.values():
        weights = group.get("weights") if isinstance(group, Mapping) else None
        if not isinstance(weights, Mapping):
            continue
        targets = [str(t) for t in group.get("targets") or ("Linear",)]
        every = any(target in ("Linear", "re:.*", "*") for target in targets)
        found.append((Matches(("re:.*",) if every else targets), _packed(weights)))
    return tuple(found)


def _packed(weights: Mapping[str, Any]) -> OwnFormat | None:
    bits, group = weights.get("num_bits"), weights.get("group_size")
    if not isinstance(bits, int) or bits > 8:
        return None
    if weights.get("type") == "float":
        narrow = isinstance(group, int) and 0 < group <= 16
        return named("fp8" if bits == 8 else "nvfp4" if narrow else "mxfp4")
    return _whole(bits, group, 0 if weights.get("symmetric", True) else bits)


def _own(layers: Mapping[str, Any]) -> tuple[tuple[Matches, OwnFormat | None], ...]:
    by_format: dict[str, list[str]] = {}
    for name, how in layers.items():
        if type(how) is dict and not (".experts." in name and _OTHER.search(name)):
            by_format.setdefault(str(how.get("quant_algo")), []).append(name)
    return tuple((Matches(names), named(word)) for word, names in by_format.items())


def _modelopt(said: Mapping[str, Any], given: Mapping[str, Any]) -> Scheme | None:
    q = said.get("quantization") or said
    cache, layers = _cache(q.get("kv_cache_quant_algo")), q.get("quantized_layers")
    own = _own(layers) if isinstance(layers, Mapping) else ()
    base = None if own else named(q.get("quant_algo"))
    return Scheme(base, Matches(q.get("exclude_modules") or ()), own, cache=cache)


def _mlx(said: Mapping[str, Any], given: Mapping[str, Any]) -> Scheme | None:
    def bits(how: Mapping[str, Any]) -> OwnFormat:
        if how.get("mode") in ("mxfp4", "nvfp4", "mxfp8"):
            return own_formats()[how["mode"]]
        return _whole(int(how.get("bits", 4)), int(how.get("group_size", 64)), 16)

    base = bits(said)
    own = [(name, how) for name, how in said.items() if isinstance(how, Mapping | bool)]
    forms = tuple((Matches([n]), bits(how) if isinstance(how, Mapping) else None) for n, how in own)
    return Scheme(base, Matches(()), forms, ends=(base.bits, base.bits))


def _cache(said: Any) -> float:
    if isinstance(said, Mapping):
        return float(said.get("num_bits") or 16) / 8
    form = named(said) if said else None
    return form.bits / 8 if form else 2.0


# -- summing up ----------------------------------------------------------------------------
def stored_of(
    given: Mapping[str, Any], g: Given, c: DecoderConfig, layers: Iterable[Layer]
) -> Stored | None:
    """The mean bytes per weight of a configuration's own format; None for 16 bit."""
    scheme = scheme_of(given)
    if scheme is None:
        if any("quantization_config" in v for v in (given, g.data)):
            g.notes.append("quantization_config: not a format known here; weights count as 16 bit")
        return None
    sums = {"experts": [0.0, 0.0], "blocks": [0.0, 0.0]}
    words: dict[str, float] = {}
    alike: dict[Hashable, list[Sized]] = {}
    for i, layer in enumerate(layers):
        key = layer, scheme.key(i)
        if key not in alike:
            alike[key] = [
                (where, weights, scheme.of(paths, i))
                for where, weights, paths in _modules(layer, c.hidden)
            ]
        for where, weights, form in alike[key]:
            sums[where][0] += weights * (form.bits if form else PLAIN)
            sums[where][1] += weights
            if form:
                words[form.word] = words.get(form.word, 0.0) + weights
    rest = c.block_parameters - sums["blocks"][1]
    sums["blocks"] = [sums["blocks"][0] + PLAIN * rest, float(c.block_parameters)]
    head, table_ = scheme.of(("lm_head", "head")) if scheme.own else None, scheme.ends
    mean = {k: bits / max(n, 1.0) / 8 for k, (bits, n) in sums.items()}
    return None if not words else Stored(
        word=max(words, key=lambda w: words[w]), experts=mean["experts"] or 2.0,
        blocks=mean["blocks"], table=table_[0] / 8,
        head=(head.bits if head else table_[1]) / 8, cache=scheme.cache,
    )  # fmt: skip


def _modules(layer: Layer, h: int) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """(kind, weights, paths) of every product of a layer."""
    modules, never = toml(CHECKPOINTS)["modules"], toml(CHECKPOINTS)["never"]
    wheres = {Attention: "self_attn", Recurrent: "mixer", Mlp: "mlp", Mixture: "mlp"}
    beside = any(isinstance(part, Mlp) for part in layer.parts)
    for part in layer.parts:
        at = "mixer" if len(layer.branches) == 1 else wheres[type(part)]
        if isinstance(part, Mixture):
            experts = "experts" if beside else f"{at}.experts"
            yield "experts", part.count * part.expert(h), (experts, f"{experts}.0.down_proj")
            for m in part.always.matrices(h) if part.always else ():
                name = modules[m.name]
                paths = (f"{at}.shared_experts.{name}", f"{at}.shared_expert.{name}")
                yield "blocks", m.weights, paths
        own = part.around(h) if isinstance(part, Mixture) else part.matrices(h)
        for m in own:
            if m.name not in never:
                more = (f"{at}.in_proj_qkv",) if m.name == "mixer_in" else ()
                yield "blocks", m.weights, (f"{at}.{modules.get(m.name, m.name)}", *more)
