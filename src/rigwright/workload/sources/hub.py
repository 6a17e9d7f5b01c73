"""A model of Hugging Face transformers from its configuration, built without weights.

``architectures`` in the configuration names the class; no code that comes with a model is run.
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import read_user_text
from rigwright.workload.sources.source import HUB, Source, need

DEFAULT_TOKENS = 512
UPGRADE = "pip install --upgrade transformers"
_SECONDS, _RATE = 10, 16_000  # of a recording, where a model reads sound
TEXT_ONLY = "pictures and sound are left out: the model is run on text alone"
_KINDS: tuple[tuple[str, str, str], ...] = (  # end of the class name, task, unit
    ("ForCausalLM", "language", "tok"), ("LMHeadModel", "language", "tok"),
    ("ForMaskedLM", "text", "seq"), ("ForPreTraining", "text", "seq"),
    ("ForSequenceClassification", "text", "seq"), ("ForTokenClassification", "text", "seq"),
    ("ForQuestionAnswering", "text", "seq"), ("ForConditionalGeneration", "text", "seq"),
    ("ForImageClassification", "image", "img"), ("ForCTC", "speech", "item"),
    ("ForAudioClassification", "speech", "item"),
)  # fmt: skip


def source(name: str, img_size: int | None, seq_len: int | None) -> Source:
    """The model of a ``config.json`` or of a hub name (``hf:``), and how it is run.

    Raises InputError for a bad file or name, and for a configuration transformers does not know.
    """
    need("transformers", name)
    import logging

    import transformers

    transformers.logging.set_verbosity_error()
    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)  # the error says it
    config = _config(transformers, name)
    named = (getattr(config, "architectures", None) or [None])[0]
    module = _module(transformers, name, config, named)
    architecture = type(module).__name__
    task, unit = next(
        (rest for end, *rest in _KINDS if architecture.endswith(end)), ("text", "seq")
    )
    if hasattr(module.config, "use_cache"):
        module.config.use_cache = False
    return _inputs(name, module, architecture, (task, unit), img_size, seq_len)


def _config(transformers: Any, name: str) -> Any:
    if name.startswith(HUB):
        try:
            return transformers.AutoConfig.from_pretrained(name.removeprefix(HUB))
        except (OSError, ValueError) as error:
            said = str(error).split("\n", maxsplit=1)[0][:120]
            allowed = f"a model of huggingface.co that can be reached now ({said})"
            raise InputError(
                "trace", "model", name, allowed, "the path of its config.json"
            ) from None
    path = Path(name)
    try:
        given = json.loads(read_user_text(path, "a readable config.json"))
    except (ValueError, RecursionError):
        raise InputError(name, "file", "no JSON", "a Hugging Face config.json") from None
    if not isinstance(given, dict) or not isinstance(given.get("model_type"), str):
        raise InputError(name, "model_type", "nothing", "a Hugging Face config.json")
    kind = given.pop("model_type")
    try:
        return transformers.AutoConfig.for_model(kind, **given)
    except (ValueError, KeyError) as error:
        if "Unrecognized" in str(error):
            allowed = f"one that transformers {transformers.__version__} knows"
            raise InputError(name, "model_type", kind, allowed, UPGRADE) from None
        raise InputError(name, "values", str(error)[:120], "what transformers writes") from None
    except Exception as error:  # each configuration checks its values in its own way
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        raise InputError(name, "values", said, "what transformers writes") from None


def _module(transformers: Any, name: str, config: Any, named: str | None) -> Any:
    """An instance without weights; PyTorch's attention where the family has it."""
    made = getattr(transformers, named, None) if named else None
    kind = "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES" if made is None else ""
    if made is None and named and getattr(config, "auto_map", None):
        raise InputError(name, "architectures", named, "a class of transformers itself: code that "
                         "comes with a model is not run", "file.py:callable")  # fmt: skip
    build = made._from_config if made else _auto(transformers, config, kind)._from_config
    for attention in ("sdpa", "eager"):
        try:
            return build(config, attn_implementation=attention)
        except ValueError as error:
            if attention == "eager" or "scaled_dot_product" not in str(error):
                raise _unbuilt(name, error) from None
        except (TypeError, AttributeError, KeyError, ZeroDivisionError, AssertionError) as error:
            raise _unbuilt(name, error) from None
    raise AssertionError("eager attention always returns or raises")


def _unbuilt(name: str, error: Exception) -> InputError:
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
    return InputError(name, "values", said, "a configuration that transformers can build")


def _auto(transformers: Any, config: Any, kind: str) -> Any:
    """The class for a configuration that names none: a language model, else the bare model."""
    table = getattr(transformers.models.auto.modeling_auto, kind)
    bare = transformers.models.auto.modeling_auto.MODEL_MAPPING_NAMES
    name = table.get(config.model_type) or bare.get(config.model_type)
    found = getattr(transformers, name, None) if isinstance(name, str) else None
    if found is None:
        allowed = "a configuration that names its architectures"
        raise InputError("trace", "model_type", config.model_type, allowed)
    return found


# -- inputs --------------------------------------------------------------------------------
def _inputs(
    name: str, module: Any, architecture: str, about: tuple[str, str],
    img_size: int | None, seq_len: int | None,
) -> Source:  # fmt: skip
    config, (task, unit) = module.config, about
    main: str = getattr(module, "main_input_name", "input_ids")
    notes: tuple[str, ...] = ()
    both = hasattr(config, "text_config") and hasattr(config, "vision_config")
    pair = both and hasattr(module, "get_image_features") and "Conditional" not in architecture
    if both and not pair:
        main, notes = "input_ids", (TEXT_ONLY,)
    side = _side(config, img_size) if main == "pixel_values" or pair else 0
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    reads_text = main in ("input_ids", "input_features") or pair
    tokens = _tokens(text, seq_len) if reads_text else 0
    make = partial(_tensors, module, architecture, main, side)
    if pair:
        make, task, unit = partial(_pairs, config, side), "image", "img"
    elif main == "pixel_values":
        task, unit = "image", "img"
    elif main != "input_ids":
        task, unit = "speech", "item"
    return Source(
        module=module, inputs=make, task=task, unit=unit, img_size=side, seq_len=tokens,
        meta=_blocks(text), notes=notes,
    )  # fmt: skip


def _blocks(config: Any) -> tuple[tuple[str, float], ...]:
    layers = getattr(config, "num_hidden_layers", None)
    hidden = getattr(config, "hidden_size", None)
    if isinstance(layers, int) and isinstance(hidden, int):
        return ("layers", float(layers)), ("hidden", float(hidden))
    return ()


def _tokens(config: Any, seq_len: int | None) -> int:
    """A length that the position table allows."""
    names = ("max_position_embeddings", "n_positions", "max_seq_len", "max_target_positions")
    sizes = [getattr(config, name, None) for name in names]
    most = min((size for size in sizes if isinstance(size, int) and size > 0), default=10**9)
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert", "longformer"):
        most -= 2  # positions are counted from the padding word on
    if seq_len and seq_len > most:
        raise InputError("trace", "--seq-len", seq_len, f"at most {most}, the model's positions")
    return seq_len or min(DEFAULT_TOKENS, most)


def _side(config: Any, img_size: int | None) -> int:
    vision = getattr(config, "vision_config", config)
    size = getattr(vision, "image_size", None) or 224
    if isinstance(size, list | tuple):
        size = size[0]
    if isinstance(size, Mapping):
        size = next(iter(size.values()))
    return int(img_size or size)


def _images(config: Any, side: int, batch: int) -> Any:
    import torch

    vision = getattr(config, "vision_config", config)
    return torch.empty(batch, getattr(vision, "num_channels", 3) or 3, side, side)


def _pairs(config: Any, side: int, batch: int, seq: int) -> dict[str, Any]:
    """Pictures with their captions, as CLIP trains."""
    import torch

    return {
        "input_ids": torch.zeros(batch, seq, dtype=torch.long),
        "pixel_values": _images(config, side, batch),
        "return_loss": True,
    }


def _tensors(
    module: Any, architecture: str, main: str, side: int, batch: int, seq: int
) -> dict[str, Any]:
    import torch

    one, ids = (torch.zeros(shape, dtype=torch.long) for shape in ((batch,), (batch, seq)))
    config = module.config
    given: dict[str, Any] = {main: ids}
    if main == "pixel_values":
        given = {main: _images(config, side, batch)}
    elif main == "input_features":  # log mel spectrograms: two positions of sound per frame pair
        frames = 2 * int(getattr(config, "max_source_positions", 1500))
        given = {main: torch.empty(batch, int(getattr(config, "num_mel_bins", 80)), frames)}
    elif main == "input_values":
        given = {main: torch.empty(batch, _SECONDS * _RATE)}
    labels = _labels(architecture, main, one, ids)
    if getattr(config, "is_encoder_decoder", False) and not labels:
        given["decoder_input_ids"] = ids
    return given | labels


def _labels(architecture: str, main: str, one: Any, ids: Any) -> dict[str, Any]:
    """What the class needs to compute its loss itself; empty where it returns none."""
    if architecture.endswith("ForQuestionAnswering"):
        return {"start_positions": one, "end_positions": one}
    if architecture.endswith(("ForSequenceClassification", "ForImageClassification")):
        return {"labels": one}
    each = ("ForCausalLM", "LMHeadModel", "ForMaskedLM", "ForTokenClassification",
            "ForConditionalGeneration")  # fmt: skip
    if architecture.endswith(each) and main in ("input_ids", "input_features"):
        return {"labels": ids}
    return {}
