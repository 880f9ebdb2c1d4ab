"""What an analyst would write: the same questions by pandas, scikit-learn and lifetimes. Runs among the peers.

python notebook_peer.py FILE.parquet   prints one JSON object with seconds, CPU seconds, peak MB and each step's seconds
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

warnings.filterwarnings("ignore")
HORIZON = pd.Timedelta(days=30)
STEPS: dict[str, float] = {}


def step(name: str, began: float) -> float:
    STEPS[name] = time.perf_counter() - began
    return time.perf_counter()


def main(file: str) -> None:
    began, used = time.perf_counter(), time.process_time()
    at = began
    events = pd.read_parquet(file).sort_values(["customer", "moment"], ignore_index=True)
    at = step("read", at)
    counts, names = behaviours(events)
    segments(counts)
    at = step("segments", at)
    next_action(events)
    at = step("next action", at)
    next_object(events)
    at = step("next object", at)
    frame = worth(events)
    at = step("worth", at)
    drivers(events, counts, names)
    at = step("drivers", at)
    undervalued(frame)
    step("undervalued", at)
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak, "steps": STEPS}))


def behaviours(events: pd.DataFrame) -> tuple[sparse.csr_matrix, list[str]]:
    person = events["customer"].astype("category")
    what = (events["what"] + " " + events["category"]).astype("category")
    ones = np.ones(len(events), np.float32)
    shape = (len(person.cat.categories), len(what.cat.categories))
    return sparse.csr_matrix((ones, (person.cat.codes, what.cat.codes)), shape=shape), list(what.cat.categories)


def segments(counts: sparse.csr_matrix) -> None:
    """The number of segments by held-out perplexity, then memberships of everybody."""
    from sklearn.decomposition import LatentDirichletAllocation

    held = counts.shape[0] // 10
    tried = {
        size: LatentDirichletAllocation(size, learning_method="online", max_iter=10, batch_size=4096, random_state=1)
        .fit(counts[held:])
        .perplexity(counts[:held])
        for size in (4, 8, 12)
    }
    best = min(tried, key=lambda size: tried[size])
    model = LatentDirichletAllocation(best, learning_method="online", max_iter=10, batch_size=4096, random_state=1)
    model.fit(counts)
    model.transform(counts)


def next_action(events: pd.DataFrame) -> None:
    """Gradient boosting on the last actions, gaps and counts; calibrated; everybody scored."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.frozen import FrozenEstimator

    code = events["what"].astype("category").cat.codes.to_numpy()
    same = events["customer"].eq(events["customer"].shift())
    frame = pd.DataFrame({"last": code})
    for back in (1, 2):
        frame[f"back{back}"] = pd.Series(code).groupby(events["customer"]).shift(back).fillna(-1).to_numpy()
    frame["gap"] = events["moment"].diff().dt.total_seconds().where(same).fillna(-1).to_numpy()
    frame["position"] = events.groupby("customer").cumcount().to_numpy()
    frame["hour"] = events["moment"].dt.hour.to_numpy()
    follows = pd.Series(code).groupby(events["customer"]).shift(-1)
    known = follows.notna()
    cut = events["moment"].quantile(0.8)
    train, judged = known & (events["moment"] < cut), known & (events["moment"] >= cut)
    model = HistGradientBoostingClassifier(max_iter=100, random_state=1).fit(frame[train], follows[train])
    some = frame[judged].index[:50_000]
    CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(frame.loc[some], follows[some])
    last = ~events["customer"].duplicated(keep="last")
    model.predict_proba(frame[last])


def next_object(events: pd.DataFrame) -> None:
    """What follows what, counted; ten for everybody."""
    pairs = pd.DataFrame({"sku": events["sku"], "then": events.groupby("customer")["sku"].shift(-1)}).dropna()
    counted = pairs.groupby(["sku", "then"]).size().rename("n").reset_index()
    top = counted.sort_values("n", ascending=False).groupby("sku").head(10)
    last = events.drop_duplicates("customer", keep="last")[["customer", "sku"]]
    last.merge(top, on="sku", how="left")


def worth(events: pd.DataFrame) -> pd.DataFrame:
    """BG/NBD and Gamma-Gamma of lifetimes, and what everybody brings in the horizon."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from lifetimes.utils import summary_data_from_transaction_data

    orders = events[events["what"] == "Order Completed"].assign(amount=lambda each: each["amount"].astype(float))
    summary = summary_data_from_transaction_data(orders, "customer", "moment", monetary_value_col="amount", freq="D")
    rhythm = BetaGeoFitter(penalizer_coef=0.001).fit(summary["frequency"], summary["recency"], summary["T"])
    again = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
    spend = GammaGammaFitter(penalizer_coef=0.001).fit(again["frequency"], again["monetary_value"])
    summary["times"] = rhythm.conditional_expected_number_of_purchases_up_to_time(
        HORIZON.days, summary["frequency"], summary["recency"], summary["T"]
    )
    each = spend.conditional_expected_average_profit(summary["frequency"], summary["monetary_value"])
    summary["value"] = summary["times"] * each.fillna(0)
    summary["present"] = orders.groupby("customer")["amount"].sum()
    return summary


def drivers(events: pd.DataFrame, counts: sparse.csr_matrix, names: list[str]) -> None:
    """A logistic model of buying in the last horizon on everything done before, with Wald tests."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    cut = events["moment"].max() - HORIZON
    before = events[events["moment"] < cut]
    seen, _ = behaviours(before)
    ids = before["customer"].astype("category").cat.categories
    bought = set(events[(events["moment"] >= cut) & (events["what"] == "Order Completed")]["customer"])
    outcome = np.array([person in bought for person in ids])
    signals = StandardScaler(with_mean=False).fit_transform(seen).toarray()
    model = LogisticRegression(max_iter=200).fit(signals, outcome)
    chance = model.predict_proba(signals)[:, 1]
    weight = chance * (1 - chance)
    np.linalg.inv(signals.T @ (signals * weight[:, None]) + np.eye(signals.shape[1]))


def undervalued(frame: pd.DataFrame) -> None:
    """Expected worth against the mean of equals."""
    equals = pd.qcut(frame["present"].rank(method="first"), 20)
    frame["ratio"] = frame["value"] / frame.groupby(equals, observed=True)["value"].transform("mean")


if __name__ == "__main__":
    main(sys.argv[1])
