"""One small company for all tests of this folder: 600 humans of Fjällhandel over its eighteen months."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from kundskab import synthetic

_SMALL = ("people", "facts", "consents", "objects", "truth", "humans", "devices", "driver", "worth", "forms")


@pytest.fixture(scope="session")
def until() -> datetime:
    return datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def declaration() -> synthetic.Declaration:
    return synthetic.fjallhandel()


@pytest.fixture(scope="session")
def company(declaration: synthetic.Declaration, until: datetime) -> synthetic.Company:
    return synthetic.generate(declaration, seed=7, people=600, until=until)


@pytest.fixture(scope="session")
def events(company: synthetic.Company) -> pa.Table:
    return pa.concat_tables(company.events())


@pytest.fixture(scope="session")
def large(declaration: synthetic.Declaration, until: datetime) -> synthetic.Company:
    """Enough humans for shares to be compared with what was declared; its events are not told."""
    return synthetic.generate(declaration, seed=11, people=20_000, until=until)


@pytest.fixture
def ask(company: synthetic.Company, events: pa.Table):
    """Asks a question in SQL over the events and all other tables of the company; gives rows."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET timezone = 'Europe/Stockholm'")
    connection.register("events", events)
    for name in (*_SMALL, "encounters"):
        connection.register(name, getattr(company, name))
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()
