"""`seatgate contract`: what the vendor and an organization agreed on."""

from datetime import date
from typing import TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import Role, operator_for
from app.billing.contracts import scheduling, signing
from app.billing.contracts.renewals import INVOICE_DAYS_BEFORE_MAX
from app.billing.contracts.signing import NOTICE_DAYS_MAX, ContractTerms
from app.billing.contracts.succession import takeover
from app.billing.money import minor_units
from app.billing.terms import check_time_zone
from app.commands.contract_facts import contract_facts
from app.commands.invoices import invoice_facts
from app.commands.lazily import Elsewhere, LazyGroup
from app.commands.options import DAY, as_json, organization_option, request_id_option
from app.commands.output import Facts, show
from app.commands.session import session
from app.commands.unmailed import say_unmailed
from app.currencies import parse_currency
from app.errors import NotFound
from app.models import Contract
from app.organizations.settings import find_organization
from app.seats.subscriptions import subscription_of


class _Given(TypedDict):
    """The options of `contract sign`: the members of `ContractTerms`, prices still as text."""

    seats: int
    starts_on: date
    unit_price: str
    renewal_unit_price: str | None
    currency: str
    billing_interval: str
    collection_method: str
    auto_renew: bool
    time_zone: str
    minimum_seats: int
    net_days: int
    net_days_reason: str | None
    grace_days: int
    notice_days: int
    buyer_role: Role
    invoiced_elsewhere: str | None
    invoice_days_before: int
    purchase_order: str | None
    cost_centre: str | None


#: Commands of `contract` that stand in modules of their own.
_ELSEWHERE = {
    "amend": Elsewhere(
        "app.commands.amendments:amend_contract",
        "Add seats for the rest of the term.",
    ),
    "price": Elsewhere(
        "app.commands.amendments:set_price",
        "Agree on the price from the next renewal on; what runs keeps its own.",
    ),
    "end": Elsewhere(
        "app.commands.amendments:end_contract",
        "Let the contract end with its term instead of renewing.",
    ),
    "resume": Elsewhere(
        "app.commands.amendments:resume_contract",
        "Take back that the contract ends with its term, until its last day.",
    ),
    "references": Elsewhere(
        "app.commands.amendments:set_references",
        "Change the purchase order and cost centre that stand on each invoice to come.",
    ),
}


@click.group(cls=LazyGroup, elsewhere=_ELSEWHERE)
def contract() -> None:
    """Sign contracts, change them, show them."""


@contract.command("sign")
@organization_option
@click.option("--seats", type=int, required=True, help="How many seats the contract opens with.")
@click.option("--starts-on", type=DAY, required=True, help="The first day of its first term.")
@click.option("--unit-price", required=True, metavar="AMOUNT", help="One seat for a whole term.")
@click.option("--currency", required=True, metavar="CODE", help="An ISO 4217 code, such as EUR.")
@click.option(
    "--auto-renew/--no-auto-renew",
    default=ContractTerms.auto_renew,
    help="Whether a further term follows by itself, with the seats in use.",
)
@click.option(
    "--renewal-unit-price", metavar="AMOUNT", help="The price from the next renewal on, if another."
)
@click.option(
    "--minimum-seats",
    type=int,
    default=ContractTerms.minimum_seats,
    help="What a renewal never goes below.",
)
@click.option(
    "--time-zone",
    metavar="NAME",
    default=ContractTerms.time_zone,
    help="Where the contract's days begin and end.",
)
@click.option(
    "--billing-interval",
    type=click.Choice(["annual", "monthly"]),
    default=ContractTerms.billing_interval,
)
@click.option(
    "--collection-method",
    type=click.Choice(["invoice", "card"]),
    default=ContractTerms.collection_method,
)
@click.option(
    "--net-days",
    type=click.IntRange(0, 365),
    default=ContractTerms.net_days,
    help="How many days after its issue an invoice is due.",
)
@click.option(
    "--net-days-reason",
    metavar="TEXT",
    help="Why a buyer in France has more than 60 days, if it has.",
)
@click.option(
    "--grace-days",
    type=click.IntRange(0, 365),
    default=ContractTerms.grace_days,
    help="How many days after the contract's end its holders may still log in.",
)
@click.option(
    "--notice-days",
    type=click.IntRange(0, NOTICE_DAYS_MAX),
    default=ContractTerms.notice_days,
    help="How many days before a term's last day owners can no longer decline its renewal.",
)
@click.option(
    "--buyer-role",
    type=click.Choice([Role.PRIMARY_OWNER, Role.OWNER, Role.BILLING], case_sensitive=False),
    default=ContractTerms.buyer_role.value,
    help="The least role that may buy seats.",
)
@click.option(
    "--invoiced-elsewhere",
    metavar="REFERENCE",
    help="The document of another system that invoices the signing; Seatgate then issues none.",
)
@click.option(
    "--invoice-days-before",
    type=click.IntRange(0, INVOICE_DAYS_BEFORE_MAX),
    default=ContractTerms.invoice_days_before,
    help="How many days before a term's first it is invoiced.",
)
@click.option("--purchase-order", metavar="TEXT", help="The customer's order, on each invoice.")
@click.option("--cost-centre", metavar="TEXT", help="The customer's cost centre, likewise.")
@request_id_option
@as_json
def sign_contract(
    organization_id: str, *, request_id: str | None, as_json: bool, **given: Unpack[_Given]
) -> None:
    """Sign a contract: its first term opens with its seats, and its invoice is issued.

    While another runs, or in its grace, it is signed ahead: it takes over on its first day, and the
    other does not renew.
    """
    terms = _terms(given)
    with session() as at:
        principal = operator_for(organization_id)
        signed = signing.sign_contract(acting(principal, at=at), terms, request_id=request_id)
        facts = {
            **contract_facts(signed.contract),
            **({"already_done": True} if signed.repeated else {}),
            "invoice": signed.invoice and invoice_facts(signed.invoice),
            **_takeover_facts(signed.contract),
        }
        if signed.invoice and not signed.repeated:
            say_unmailed([signed.invoice])
    show(facts, as_json=as_json)


@contract.command("show")
@organization_option
@as_json
def show_contract(organization_id: str, *, as_json: bool) -> None:
    """Show the contract that was signed last, with its term."""
    with session():
        find_organization(organization_id)
        subscription = subscription_of(organization_id)
        found, scheduled = subscription.contract, subscription.scheduled
        if found is None:
            raise NotFound(f"Organization {organization_id} has no contract. Sign one first.")
        facts = {
            **contract_facts(found),
            "scheduled": None
            if scheduled is None
            else {**contract_facts(scheduled), **_takeover_facts(scheduled)},
        }
    show(facts, as_json=as_json)


@contract.command("cancel")
@organization_option
@as_json
def cancel_contract(organization_id: str, *, as_json: bool) -> None:
    """Take back the contract that was signed ahead; the running one renews again, if it did."""
    with session() as at:
        find_organization(organization_id)
        done = scheduling.cancel_scheduled(acting(operator_for(organization_id), at=at))
        facts = {
            **contract_facts(done.contract),
            "renews_again": done.renews_again and done.renews_again.id,
            "invoice_to_credit": done.invoice and done.invoice.number,
        }
    show(facts, as_json=as_json)


def _takeover_facts(row: Contract) -> Facts:
    """Return what a contract that was signed ahead will do at today's use."""
    if row.state != "scheduled":
        return {}
    taking_over = takeover(row, subscription_of(row.organization_id))
    return {
        "takes_over": {
            "at": row.takes_over_at,
            "seats": taking_over.seats,
            "beyond_agreed": taking_over.beyond,
            "total_minor": taking_over.totals.total_minor,
            "currency": row.currency,
        },
        "stops_renewal_of": row.stops_renewal_of,
    }


def _terms(given: _Given) -> ContractTerms:
    currency = parse_currency(given["currency"])
    renewal = given["renewal_unit_price"]
    return ContractTerms(
        seats=given["seats"],
        starts_on=given["starts_on"],
        unit_price_minor=minor_units(given["unit_price"], currency, field="unit_price"),
        currency=currency,
        billing_interval=given["billing_interval"],
        collection_method=given["collection_method"],
        auto_renew=given["auto_renew"],
        time_zone=check_time_zone(given["time_zone"]),
        minimum_seats=given["minimum_seats"],
        net_days=given["net_days"],
        net_days_reason=given["net_days_reason"],
        grace_days=given["grace_days"],
        notice_days=given["notice_days"],
        renewal_unit_price_minor=None
        if renewal is None
        else minor_units(renewal, currency, field="renewal_unit_price"),
        buyer_role=given["buyer_role"],
        invoiced_elsewhere=given["invoiced_elsewhere"],
        invoice_days_before=given["invoice_days_before"],
        purchase_order=given["purchase_order"],
        cost_centre=given["cost_centre"],
    )
