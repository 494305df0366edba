"""The seller's accounts: what its accountant books sales and money on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.billing.bookkeeping.refusals import AccountsMissing
from app.errors import InvalidInput
from app.text import line_of_text


class AccountRole(StrEnum):
    """What an account is for."""

    CUSTOMERS = "customers"
    SALES = "sales"
    VAT = "vat"
    VAT_PENDING = "vat_pending"
    DEFERRED_INCOME = "deferred_income"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the seller's plan."""

    number: str
    label: str


Chart = Mapping[AccountRole, Account]

#: What the accounts are called where the seller gives no label, as the French plan has it.
_LABELS = {
    AccountRole.CUSTOMERS: "Clients",
    AccountRole.SALES: "Prestations de services",
    AccountRole.VAT: "TVA collectée",
    AccountRole.VAT_PENDING: "TVA en attente d'encaissement",
    AccountRole.DEFERRED_INCOME: "Produits constatés d'avance",
    AccountRole.BANK: "Banque",
}

_NUMBER = re.compile(r"[0-9]{3}[0-9A-Z]{0,17}")

ACCOUNT_HINT = (
    f"ROLE=NUMBER, and a label after a space. ROLE is one of {', '.join(AccountRole)};"
    ' "ROLE=" takes it away. Give the option once for each.'
)


def changed_accounts(kept: Mapping[str, list[str]], given: Iterable[str]) -> dict[str, list[str]]:
    """Return the accounts as they are kept, with those that were given.

    Raises:
        InvalidInput: one is no account.

    >>> changed_accounts({"bank": ["512", "Banque"]}, ["sales=706000 Ventes", "bank="])
    {'sales': ['706000', 'Ventes']}
    """
    accounts = dict(kept)
    for text in given:
        role, account = _parse(text)
        if account is None:
            accounts.pop(role, None)
        else:
            accounts[role] = [account.number, account.label]
    return {role.value: accounts[role] for role in AccountRole if role in accounts}


def _parse(text: str) -> tuple[AccountRole, Account | None]:
    name, parted, rest = line_of_text("account", text).partition("=")
    if name.strip() not in {*AccountRole} or not parted:
        raise InvalidInput("account", f"{text!r} names no account. Give {ACCOUNT_HINT}")
    role = AccountRole(name.strip())
    number, _, label = rest.strip().partition(" ")
    if not number:
        return role, None
    if not _NUMBER.fullmatch(number):
        raise InvalidInput(
            "account", f"{number!r} is not an account; give its number, such as 706000."
        )
    return role, Account(number, label.strip() or _LABELS[role])


def chart_of(kept: Mapping[str, list[str]], wanted: Iterable[AccountRole]) -> Chart:
    """Return the seller's accounts.

    Raises:
        AccountsMissing: one that is wanted is not among them.
    """
    missing = [role for role in wanted if role not in kept]
    if missing:
        given = " ".join(f"--account {role}=NUMBER" for role in missing)
        raise AccountsMissing(
            f"The seller has no account for {', '.join(missing)}. "
            f"Enter it by `seatgate seller set {given}`.",
            missing=[role.value for role in missing],
        )
    return {AccountRole(role): Account(*account) for role, account in kept.items()}
