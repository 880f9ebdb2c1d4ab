"""A finding as a sentence: natural frequencies with doubt, and never a cause."""

from __future__ import annotations

from kundskab.drivers.finding import Finding


def words(finding: Finding, currency: str) -> str:
    """ "Of 100 people who did X, 43 came back (37 to 49); of 100 otherwise alike, 29." """
    told, unit = finding.beside, finding.unit
    if not finding.is_share:
        return (
            f"{unit.capitalize()} who {finding.did} {finding.came}, on average {_money(told.with_share, currency)}; "
            f"otherwise alike, {_money(told.without_share, currency)}."
        )
    of = 100 if min(told.with_share, told.without_share) >= 0.02 else 1_000
    ours, low, high, others = (
        round(of * share) for share in (told.with_share, told.with_low, told.with_high, told.without_share)
    )
    what = "in which people" if unit == "visits" else "who"
    return (
        f"Of {of:,} {unit} {what} {finding.did}, about {ours} {finding.came} (between {low} and {high}); "
        f"of {of:,} otherwise alike, about {others}."
    )


def _money(amount: float, currency: str) -> str:
    return f"{amount:,.0f} {currency}"
