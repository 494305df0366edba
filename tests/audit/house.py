"""Two organizations after a busy year, in a database whose rules can be taken away."""

from datetime import UTC, datetime, timedelta

from app.billing.contracts.renewals import renew_if_due
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.db.connections import database, on_postgresql
from app.models import Invoice
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import reassigning
from app.people.sign_in import Login, Mode, decide
from tests.builders import (
    NOW,
    a_group,
    a_quote,
    a_user,
    an_organization,
    buy,
    confirm,
    deactivate,
    fill,
)

RENEWED_AT = datetime(2027, 1, 2, 9, tzinfo=UTC)
BOUGHT_AT = datetime(2027, 3, 1, 9, tzinfo=UTC)

#: When the audit looks.
LATER = datetime(2027, 3, 2, 9, tzinfo=UTC)


def a_busy_house() -> dict[str, object]:
    """Return the names of the rows of one of two organizations in which all things happened."""
    acme = _a_busy_year()
    credit_invoice(acme.operator, acme.signing.invoice.id, at=BOUGHT_AT)
    _a_busy_year()
    return _facts(acme)


def take_the_rules_away() -> None:
    """Drop each trigger, CHECK and unique index, so that what they forbid can be planted."""
    if on_postgresql():
        database.execute_sql("SET session_replication_role = replica")
        checks = database.execute_sql(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name in checks:
            database.execute_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        unique = "SELECT 'INDEX', indexrelid::regclass::text FROM pg_index WHERE indisunique"
        unique += " AND indpred IS NOT NULL AND indrelid > 16384"
    else:
        database.execute_sql("PRAGMA ignore_check_constraints = ON")
        database.execute_sql("PRAGMA foreign_keys = OFF")
        unique = "SELECT type, name FROM sqlite_master WHERE type = 'trigger'"
        unique += " OR type = 'index' AND sql LIKE 'CREATE UNIQUE%'"
    rows = database.execute_sql(unique).fetchall()
    for kind, name in [*rows, ("INDEX", "invoice_one_per_cause")]:
        database.execute_sql(f"DROP {kind} IF EXISTS {name}")


def _a_busy_year():
    acme = an_organization(3, auto_renew=True)
    changes = OrganizationChanges(tax_rate="19", when_full="park")
    set_organization(acme.operator, changes, at=NOW)
    ada = a_user(acme, emails=[{"value": "Ada@Example.com", "type": "work"}], externalId="00u1")
    a_group(acme, "Engineers", [ada])
    deactivate(acme, a_user(acme), at=NOW + timedelta(minutes=1))
    confirm(acme, a_quote(acme, 2, purchase_order="PO-77"))
    a_quote(acme, 3)
    for name in ("came-late", "comes-now"):
        late = timedelta(hours=name == "came-late")
        decide(acme.sso, Login(f"{name}@example.com", mode=Mode.CHECK, hold=True), at=NOW - late)
    _, bob, *_ = [ada, *fill(acme, at=NOW + timedelta(minutes=5))]
    a_user(acme, at=NOW + timedelta(minutes=6))
    a_user(acme, "waits@example.com", at=NOW + timedelta(minutes=7))
    reassigning.reassign(
        acme.owner, bob.id, reassigning.Newcomer("new@example.com"), at=NOW + timedelta(hours=1)
    )
    renew_if_due(acme.id, at=RENEWED_AT)
    buy(acme, 2, at=BOUGHT_AT)
    bought = Invoice.get(
        (Invoice.organization_id == acme.id) & Invoice.purchase_order.is_null(False)
    )
    receipt = Receipt(10_000, BOUGHT_AT.date(), "transfer")
    record_payment(acme.operator, bought.id, receipt, at=BOUGHT_AT)
    return acme


#: How the rows are called, and the query that finds each; `{acme}` is the organization.
ROWS = {
    "contract": "SELECT id FROM contract WHERE organization_id = '{acme}'",
    "ada": "SELECT id FROM scim_user WHERE external_id = '00u1' AND organization_id = '{acme}'",
    "left": """SELECT id FROM scim_user WHERE inactive_because = 'directory'
        AND organization_id = '{acme}'""",
    "waiting": """SELECT id FROM scim_user WHERE inactive_because = 'waiting'
        AND organization_id = '{acme}'""",
    "place": "SELECT id FROM waiting_place WHERE organization_id = '{acme}'",
    "group": "SELECT id FROM scim_group WHERE organization_id = '{acme}'",
    "seat": "SELECT id FROM seat_assignment WHERE user_id = '{ada}'",
    "left_seat": "SELECT id FROM seat_assignment WHERE user_id = '{left}'",
    "taken": "SELECT assigned_sequence FROM seat_assignment WHERE id = '{seat}'",
    "freed": "SELECT released_sequence FROM seat_assignment WHERE id = '{left_seat}'",
    "hold": "SELECT id FROM hold WHERE ended_at IS NULL AND organization_id = '{acme}'",
    "past_hold": """SELECT MIN(id) FROM hold WHERE ended_at IS NOT NULL
        AND organization_id = '{acme}'""",
    "quote": "SELECT MIN(quote_id) FROM purchase WHERE organization_id = '{acme}'",
    "purchase": "SELECT id FROM purchase WHERE quote_id = '{quote}'",
    "invoice": "SELECT invoice_id FROM purchase WHERE quote_id = '{quote}'",
    "later_purchase": """SELECT id FROM purchase
        WHERE organization_id = '{acme}' AND quote_id <> '{quote}'""",
    "later_invoice": """SELECT invoice_id FROM purchase
        WHERE organization_id = '{acme}' AND quote_id <> '{quote}'""",
    "granted": "SELECT sequence FROM ledger_entry WHERE cause = 'quote:{quote}'",
    "signing": "SELECT id FROM invoice WHERE cause = 'contract:{contract}'",
    "renewal": "SELECT id FROM invoice WHERE cause = 'renewal:{contract}/2'",
    "renewed": "SELECT sequence FROM ledger_entry WHERE cause = 'renewal:{contract}/2'",
    "note": "SELECT id FROM invoice WHERE credit_of = '{signing}'",
    "last": "SELECT ledger_sequence FROM seat_pool WHERE organization_id = '{acme}'",
    "bought_later": """SELECT MAX(sequence) FROM ledger_entry
        WHERE kind = 'granted' AND organization_id = '{acme}'""",
}


def _facts(acme):
    facts = {"acme": acme.id}
    for name, query in ROWS.items():
        rows = database.execute_sql(query.format(**facts)).fetchall()
        assert len(rows) == 1, f"{name} is {rows}"
        ((facts[name],),) = rows
    return facts
