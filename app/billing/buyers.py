"""Who may buy, and so ask for prices: what the contract says, beside what a role may.

The role that a contract names may buy, and those above it. Owners may always ask what seats cost.
"""

from app.access.context import Context
from app.access.principal import Permission, Role
from app.billing.contracts.running import unended_contract
from app.errors import PrimaryOwnerRequired
from app.models import Contract, Quote

#: Who may buy under every contract.
_ALWAYS = frozenset({Role.OPERATOR, Role.PRIMARY_OWNER})

_OWNERS = _ALWAYS | {Role.OWNER}

_BUYERS: dict[Role, frozenset[Role]] = {
    Role.PRIMARY_OWNER: _ALWAYS,
    Role.OWNER: _OWNERS,
    Role.BILLING: _OWNERS | {Role.BILLING},
}


def always_buys(context: Context) -> bool:
    """Return whether the caller may buy, whatever the contract says."""
    return context.role in _ALWAYS


def check_may_buy(context: Context, quote: Quote) -> None:
    """Check that the caller may confirm a quote.

    Raises:
        PrimaryOwnerRequired: its contract lets others buy, not this caller.
    """
    contract = _contract_of(quote)
    if not _may_buy(context, contract):
        raise PrimaryOwnerRequired(
            f"Under this contract seats are bought by the role {contract.buyer_role}. "
            "Ask one of them to confirm the quote."
        )


def check_may_read(context: Context, quote: Quote) -> None:
    """Check that the caller may read a quote. Raises as `check_may_quote`."""
    check_may_read_under(context, _contract_of(quote))


def check_may_read_under(context: Context, contract: Contract) -> None:
    """Check that the caller may read a contract's quotes. Raises as `check_may_quote`."""
    if not _may_quote(context, contract):
        raise _refusal()


def check_may_quote(context: Context) -> None:
    """Check that the caller may ask what seats cost.

    Raises:
        PrimaryOwnerRequired: the caller is no owner, and the contract lets others buy.
    """
    if not _may_quote(context, unended_contract(context.organization_id)):
        raise _refusal()


def may_ask_prices(context: Context, contract: Contract | None) -> bool:
    """Return whether the caller may ask what seats cost under a contract."""
    return context.may(Permission.QUOTE) and _may_quote(context, contract)


def may_buy_under(context: Context, contract: Contract | None) -> bool:
    """Return whether the caller may buy seats under a contract."""
    may = context.may(Permission.BUY)
    return may and contract is not None and _may_buy(context, contract)


def _refusal() -> PrimaryOwnerRequired:
    return PrimaryOwnerRequired(
        "Under this contract prices are for owners and for the role that buys. Ask one of them."
    )


def _may_quote(context: Context, contract: Contract | None) -> bool:
    if context.role in _OWNERS:
        return True
    return contract is not None and _may_buy(context, contract)


def _may_buy(context: Context, contract: Contract) -> bool:
    return context.role in _BUYERS[Role(contract.buyer_role)]


def _contract_of(quote: Quote) -> Contract:
    contract: Contract = Contract.of(quote.organization_id, Contract.id == quote.contract_id).get()
    return contract
