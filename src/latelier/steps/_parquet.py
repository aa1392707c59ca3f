"""A table of numbers as Parquet, for those who go on in pandas, R or DuckDB.

By pyarrow, which is 40 MB and so an extra: CSV holds the same numbers, to nine digits.
"""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from latelier.errors import MissingExtra
from latelier.files import replacing
from latelier.steps._measured import Numbers


def available() -> None:
    """Say at once what is missing.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingExtra(
            "Parquet needs the package pyarrow, which is not installed: pip install pyarrow"
        )


def write_parquet(path: Path, numbers: Numbers) -> None:
    """Put the numbers at ``path``: a row an image, a column a number with its meaning.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    fields = [arrow.field("image", arrow.string(), nullable=False)]
    for column, m in zip(numbers.columns, numbers.measures, strict=True):
        meaning = {"unit": m.unit, "low": f"{m.low:g}", "high": f"{m.high:g}", "says": m.says}
        fields.append(arrow.field(column, arrow.float64(), nullable=False, metadata=meaning))
    columns = [arrow.array([image.path for image in numbers.images], arrow.string())]
    columns += [arrow.array(column) for column in numbers.table.T]
    table = arrow.Table.from_arrays(columns, schema=arrow.schema(fields))
    with replacing(path) as part:
        parquet.write_table(table, part, compression="zstd")
