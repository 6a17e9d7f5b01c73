"""Will a run fit a card's memory, and which memory does it need?"""

from pathlib import Path
from typing import Any

from rigwright.cli.application import app
from rigwright.cli.asking import DATA, MACHINE, RUN, asks
from rigwright.cli.options import show_result


@app.command()
@asks(RUN, MACHINE, DATA, leave=("model",))
def fit(
    model: str,
    gpu: list[str] | None = None,
    *,
    said: dict[str, Any],
    smallest_vram: bool = False,
    as_of: str | None = None,
    currency: str | None = None,
    picture: Path | None = None,
    as_json: bool = False,
) -> None:
    """Say whether a run fits, by how much, the largest batch, and what would make it fit.

    Example: rigwright fit resnet50 --gpu "GTX 1070" --batch 64 --resolution 224 --precision fp32

    Example: rigwright fit llama-3-8b --gpu "RTX 3090" --gpu "RTX 4090" --method lora --batch 16
    --seq 2048 --precision bf16 --picture memory.png

    Example: rigwright fit llama-3-8b --smallest-vram --method qlora --seq 2048
    """
    from rigwright.spec.errors import InputError

    values = {"model": model, **said}
    if not smallest_vram:
        if prices := as_of or currency:
            raise InputError("fit", "--as-of or --currency", prices, "beside --smallest-vram only")
        _cards(gpu or [], values, picture, as_json)
        return
    for name, given in (("gpu", gpu), ("picture", picture)):
        if given:
            raise InputError("fit", name, given, "nothing beside --smallest-vram")
    from rigwright.plan.memory.smallestvram import smallest_vram as least

    show_result(least(values, as_of, currency), as_json, "smallest")


def _cards(gpu: list[str], values: dict[str, Any], picture: Path | None, as_json: bool) -> None:
    from rigwright.plan.memory.holding import cards_holding

    result = cards_holding(gpu, values)
    if picture is not None:
        from rigwright.report.charts.bars import save_memory

        save_memory(result, picture)
    show_result(result, as_json, "fit")
