"""Contract and renewal: what was agreed, what follows, and saying no to it in time."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.contracts import declining
from app.billing.contracts.agreement import Agreement, agreement_of
from app.errors import NothingToChange, PrimaryOwnerRequired, TooLateToDecline
from app.web.console.addresses import go
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext


@blueprint.get("/<organization_id>/contract")
@page(Permission.READ_BILLING)
def show_contract(context: Context) -> Response:
    """Show the contract, and what follows its term."""
    return render("contract.html", agreement=agreement_of(context))


@blueprint.get("/<organization_id>/contract/decline")
@page(Permission.READ_BILLING)
def show_declining(context: Context) -> Response:
    """Show what it means not to renew, before it is done."""
    agreement = agreement_of(context)
    if not _can_decline(agreement):
        return go("console.show_contract")
    _check_decides(agreement)
    return render("decline.html", agreement=agreement)


@blueprint.post("/<organization_id>/contract/decline")
@page(Permission.READ_BILLING)
def decline(context: Context) -> Response:
    """Let the contract end with its term; done once, however often it is sent."""
    try:
        declining.decline_renewal(context)
    except (NothingToChange, TooLateToDecline):
        # The page says which of both it is.
        return go("console.show_contract")
    leave_note(gettext("Your contract does not renew. It runs until its term ends."))
    return go("console.show_contract")


def _can_decline(agreement: Agreement) -> bool:
    return agreement.decline_until is not None and not agreement.is_late


def _check_decides(agreement: Agreement) -> None:
    if not agreement.decides:
        raise PrimaryOwnerRequired("Under this contract others decide.")
