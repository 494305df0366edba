"""`seatgate contract amend|price|end|resume|references`: what changes of a running contract."""

from dataclasses import replace
from datetime import datetime

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.contracts import amending
from app.billing.contracts.amending import Amendment, References
from app.billing.offers import Confirmation
from app.commands.contract_facts import contract_facts
from app.commands.invoices import invoice_facts
from app.commands.options import as_json, asks, organization_option, request_id_option
from app.commands.output import show
from app.commands.session import session
from app.commands.unmailed import say_unmailed
from app.errors import AmendmentRepeated
from app.organizations.settings import find_organization


@click.command("amend")
@organization_option
@click.option("--quantity", type=int, required=True, help="How many seats to add.")
@click.option("--order-reference", required=True, help="The customer's order.")
@request_id_option
@click.option("--again", is_flag=True, help="Add them though the same were added today.")
@as_json
def amend_contract(  # noqa: PLR0913  # the command's options
    organization_id: str,
    *,
    quantity: int,
    order_reference: str,
    request_id: str | None,
    again: bool,
    as_json: bool,
) -> None:
    """Add seats for the rest of the term. The invoice is issued at once."""
    amendment = Amendment(quantity, order_reference, request_id, again=again)
    with session() as at:
        find_organization(organization_id)
        done = _amend(organization_id, amendment, at=at)
        if not done.repeated:
            say_unmailed([done.invoice])
    facts = {
        "quantity": done.purchase.quantity,
        "purchased": done.purchase.purchased_after,
        **({"already_done": True} if done.repeated else {}),
        "invoice": invoice_facts(done.invoice),
    }
    show(facts, as_json=as_json)


def _amend(organization_id: str, amendment: Amendment, *, at: datetime) -> Confirmation:
    """Amend; where it looks like a repetition, ask on a terminal whether it is meant."""
    principal = operator_for(organization_id)
    try:
        return amending.amend_contract(acting(principal, at=at), amendment)
    except AmendmentRepeated as refusal:
        if not asks():
            raise
        click.confirm(f"{refusal.message} Add them again?", abort=True, err=True)
    return amending.amend_contract(acting(principal, at=at), replace(amendment, again=True))


@click.command("resume")
@organization_option
@as_json
def resume_contract(organization_id: str, *, as_json: bool) -> None:
    """Take back that the contract ends with its term, until its last day."""
    with session() as at:
        find_organization(organization_id)
        facts = contract_facts(
            amending.resume_renewal(acting(operator_for(organization_id), at=at))
        )
    show(facts, as_json=as_json)


@click.command("references")
@organization_option
@click.option("--purchase-order", metavar="TEXT", help="The customer's order.")
@click.option("--cost-centre", metavar="TEXT", help="The customer's cost centre.")
@click.option("--scheduled", is_flag=True, help="Of the contract that was signed ahead.")
@as_json
def set_references(
    organization_id: str,
    *,
    purchase_order: str | None,
    cost_centre: str | None,
    scheduled: bool,
    as_json: bool,
) -> None:
    """Change the purchase order and cost centre that stand on each invoice to come."""
    references = References(purchase_order, cost_centre)
    with session() as at:
        find_organization(organization_id)
        principal = operator_for(organization_id)
        changed = amending.set_references(acting(principal, at=at), references, scheduled=scheduled)
        facts = contract_facts(changed)
    show(facts, as_json=as_json)


@click.command("price")
@organization_option
@click.option(
    "--renewal-unit-price", required=True, metavar="AMOUNT", help="One seat from then on."
)
@as_json
def set_price(organization_id: str, *, renewal_unit_price: str, as_json: bool) -> None:
    """Agree on the price from the next renewal on; what runs keeps its own."""
    with session() as at:
        find_organization(organization_id)
        principal = operator_for(organization_id)
        changed = amending.set_renewal_price(acting(principal, at=at), renewal_unit_price)
        facts = contract_facts(changed)
    show(facts, as_json=as_json)


@click.command("end")
@organization_option
@click.option("--now", is_flag=True, help="End it at once, instead of with its term.")
@as_json
def end_contract(organization_id: str, *, now: bool, as_json: bool) -> None:
    """Let the contract end with its term instead of renewing."""
    end = amending.end_contract if now else amending.end_renewal
    with session() as at:
        find_organization(organization_id)
        facts = contract_facts(end(acting(operator_for(organization_id), at=at)))
    show(facts, as_json=as_json)
