"""Will a run fit a card's memory, and which memory does it need?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.asking import DATA, MACHINE, RUN, asks
from rigwright.cli.options import Currency, Json, show_result

ANSWER = "The answer"


@app.command()
@asks(RUN, MACHINE, DATA, leave=("model",))
def fit(
    model: Annotated[str, typer.Argument(help="Model name or path to config.json.")],
    gpu: Annotated[
        list[str] | None, typer.Option(help="GPU name; may be given several times.")
    ] = None,
    *,
    said: dict[str, Any],
    smallest_vram: Annotated[
        bool,
        typer.Option(
            "--smallest-vram",
            help="The least VRAM, and the chips that have it.",
            rich_help_panel=ANSWER,
        ),
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(help="Prices as of this day (YYYY-MM-DD).", rich_help_panel=ANSWER),
    ] = None,
    currency: Currency = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Shares against VRAM as .png, .svg or .html.", rich_help_panel=ANSWER),
    ] = None,
    as_json: Json = False,
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
