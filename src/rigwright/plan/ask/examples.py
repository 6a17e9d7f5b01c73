"""The worked examples: they travel in the package and can be named from any folder."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[2]
FOLDER = "examples"


def example(name: str) -> Path:
    """The example file ``name`` (``today/goal.toml``): the copy that the build of the package made,
    or in a checkout the repository's own.
    """
    packaged = _PACKAGE / FOLDER
    return (packaged if packaged.is_dir() else _PACKAGE.parents[1] / FOLDER) / name


def located(path: Path) -> Path:
    """``path`` where it exists or is no example; else the packaged example that it names."""
    if path.parts[:1] != (FOLDER,) or path.exists():
        return path
    packaged = example(str(Path(*path.parts[1:])))
    return packaged if packaged.is_file() else path
