"""Real shops whose days are dealt to anybody: everybody obeys one law, nothing is to be found, and nothing is.

$KUNDSKAB_DATA names the folder with the public shops.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bench.public import VARIABLE

import kundskab
from kundskab.consent.derived import NotComputed

DATA = Path(os.environ.get(VARIABLE) or Path(__file__).parents[3] / "shared" / "data")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (DATA / "cdnow").is_dir(), reason=f"!! shuffled shops are NOT tested: ${VARIABLE} names no folder with them"
    ),
]
MAPPING = {"actor": "person", "occurred_at": "at", "action": "='purchase'", "object": "what", "category": "shelf",
           "occasion": "order", "value": "value"}  # fmt: skip


def discs() -> pd.DataFrame:
    """CDNOW: 900 people's orders over a year and a half."""
    with gzip.open(DATA / "cdnow/CDNOW_master.txt.gz", "rt") as lines:
        names = ["person", "day", "discs", "value"]
        frame = pd.read_csv(lines, sep=r"\s+", skiprows=1, names=names)
    frame["at"] = pd.to_datetime(frame["day"], format="%Y%m%d")
    frame["what"], frame["shelf"] = "disc", np.where(frame["discs"] > 2, "many", "few")
    return frame[frame["person"] % 26 == 0]


def groceries() -> pd.DataFrame:
    """dunnhumby: the lines of 270 households over a year."""
    lines = pd.read_parquet(DATA / "dunnhumby_journey/transactions_sample.parquet")
    products = pd.read_parquet(DATA / "dunnhumby_journey/products.parquet")
    frame = lines[lines["household_id"].astype(int) % 9 == 0].merge(products, on="product_id", how="left")
    return pd.DataFrame(
        {
            "person": frame["household_id"], "at": frame["transaction_timestamp"], "value": frame["sales_value"],
            "what": frame["product_category"].astype(str), "shelf": frame["department"].astype(str),
        }
    )  # fmt: skip


def days_dealt(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """What one person did on one day stays together, and is anybody's."""
    day, person = frame["at"].dt.normalize(), frame["person"]
    key = pd.factorize(person.astype(str) + " " + day.astype(str))[0]
    owner = np.random.default_rng(seed).choice(person.unique(), key.max() + 1)
    dealt = frame.assign(person=owner[key].astype(str), order=key.astype(str), at=frame["at"].astype("datetime64[us]"))
    return dealt[["person", "at", "what", "shelf", "order", "value"]].astype({"value": float})


@pytest.mark.parametrize("shop", [discs, groceries])
def test_nothing_is_found_where_days_are_anybody_s(shop, tmp_path: Path, keys_folder: Path) -> None:
    days_dealt(shop(), seed=1).to_parquet(tmp_path / "shop.parquet")
    with kundskab.open(tmp_path / "home") as ws:
        ws.import_events(tmp_path / "shop.parquet", mapping=MAPPING, purposes=["analytics"])
        ws.refresh()
        view = ws.view()
        drivers = view.derived("drivers").to_pyarrow()

        assert drivers.num_rows > 5
        assert not any(drivers["found"].to_pylist())
        assert view.derived("undervalued").count().execute() == 0
        assert view.derived("undervalued_groups").count().execute() == 0
        assert view.derived("one_thing").count().execute() <= 1
        with pytest.raises(NotComputed, match="Nothing that people did tells them apart"):
            ws.segments.memberships()
