"""`seatgate contract amend|price|end`: what is changed of a contract while it runs."""

import click

from app.access.principal import operator_for
from app.billing.contracts import amending
from app.billing.contracts.amending import Amendment
from app.commands.contracts import contract_facts
from app.commands.invoices import invoice_facts
from app.commands.options import as_json, organization_option
from app.commands.output import show
from app.commands.session import session
from app.organizations.settings import find_organization
from app.people.activity import seat_waiters


@click.command("amend")
@organization_option
@click.option("--quantity", type=int, required=True, help="How many seats to add.")
@click.option("--order-reference", required=True, help="The customer's order.")
@as_json
def amend_contract(
    organization_id: str, *, quantity: int, order_reference: str, as_json: bool
) -> None:
    """Add seats for the rest of the term. The invoice is issued at once."""
    with session() as at:
        find_organization(organization_id)
        amendment = Amendment(quantity, order_reference)
        done = amending.amend_contract(operator_for(organization_id), amendment, at=at)
        seat_waiters(organization_id, at=at)
    facts = {
        "quantity": done.purchase.quantity,
        "purchased": done.purchase.purchased_after,
        "invoice": invoice_facts(done.invoice),
    }
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
        changed = amending.set_renewal_price(principal, renewal_unit_price, at=at)
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
        facts = contract_facts(end(operator_for(organization_id), at=at))
    show(facts, as_json=as_json)
