"""Two public shops, held out in time: as near as documented. $KUNDSKAB_DATA names the folder that holds them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from bench.public import VARIABLE
from bench.worth import Shop, cdnow, decile_gap, online_retail

from kundskab.predictions import worth
from kundskab.predictions.purchases import came, summarise

BESIDE = Path(__file__).parents[3] / "shared" / "data"
DATA = Path(os.environ.get(VARIABLE) or BESIDE)

pytestmark = pytest.mark.skipif(
    not (DATA / "cdnow").is_dir(), reason=f"!! the public shops are NOT tested: ${VARIABLE} names no folder with them"
)


def foretold_and_real(shop: Shop, *, with_hindsight: bool) -> tuple[np.ndarray, np.ndarray]:
    bought, until, end = shop
    rng = np.random.default_rng(0)
    foresight = worth.learn(bought, until=until, weeks=(end - until) / 7, rng=rng, with_hindsight=with_hindsight)
    people = summarise(bought, until)
    return foresight.worth(people).occasions, came(bought, people.persons, until, end)[0]


def rmse(foretold: np.ndarray, real: np.ndarray) -> float:
    return float(np.sqrt(((foretold - real) ** 2).mean()))


@pytest.mark.slow
def test_cdnow_is_foretold_as_documented() -> None:
    shop = cdnow(DATA)

    bare, real = foretold_and_real(shop, with_hindsight=False)
    corrected, _ = foretold_and_real(shop, with_hindsight=True)

    assert len(real) == 23_570
    assert real.sum() == 19_684
    assert rmse(bare, real) == pytest.approx(1.733, abs=0.001)  # what every implementation of BG/NBD gets
    assert bare.sum() / real.sum() - 1 == pytest.approx(-0.143, abs=0.002)
    assert rmse(corrected, real) <= 1.70
    assert abs(corrected.sum() / real.sum() - 1) < 0.10
    assert decile_gap(corrected, real) < 0.10


@pytest.mark.slow
def test_online_retail_converges_and_is_foretold_as_documented() -> None:
    shop = online_retail(DATA)

    bare, real = foretold_and_real(shop, with_hindsight=False)
    corrected, _ = foretold_and_real(shop, with_hindsight=True)

    assert len(real) == 3_317
    assert rmse(bare, real) == pytest.approx(1.631, abs=0.002)
    assert rmse(corrected, real) < 1.52
    assert corrected.sum() < 0.85 * real.sum()  # nobody has seen the autumn before, and the page must say so
