"""Runs in the peers' environment: python worth_peers.py MODEL SHOP.npz OUT.npz; expected occasions of each person.

Models: BG/NBD, MBG/NBD and Pareto/NBD of lifetimes, BG/NBD of pymc-marketing (maximum a posteriori).
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd

LIFETIMES = {
    "lifetimes BG/NBD": "BetaGeoFitter",
    "lifetimes MBG/NBD": "ModifiedBetaGeoFitter",
    "lifetimes Pareto/NBD": "ParetoNBDFitter",
}


def foretold(model: str, shop: dict) -> np.ndarray:
    columns = [pd.Series(shop[name]) for name in ("repeats", "recency", "age")]
    weeks = float(shop["weeks"])
    if model in LIFETIMES:
        import lifetimes

        fitted = getattr(lifetimes, LIFETIMES[model])()
        fitted.fit(*columns)
        return np.asarray(fitted.conditional_expected_number_of_purchases_up_to_time(weeks, *columns))
    from pymc_marketing import clv

    frame = pd.DataFrame(dict(zip(("frequency", "recency", "T"), columns, strict=True)))
    frame["customer_id"] = np.arange(len(frame))
    fitted = clv.BetaGeoModel(data=frame)
    fitted.fit(method="map")
    return fitted.expected_purchases(data=frame, future_t=weeks).values.ravel()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    name, source, target = sys.argv[1:]
    with np.load(source) as found:
        given = dict(found)
    began = time.process_time()
    np.savez(target, foretold=foretold(name, given), cpu_seconds=time.process_time() - began)
