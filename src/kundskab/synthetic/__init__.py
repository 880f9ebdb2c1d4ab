"""Fictitious companies: people, rhythms, consents and events that follow from declared assumptions.

    from kundskab import synthetic
    company = synthetic.generate(synthetic.fjallhandel(), seed=7, until=datetime(2026, 11, 1, tzinfo=UTC))
    for table in company.events(): ...          # Arrow tables in time order
    company.people, company.facts, company.consents, company.objects, company.encounters
    # what nobody in the company knows: for tests
    company.truth, company.humans, company.devices, company.driver, company.worth, company.forms
    synthetic.write(company, Path("fjallhandel"))

What is assumed.  Every human is a mixture of behaviours (Dirichlet weights whose logarithms wander) and comes at a
Poisson rate that follows the mixture, an own gamma-distributed activity and the season.  A visit belongs to one
behaviour, drawn from the mixture; hour, weekday, channel, products, depth and success of the visit follow from it.
People join, sign up and leave for good at exponential times; they use several devices, a few of them shared, and
are known on a device from when they sign in there.  Orders lead to refunds, reviews and tickets days later; mailings
go only to those who allow them at that time.  Statements of consent come before the first event of their device.

Two things are planted, each with a strength that may be 0: whoever reads the care guide for what they bought soon
after their first order leaves at a lower rate, and a group that is worth little now grows later (`fate`, `menders`).

What is not assumed, and therefore not to be found: people do not influence each other, prices and the catalogue do
not change, one visit does not teach the next, and nothing but the declared behaviours and what is planted makes
anybody stay or leave; neither encounters nor hard forms do.
Events of people who refused are generated too, as they happen to a company: what may be used is not decided here.
"""

from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.generate import Company, generate
from kundskab.synthetic.parse import fjallhandel, parse, read
from kundskab.synthetic.reading import DeclarationError
from kundskab.synthetic.write import FILES, TRUTHS, write

__all__ = [
    "FILES",
    "TRUTHS",
    "Company",
    "Declaration",
    "DeclarationError",
    "fjallhandel",
    "generate",
    "parse",
    "read",
    "write",
]
