"""Write ``workload/data/sparse.csv``: sizes that a part of a config.json may leave out.

    pip install transformers torch
    python tools/make_sparse_defaults.py 2026-11-30

Configurations of models that see or hear often name the family of their language part and only the
sizes that differ from that family's own. Only scalars of keys that the reader knows are kept.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

DATA = Path(__file__).parents[1] / "src/rigwright/workload/data"


def known_keys() -> set[str]:
    """First words of all keys that the reader looks for."""
    with (DATA / "config_keys.csv").open(encoding="utf-8", newline="") as lines:
        return {
            key.split(".")[0] for row in csv.DictReader(lines) for key in row["keys"].split("|")
        }


def main() -> int:
    """Write the table; exit 2 without transformers."""
    try:
        import transformers
        from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    except ImportError as error:
        print(f"sparse defaults: {error}", file=sys.stderr)
        return 2
    keys, found = known_keys() | {"tie_word_embeddings", "vision_use_head"}, {}
    wanted = set(transformers.models.auto.modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)
    for model_type in CONFIG_MAPPING:
        try:
            config = CONFIG_MAPPING[model_type]()
        except Exception as error:  # some classes have no defaults that hold together
            print(f"{model_type}: {type(error).__name__}", file=sys.stderr)
            continue
        parts = {k: v for k, v in vars(config).items() if hasattr(v, "model_type")}
        wanted |= {part.model_type for part in parts.values()}
        for part in (config, *parts.values()):
            made = part.to_dict()  # what a class works out of other sizes is no default
            own = {k: v for k, v in made.items() if getattr(type(part), k, v) is not None}
            found.setdefault(part.model_type, own)
    rows = []
    for model_type in sorted(wanted & set(found)):
        sizes = {k: v for k, v in found[model_type].items() if k in keys}
        said = [f"{k}={str(v).lower()}" for k, v in sizes.items() if isinstance(v, int | float)]
        if len(said) >= 4:
            rows.append((model_type, "|".join(said), "same", sys.argv[1]))
    source = f"defaults of the configuration classes of transformers {transformers.__version__}"
    rows[0] = (*rows[0][:2], source, rows[0][3])
    with (DATA / "sparse.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("model_type", "sizes", "source", "source_date"), *rows])
    print(f"{len(rows)} families")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
