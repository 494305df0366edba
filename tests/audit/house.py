"""Two organizations after a busy year, in a database whose rules can be taken away."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from app.access.context import acting
from app.billing.contracts.renewals import invoice_all_due, renew_if_due
from app.billing.invoices import handing_over
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.hand_over import HandOver, Status
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.originals import original_of
from app.billing.invoices.parcel import Form, Parcel
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.db.connections import database, on_postgresql
from app.models import Invoice
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from app.people import reassigning
from app.people.sign_in import Login, Mode, decide
from tests.support.builders import (
    NOW,
    a_contract,
    a_group,
    a_quote,
    a_user,
    an_organization,
    buy,
    confirm,
    deactivate,
    fill,
)
from tests.support.waiting_lists import seats_left_held

RENEWED_AT = datetime(2027, 1, 2, 9, tzinfo=UTC)
BOUGHT_AT = datetime(2027, 3, 1, 9, tzinfo=UTC)

#: When the audit looks.
LATER = datetime(2027, 3, 2, 9, tzinfo=UTC)


def a_busy_house() -> dict[str, object]:
    """Return the names of the rows of one of two organizations in which all things happened."""
    acme = _a_busy_year()
    credit_invoice(acting(acme.operator, at=BOUGHT_AT), acme.signing.invoice.id)
    original_of(acme.id, acme.signing.invoice.id, BOUGHT_AT)
    _a_busy_year()
    _put_right(acme)
    _a_takeover(globex := an_organization(3))
    _an_invoice_ahead(initech := an_organization(2, auto_renew=True, invoice_days_before=30))
    _hand_over(initech)
    return _facts(acme, globex, initech)


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
    set_organization(acting(acme.operator, at=NOW), changes)
    ada = a_user(acme, emails=[{"value": "Ada@Example.com", "type": "work"}], externalId="00u1")
    a_group(acme, "Engineers", [ada])
    deactivate(acme, a_user(acme), at=NOW + timedelta(minutes=1))
    confirm(acme, a_quote(acme, 2, purchase_order="PO-77"))
    a_quote(acme, 3)
    for name in ("came-late", "comes-now"):
        late = timedelta(hours=name == "came-late")
        decide(
            acting(acme.sso, at=NOW - late),
            Login(f"{name}@example.com", mode=Mode.CHECK, hold=True),
        )
    _, bob, *_ = [ada, *fill(acme, at=NOW + timedelta(minutes=5))]
    a_user(acme, at=NOW + timedelta(minutes=6))
    a_user(acme, "waits@example.com", at=NOW + timedelta(minutes=7))
    reassigning.reassign(
        acting(acme.owner, at=NOW + timedelta(hours=1)),
        bob.id,
        reassigning.Newcomer("new@example.com"),
    )
    renew_if_due(acme.id, at=RENEWED_AT)
    with seats_left_held():
        buy(acme, 2, at=BOUGHT_AT)
    record_payment(acting(acme.operator, at=BOUGHT_AT), _ordered(acme).id, _receipt("transfer"))
    return acme


def _put_right(acme):
    """Credit parts of an invoice and then the rest, replace it, and move money to and fro."""
    operator, bought = acme.operator, _ordered(acme)
    wrong = record_payment(
        acting(operator, at=BOUGHT_AT), bought.id, _receipt("by mistake")
    ).payment
    reverse_entry(acting(operator, at=BOUGHT_AT), wrong.id, "entered by mistake")
    credit_invoice(acting(operator, at=BOUGHT_AT), bought.id, Portion(1, seats=1))
    credit_invoice(acting(operator, at=BOUGHT_AT), bought.id, Portion(1, amount_minor=777))
    credit_invoice(acting(operator, at=BOUGHT_AT), bought.id)
    record_refund(
        acting(operator, at=BOUGHT_AT), bought.id, Repayment(400, BOUGHT_AT.date(), "back")
    )
    replace_invoice(acting(operator, at=BOUGHT_AT), bought.id)


def _a_takeover(globex):
    """Let a contract take over that was agreed for fewer seats than are in use."""
    fill(globex)
    a_contract(globex, 2, starts_on=date(2027, 1, 1), at=NOW)
    renew_if_due(globex.id, at=RENEWED_AT)


def _an_invoice_ahead(initech):
    """Let a renewal be invoiced ahead, for fewer seats than it finds in use."""
    a_user(initech)
    invoice_all_due(at=datetime(2026, 12, 10, 9, tzinfo=UTC))
    a_user(initech, at=datetime(2026, 12, 11, 9, tzinfo=UTC))
    renew_if_due(initech.id, at=RENEWED_AT)


def _hand_over(initech):
    """Let an invoice be handed over to a platform, and be deposited there."""
    set_seller(SellerChanges(platform="/"), at=BOUGHT_AT)
    operator, invoice = acting(initech.operator, at=BOUGHT_AT), initech.signing.invoice
    handing_over.hand_over(operator, invoice.id)
    parcel = Parcel(invoice.number, Form.CII, b"<xml/>", "application/xml", "0" * 64)
    handing_over.note_handed_over(operator, invoice.id, parcel)
    handing_over.record_status(operator, invoice.id, Status(HandOver.DEPOSITED, BOUGHT_AT))


def _ordered(acme):
    return Invoice.get(
        (Invoice.organization_id == acme.id)
        & (Invoice.purchase_order == "PO-77")
        & Invoice.cause.startswith("quote:")
    )


def _receipt(reference):
    return Receipt(10_000, BOUGHT_AT.date(), reference)


#: How the rows are called, and the query that finds each; `{acme}` is the organization.
ROWS = {
    "handed": "SELECT DISTINCT invoice_id FROM hand_over_step",
    "contract": "SELECT id FROM contract WHERE organization_id = '{acme}'",
    "ada": "SELECT id FROM scim_user WHERE external_id = '00u1' AND organization_id = '{acme}'",
    "left": """SELECT id FROM scim_user WHERE inactive_because = 'directory'
        AND organization_id = '{acme}'""",
    "waiting": """SELECT id FROM scim_user WHERE inactive_because = 'waiting'
        AND organization_id = '{acme}'""",
    "place": """SELECT id FROM want WHERE parked_at IS NOT NULL AND closed_at IS NULL
        AND organization_id = '{acme}'""",
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
    "parts": """SELECT MIN(id) FROM invoice WHERE credit_of = '{invoice}'""",
    "by_amount": """SELECT credit_note_id FROM credit_line WHERE basis = 'amount'
        AND organization_id = '{acme}'""",
    "rest": "SELECT MAX(id) FROM invoice WHERE credit_of = '{invoice}'",
    "replacement": "SELECT id FROM invoice WHERE cause = 'replacement:{invoice}'",
    "payment": """SELECT id FROM payment WHERE reference = 'transfer'
        AND organization_id = '{acme}'""",
    "reversed": "SELECT id FROM payment WHERE reference = 'by mistake'",
    "refund": "SELECT id FROM refund",
    "successor": """SELECT id FROM contract
        WHERE took_over_at IS NOT NULL AND organization_id = '{globex}'""",
    "takeover": "SELECT sequence FROM ledger_entry WHERE cause = 'contract:{successor}'",
    "beyond": """SELECT p.id FROM purchase p JOIN quote q ON q.id = p.quote_id
        WHERE q.contract_id = '{successor}'""",
    "annual": "SELECT id FROM contract WHERE organization_id = '{initech}'",
    "ahead": "SELECT id FROM invoice WHERE cause = 'renewal:{annual}/2'",
    "bought_later": """SELECT MAX(sequence) FROM ledger_entry
        WHERE kind = 'granted' AND organization_id = '{acme}'""",
}


def _facts(acme, globex, initech):
    facts = {"acme": acme.id, "globex": globex.id, "initech": initech.id}
    for name, query in ROWS.items():
        rows = database.execute_sql(query.format(**facts)).fetchall()
        assert len(rows) == 1, f"{name} is {rows}"
        ((facts[name],),) = rows
    other = "'\\x7a'::bytea" if on_postgresql() else "X'7a'"
    return {**facts, "other_bytes": other, "other_sum": sha256(b"z").hexdigest()}
