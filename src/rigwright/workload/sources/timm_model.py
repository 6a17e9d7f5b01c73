"""A model of timm by name, built without weights."""

from rigwright.spec.errors import InputError
from rigwright.workload.sources.source import INSTALL, Source, need


def source(name: str, img_size: int | None) -> Source:
    """A timm model at ``img_size`` pixels (default: its own). Raises InputError."""
    need("timm", f"timm:{name}")
    import torch

    try:
        import timm
    except (ImportError, RuntimeError) as error:
        said = str(error).splitlines()[0]
        raise InputError("trace", "model", name, f"a timm that imports ({said})", INSTALL) from None
    try:
        config = timm.get_pretrained_cfg(name) or timm.models.model_entrypoint(name.split(".")[0])
    except (RuntimeError, KeyError):
        from rapidfuzz import process

        near = [hit[0] for hit in process.extract(name, timm.list_models(), limit=3)]
        raise InputError(
            "trace", "model", f"timm:{name}", "a name of timm", ", ".join(near)
        ) from None
    channels, *_, own = getattr(config, "input_size", None) or (3, 224, 224)
    side = img_size or int(own)
    try:
        module = timm.create_model(name, img_size=side)
    except TypeError:  # networks that take any size
        module = timm.create_model(name)
    except (RuntimeError, ValueError, AssertionError) as error:
        if "meta" in str(error):
            raise
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError("trace", "--img-size", side, f"a size of {name}: {said}") from None
    return Source(
        module=module,
        inputs=lambda batch, seq: (torch.empty(batch, channels, side, side),),
        img_size=side,
    )
