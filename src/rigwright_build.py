"""Build hook, named in pyproject.toml: a wheel carries a copy of examples/, an sdist the folder."""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

EXAMPLES = Path("examples")


class WithExamples(build_py):
    """The package's files and, in ``rigwright/examples``, a copy of the repository's folder."""

    def run(self) -> None:
        """Copy where a wheel is made; an editable install reads the folder itself."""
        super().run()
        if not self.editable_mode:
            copy = Path(self.build_lib, "rigwright", EXAMPLES)
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(EXAMPLES, copy)

    def get_source_files(self) -> list[str]:
        """What an sdist carries: the package, the examples and this file."""
        files = [*EXAMPLES.rglob("*"), Path(__file__).relative_to(Path.cwd())]
        return [*super().get_source_files(), *(str(f) for f in files if f.is_file())]
