"""What commands show of a contract and its terms."""

from app.billing.contracts.running import first_term
from app.commands.output import Facts
from app.models import Contract, ContractTerm
from app.seats.subscriptions import subscription_of


def term_facts(term: ContractTerm) -> Facts:
    """Return a term's number and days."""
    return {"number": term.number, "starts_on": term.starts_on, "ends_on": term.ends_on}


def contract_facts(row: Contract) -> Facts:
    """Return a contract with its term and seats; one signed ahead has those of its first term."""
    subscription = subscription_of(row.organization_id)
    ahead = first_term(row) if row.took_over_at is None and row.takes_over_at else None
    return {
        "id": row.id,
        "organization_id": row.organization_id,
        "state": row.state,
        "starts_on": row.starts_on,
        "term": (term := ahead or subscription.term) and term_facts(term),
        "seats": subscription.pool.purchased if ahead is None else ahead.opened_with,
        "unit_price_minor": row.unit_price_minor,
        "renewal_unit_price_minor": row.renewal_unit_price_minor,
        "currency": row.currency,
        "billing_interval": row.billing_interval,
        "collection_method": row.collection_method,
        "auto_renew": row.auto_renew,
        "minimum_seats": row.minimum_seats,
        "net_days": row.net_days,
        "net_days_reason": row.net_days_reason,
        "grace_days": row.grace_days,
        "notice_days": row.notice_days,
        "time_zone": row.time_zone,
        "buyer_role": row.buyer_role,
        "invoiced_elsewhere": row.invoiced_elsewhere,
        "invoice_days_before": row.invoice_days_before,
        "purchase_order": row.purchase_order,
        "cost_centre": row.cost_centre,
        "signed_at": row.signed_at,
        "ended_at": row.ended_at,
        "suspended_at": subscription.pool.suspended_at,
    }
