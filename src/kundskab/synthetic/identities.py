"""Which identifier stands for whom: accounts, of which some humans have two, and devices, of which some are shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kundskab.synthetic.columns import hexadecimal, numbered
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.people import SECOND_SLOT, Population
from kundskab.synthetic.rhythms import NEVER, Array, Ints, Story

DIGITS = 8


@dataclass(frozen=True)
class Identities:
    """One user id per account: the first of every human (null for strangers), then the second ones in their order.

    account_of: per human the number of the second account, -1 for none; the first has the human's number.
    """

    user_ids: pa.Array
    anonymous_ids: pa.Array
    person_of: Array  # per account
    account_of: Array
    signed_up_at: Ints  # per account; NEVER for strangers

    def accounts(self, person: Array, known: Array, second: Array) -> Array:
        """The account by which each event is known, -1 where it is not."""
        account: Array = np.where(second, self.account_of[person], person)
        return np.where(known, account, -1)


def identities(declaration: Declaration, population: Population, story: Story, salt: int) -> Identities:
    people, again = len(population), np.flatnonzero(population.second)
    account_of = np.full(people, -1)
    account_of[again] = people + np.arange(len(again))
    at = np.concatenate([population.signed_up_at, population.signed_in_at[again, SECOND_SLOT]])
    # customer numbers rise with the day of signing up, as they do in life
    number = np.empty(len(at), np.int64)
    number[np.argsort(at, kind="stable")] = np.arange(1, len(at) + 1)
    user_ids = numbered(declaration.population.user_id_prefix, number, DIGITS, missing=at >= story.until)
    devices = hexadecimal(np.arange(len(population.device_owner)), salt)
    person_of = np.concatenate([np.arange(people), again])
    return Identities(user_ids, devices, person_of, account_of, np.minimum(at, NEVER))
