"""What is planted can be found beyond the obvious, and where nothing is planted nothing is found.

Ten worlds of each kind, seeds 0 to 9.  One world's z has a standard deviation of about 1, so the mean of ten has
0.32: a mean below 1 is within three standard errors of nothing (with room for the few who left within two weeks of
their first order, and so could not read), a mean above 2 is six away.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.synthetic.worlds import SPENDING, STAYING, asked, linear_z, logistic_z, planted

from kundskab import synthetic


@pytest.fixture(scope="module")
def found() -> dict[str, np.ndarray]:
    """The z of the driver and of the group's signs, ten worlds each, as declared and with nothing planted."""
    found: dict[str, np.ndarray] = {}
    for name, declaration in (("planted", synthetic.fjallhandel()), ("nothing", planted(0, 0))):
        worlds = [
            (logistic_z(staying[:, :-1], staying[:, -1]), linear_z(spending[:, :-1], spending[:, -1]))
            for staying, spending in asked(declaration, STAYING, SPENDING)
        ]
        found[f"driver {name}"], found[f"group {name}"] = np.array(worlds).T
    return found


@pytest.mark.slow
def test_the_driver_shows_beyond_recency_frequency_money_and_tenure(found: dict[str, np.ndarray]) -> None:
    assert found["driver planted"].mean() > 3
    assert (found["driver planted"] > 2).sum() >= 9


@pytest.mark.slow
def test_the_same_deed_says_nothing_where_no_driver_is_planted(found: dict[str, np.ndarray]) -> None:
    assert abs(found["driver nothing"].mean()) < 1
    assert (abs(found["driver nothing"]) > 2.6).sum() <= 1


@pytest.mark.slow
def test_the_groups_signs_tell_of_future_spending_beyond_the_past(found: dict[str, np.ndarray]) -> None:
    assert found["group planted"].mean() > 2
    assert (found["group planted"] > 1).sum() >= 9


@pytest.mark.slow
def test_the_same_signs_promise_nothing_where_no_group_is_planted(found: dict[str, np.ndarray]) -> None:
    assert found["group nothing"].mean() < 1
    assert (found["group nothing"] > 2.6).sum() <= 1
