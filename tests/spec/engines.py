"""Where drawn tables are computed: DuckDB, or a local Spark through Ibis. One Spark for the whole test run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

import ibis
import pyarrow as pa

# What the metrics ask of an engine beyond Ibis' own words; DuckDB knows them by itself.
_FUNCTIONS = (
    "epoch_us(at TIMESTAMP) RETURNS BIGINT RETURN unix_micros(at)",
    # A path is said as $."name"."other", which Spark writes $['name']['other'].
    "json_extract_string(text STRING, path STRING) RETURNS STRING "
    """RETURN get_json_object(text, replace(replace(path, '."', "['"), '"', "']"))""",
)
# Tables of a dozen rows: compiling a query costs more than reading it, and a second thread or partition only costs.
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
}

_chosen = "duckdb"
_numbers = count()


def missing() -> str:
    """Why there is no Spark here; empty where there is one."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Java is missing"
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is missing (requirements-spark.txt)"
    return ""


@contextmanager
def on(engine: str) -> Iterator[None]:
    """Drawn tables are computed there meanwhile."""
    global _chosen
    before, _chosen = _chosen, engine
    try:
        yield
    finally:
        _chosen = before


def table(rows: pa.Table) -> ibis.Table:
    """These rows on the engine that is chosen."""
    if _chosen == "duckdb":
        return ibis.memtable(rows)
    name = f"drawn_{next(_numbers)}"  # each test has more than one table at times
    return spark().create_view(name, ibis.memtable(rows), overwrite=True)


@cache
def spark() -> Any:
    """Ibis over a local Spark, with the functions that the metrics need."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("specs")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    for function in _FUNCTIONS:
        session.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {function}")
    return ibis.pyspark.connect(session)
