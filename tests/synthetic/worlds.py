"""Worlds for tests of what is planted: many small companies, and the plain regressions an analyst would run on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from kundskab import synthetic

SEEDS = range(10)
PEOPLE = 3_000
UNTIL = datetime(2026, 11, 22, tzinfo=UTC)


def planted(strength_of_driver: float, strength_of_group: float) -> synthetic.Declaration:
    """Fjällhandel with other strengths; 0 and 0 is the null world."""
    one = synthetic.fjallhandel()
    driver = replace(one.driver, strength=strength_of_driver)
    return replace(one, driver=driver, undervalued=replace(one.undervalued, strength=strength_of_group))


def asked(declaration: synthetic.Declaration, *questions: str) -> Iterator[list[np.ndarray[Any, Any]]]:
    """Per seed the answers to some questions in SQL over that world's events alone."""
    for seed in SEEDS:
        company = synthetic.generate(declaration, seed=seed, people=PEOPLE, until=UNTIL)
        with duckdb.connect() as connection:
            connection.register("events", pa.concat_tables(company.events()))
            yield [np.array(connection.execute(question).fetchall(), float) for question in questions]


def logistic_z(x: np.ndarray[Any, Any], happened: np.ndarray[Any, Any]) -> float:
    """Wald z of the first column in a logistic regression on all columns (Newton's method)."""
    x = np.column_stack([(x - x.mean(axis=0)) / x.std(axis=0), np.ones(len(x))])
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ (x * (p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (happened - p))
    return float(beta[0] / np.sqrt(np.linalg.inv(information)[0, 0]))


def linear_z(x: np.ndarray[Any, Any], amount: np.ndarray[Any, Any]) -> float:
    """z of the first column in a least-squares regression on all columns."""
    x = np.column_stack([x, np.ones(len(x))])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ amount
    rest = amount - x @ beta
    return float(beta[0] / np.sqrt(rest @ rest / (len(x) - x.shape[1]) * inverse[0, 0]))


# One row per person with a first order early enough, seen two weeks after it: had the driver, then what is obvious
# (events, visits, orders, money, tenure, recency; the guides themselves not counted), then whether they came again
# between 90 and 210 days later.  A device with one account speaks for that account.
STAYING = """
WITH device AS (SELECT anonymous_id, any_value(user_id) AS owner FROM events
                WHERE user_id IS NOT NULL AND anonymous_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT user_id) = 1),
deed AS (SELECT coalesce(user_id, owner) AS who, * EXCLUDE (user_id) FROM events LEFT JOIN device USING (anonymous_id)
         WHERE action NOT IN ('Mailing Sent', 'Order Refunded', 'Ticket Answered', 'Ticket Closed', 'Review Written')),
first AS (SELECT who, min(occurred_at) AS first_at, min(occurred_at) + INTERVAL 14 DAY AS seen_at,
                 list_transform(arg_min(items, occurred_at), lambda i: i.category) AS bought,
                 arg_min(value::DOUBLE, occurred_at) AS spent
          FROM deed WHERE action = 'Order Completed' AND who IS NOT NULL GROUP BY 1
          HAVING min(occurred_at) < (SELECT max(occurred_at) FROM events) - INTERVAL 225 DAY),
person AS (SELECT who,
    bool_or(action = 'Guide Read' AND occurred_at BETWEEN first_at AND seen_at AND list_contains(bought, category))
        AS had,
    count(*) FILTER (occurred_at <= seen_at AND action <> 'Guide Read') AS events,
    count(DISTINCT occasion) FILTER (occurred_at <= seen_at AND action <> 'Guide Read') AS visits,
    count(*) FILTER (occurred_at <= seen_at AND action = 'Order Completed') AS orders,
    any_value(spent) AS spent,
    epoch(any_value(seen_at) - min(occurred_at)) / 86400 AS tenure,
    epoch(any_value(seen_at) - max(occurred_at) FILTER (occurred_at <= seen_at AND action <> 'Guide Read')) / 86400
        AS recency,
    bool_or(occurred_at BETWEEN seen_at + INTERVAL 90 DAY AND seen_at + INTERVAL 210 DAY) AS came
    FROM deed JOIN first USING (who) GROUP BY 1)
SELECT had::INT, ln(1 + events), ln(1 + visits), ln(1 + orders), ln(1 + spent), ln(1 + tenure), ln(1 + recency),
       came::INT
FROM person
"""

# One row per account 130 days before the end: signs of the group (repairs and invitations of the last 120 days), then
# visits, orders, money, tenure and recency, then what they spend in the next 120 days.
SPENDING = """
WITH now AS (SELECT max(occurred_at) - INTERVAL 130 DAY AS t FROM events),
person AS (SELECT user_id,
    count(*) FILTER (action IN ('Repair Booked', 'Friend Invited') AND occurred_at BETWEEN t - INTERVAL 120 DAY AND t)
        AS signs,
    count(*) FILTER (occurred_at <= t AND action IN ('page viewed', 'Application Opened')) AS visits,
    count(*) FILTER (occurred_at <= t AND action = 'Order Completed') AS orders,
    coalesce(sum(value::DOUBLE) FILTER (occurred_at <= t AND action = 'Order Completed'), 0) AS spent,
    epoch(any_value(t) - min(occurred_at)) / 86400 AS tenure,
    epoch(any_value(t) - max(occurred_at) FILTER (occurred_at <= t AND action NOT IN ('Mailing Sent', 'Encounter')))
        / 86400 AS recency,
    coalesce(sum(value::DOUBLE) FILTER (action = 'Order Completed' AND occurred_at BETWEEN t AND t + INTERVAL 120 DAY),
             0) AS future
    FROM events, now WHERE user_id IS NOT NULL GROUP BY 1 HAVING recency IS NOT NULL)
SELECT ln(1 + signs), ln(1 + visits), ln(1 + orders), ln(1 + spent), ln(1 + tenure), ln(1 + recency), ln(1 + future)
FROM person
"""
