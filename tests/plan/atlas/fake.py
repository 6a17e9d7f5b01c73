"""An atlas whose answers are made up and slow: python fake.py GRID FOLDER LOG [ADDRESS]."""

import functools
import os
import sys
import time
from pathlib import Path


def slowly(log, grid, file, database, program):
    """Parquet of question numbers; the log has a line when it is begun."""
    import pyarrow as pa
    from pyarrow import parquet

    with Path(log).open("a") as said:
        said.write(f"{os.getpid()} {file}\n")
    time.sleep(0.03)
    table, sink = pa.table({"question": list(grid.numbers(file))}), pa.BufferOutputStream()
    parquet.write_table(table, sink)
    return bytes(sink.getvalue())


if __name__ == "__main__":
    from rigwright.plan.atlas.answers import fill
    from rigwright.spec.errors import RigwrightError

    grid, folder, log, *address = sys.argv[1:]

    def there(*task):
        return slowly(log, *task)

    work = there if address else functools.partial(slowly, log)  # what each can send to a worker
    try:
        print(fill(Path(grid), Path(folder), 2, *address, work=work))
    except RigwrightError as error:
        sys.exit(str(error))
