"""Invoices on their way to a platform's folder, from their issue to what the platform says."""

import json
from datetime import timedelta

import pytest
from peewee import IntegrityError

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.handing_over import hand_over
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.originals import original_of
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.reading import read_invoice
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.standings import listed, standings
from app.billing.invoices.statuses import Outcome, enter_statuses, read_status_file
from app.db.transactions import run
from app.errors import InvalidInput
from app.models import AuditEvent, HandOverStep, Invoice
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from app.platforms.delivering import hand_over_due
from tests.support.auditing import violations
from tests.support.builders import NOW, an_organization, buy
from tests.support.letters import arrived, text_of_pdf
from tests.support.platforms import AT, SECRET, a_buyer, a_french_seller

LATER = AT + timedelta(hours=12)


@pytest.fixture
def folder(database, tmp_path):  # noqa: ARG001  # where the seller is
    a_french_seller(tmp_path)
    return tmp_path


def hand_over_all(at=LATER):
    return hand_over_due(SECRET, lambda: at)


def files(folder) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def state(invoice) -> str:
    return standings(invoice.organization_id, [invoice.id])[invoice.id].state.value


def problem(invoice) -> str:
    return standings(invoice.organization_id, [invoice.id])[invoice.id].problem


def says(*lines: str, at=LATER):
    """Enter a file of statuses, and return what became of its lines."""
    content = "\n".join(("invoice;status;at;reason", *lines)).encode()
    return list(enter_statuses(read_status_file(content), at=at))


def events(invoice) -> list[str]:
    rows = AuditEvent.select().where(AuditEvent.subject_id == invoice.id).order_by(AuditEvent.id)
    return [row.kind.removeprefix("invoice.") for row in rows]


def collected(folder) -> list[dict]:
    """Return what the platform was notified of, as it came, without ids."""
    found = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
    found.sort(key=lambda one: one["id"].partition("_")[2])
    return [{name: one[name] for name in ("invoice", "date", "amount", "vat")} for one in found]


def paid(customer, invoice, amount_minor):
    receipt = Receipt(amount_minor, AT.date(), f"SEPA {amount_minor}")
    return record_payment(acting(customer.operator, at=LATER), invoice.id, receipt).payment


def test_the_original_is_dropped_whole_and_every_step_stands_in_the_trail(folder):
    acme = a_buyer()
    invoice = acme.signing.invoice
    assert state(invoice) == "to_hand_over"

    hand_over_all()

    [name] = files(folder)
    assert name.startswith(f"{invoice.number}.")
    assert name.endswith(".pdf")
    assert (folder / name).read_bytes() == original_of(acme.id, invoice.id, AT).content
    assert says(f"{invoice.number};200;2026-09-08T10:00:00+02:00;")[0].outcome == Outcome.ENTERED
    says(f"{invoice.number};refused;2026-09-09T08:00:00Z;Not ordered")
    standing = standings(acme.id, [invoice.id])[invoice.id]
    assert (standing.state, standing.reason) == ("refused", "Not ordered")
    wanted = ["to_hand_over", "original_made", "handed_over", "deposited", "refused"]
    assert [kind for kind in events(invoice) if kind in wanted] == wanted
    assert violations(at=LATER) == []


@pytest.mark.parametrize("form", ["cii", "ubl"])
def test_data_alone_is_handed_over_where_the_seller_wants_that(folder, form):
    set_seller(SellerChanges(platform_form=form), at=AT)
    german = a_buyer("DE", "reverse_charge")

    hand_over_all()

    [name] = files(folder)
    assert name.endswith(".xml")
    content = (folder / name).read_bytes()
    assert b"B2BINT" in content
    assert read_invoice(content).number == german.signing.invoice.number


def test_nothing_is_handed_over_twice_nor_by_a_transaction_that_rolled_back(folder):
    acme = a_buyer()
    hand_over_all()
    [name] = files(folder)
    (folder / name).unlink()

    def credit_and_fail():
        credit_invoice.work(acting(acme.operator, at=AT), acme.signing.invoice.id)
        raise LookupError

    with pytest.raises(LookupError):
        run(credit_and_fail)
    hand_over_all()

    assert files(folder) == []


@pytest.mark.usefixtures("database")
def test_without_a_platform_an_invoice_has_no_state_until_it_is_handed_over(tmp_path):
    acme = an_organization(2)
    a_french_seller(tmp_path)
    hand_over_all()
    assert standings(acme.id, [acme.signing.invoice.id]) == {}
    assert files(tmp_path) == []

    french = a_buyer()
    set_seller(SellerChanges(platform=""), at=AT)
    second = buy(french, 1, at=AT).invoice
    set_seller(SellerChanges(platform=str(tmp_path)), at=AT)
    hand_over(acting(french.operator, at=AT), second.number)
    hand_over_all()

    assert state(second) == "handed_over"
    with pytest.raises(InvalidInput, match="was handed over, and is handed_over"):
        hand_over(acting(french.operator, at=AT), second.number)


@pytest.mark.usefixtures("folder")
def test_what_data_cannot_say_waits_with_its_sentence_and_blocks_no_other():
    lacking = a_buyer()
    lacks = buy_without_address(lacking)
    sayable = a_buyer()

    hand_over_all()

    assert state(lacks) == "to_hand_over"
    assert problem(lacks).startswith(f"There is no XML of {lacks.number}, which lacks this: ")
    assert state(sayable.signing.invoice) == "handed_over"
    assert [row.id for row, standing in listed(None, None, limit=9) if standing.stays] == [lacks.id]
    assert "hand_over_failed" in events(lacks)
    assert violations(at=LATER) == []


def buy_without_address(customer):
    party = {"country": "FR", "electronic_address": "", "siren": "", "vat_id": ""}
    changes = OrganizationChanges(party=party, tax="domestic 20")
    set_organization(acting(customer.operator, at=AT), changes)
    return buy(customer, 1, at=AT).invoice


def test_a_folder_that_is_away_keeps_all_waiting_with_the_reason(folder):
    invoice = a_buyer().signing.invoice
    away = folder.with_name("away")
    folder.rename(away)

    assert hand_over_all(AT).trouble
    assert problem(invoice) == (
        f"The platform’s folder {folder} cannot be written: No such file or directory."
    )

    away.rename(folder)
    hand_over_all()
    assert (state(invoice), problem(invoice)) == ("handed_over", "")


def test_a_rejected_invoice_is_cancelled_in_the_books_and_replaced_under_a_new_number(folder):
    acme = a_buyer()
    invoice = acme.signing.invoice
    payment = paid(acme, invoice, 100_00)
    hand_over_all(AT)
    assert says(f"{invoice.number};213;2026-09-08T08:00:00Z;Address unknown")[0].problem == ""

    note = credit_invoice(acting(acme.operator, at=LATER), invoice.id)
    replacement = replace_invoice(acting(acme.operator, at=LATER), invoice.id)
    hand_over_all()

    assert standings(acme.id, [note.id]) == {}
    assert (state(invoice), state(replacement)) == ("rejected", "handed_over")
    hand_over_all(LATER + timedelta(hours=1))
    assert [one["invoice"] for one in collected(folder)] == [replacement.number]
    assert payment.amount_minor == 100_00


def test_credit_notes_are_handed_over(folder):
    acme = a_buyer()
    note = credit_invoice(
        acting(acme.operator, at=AT), acme.signing.invoice.id, Portion(1, seats=2)
    )

    hand_over_all()

    assert state(note) == "handed_over"
    assert len(files(folder)) == 2


def test_money_that_moves_is_reported_with_its_vat_once_the_invoice_is_there(folder):
    acme = a_buyer()
    invoice = acme.signing.invoice
    first = paid(acme, invoice, 100_000)
    paid(acme, invoice, 260_000)
    reverse_entry(acting(acme.operator, at=LATER), first.id, "bounced")
    hand_over_all(LATER)
    hand_over_all(LATER + timedelta(hours=1))

    vat = {"rate": "20", "net": "833.33", "vat": "166.67"}
    assert collected(folder) == [
        {"invoice": invoice.number, "date": "2026-09-07", "amount": "1000.00", "vat": [vat]},
        {
            "invoice": invoice.number,
            "date": "2026-09-07",
            "amount": "2600.00",
            "vat": [{"rate": "20", "net": "2166.67", "vat": "433.33"}],
        },
        {
            "invoice": invoice.number,
            "date": "2026-09-07",
            "amount": "-1000.00",
            "vat": [{"rate": "20", "net": "-833.33", "vat": "-166.67"}],
        },
    ]
    assert events(invoice).count("collected") == 3


def test_a_refund_is_reported_below_nothing(folder):
    acme = a_buyer()
    invoice = acme.signing.invoice
    paid(acme, invoice, 360_000)
    credit_invoice(acting(acme.operator, at=LATER), invoice.id, Portion(1, seats=1))
    repayment = Repayment(72_000, LATER.date(), "back")
    record_refund(acting(acme.operator, at=LATER), invoice.id, repayment)
    hand_over_all()
    hand_over_all(LATER + timedelta(hours=1))

    assert [one["amount"] for one in collected(folder)] == ["3600.00", "-720.00"]


@pytest.mark.parametrize(
    ("known", "line", "sentence"),
    [
        ([], "INV-2026-000009;200;2026-09-08T08:00:00Z;", "There is no invoice INV-2026-000009."),
        ([], "{0};sent;2026-09-08T08:00:00Z;", "'sent' is not a status; give one of 200, 213"),
        ([], "{0};200;2026-09-08;", "'2026-09-08' is not an instant with its offset"),
        ([], ";200;2026-09-08T08:00:00Z;", "It names no invoice."),
        ([], "{0};210;2026-09-08T08:00:00Z;", "refused follows deposited alone"),
        (["200"], "{0};213;2026-09-08T07:00:00Z;", "rejected follows handed_over alone"),
        (["213"], "{0};200;2026-09-08T09:00:00Z;", "deposited follows handed_over alone"),
        (["200"], "{0};210;2026-09-08T07:59:59Z;", "after it was refused"),
    ],
)
def test_a_status_that_cannot_be_is_refused_with_a_sentence(folder, known, line, sentence):  # noqa: ARG001
    number = a_buyer().signing.invoice.number
    hand_over_all()
    before = [f"{number};{each};2026-09-08T08:00:00Z;" for each in known]

    *_, last = says(*before, line.format(number))

    assert sentence in last.problem
    assert last.outcome == Outcome.NOT_ENTERED
    assert violations(at=LATER) == []


def test_a_status_before_the_hand_over_or_of_no_platform_is_refused(folder):  # noqa: ARG001
    number = a_buyer().signing.invoice.number
    set_seller(SellerChanges(platform=""), at=AT)
    other = a_buyer().signing.invoice.number

    first, second = says(
        f"{number};200;2026-09-08T08:00:00Z;", f"{other};200;2026-09-08T08:00:00Z;"
    )

    assert "was not handed over yet" in first.problem
    assert second.problem == f"{other} was never to be handed over."


def test_the_same_status_counts_once_and_others_of_the_reform_are_passed_over(folder):  # noqa: ARG001
    number = a_buyer().signing.invoice.number
    hand_over_all()
    deposited = f"{number};200;2026-09-08T08:00:00Z;"

    noted = says(deposited, deposited, f"{number};202;2026-09-08T08:30:00Z;")

    assert [one.outcome for one in noted] == ["entered", "already_known", "passed_over"]


@pytest.mark.parametrize(
    ("number", "state_"),
    [(2, "handed_over"), (3, "deposited"), (4, "refused"), (1, "deposited"), (3, "handed_over")],
)
def test_the_database_takes_no_step_out_of_turn(unaudited_database, number, state_):  # noqa: ARG001
    invoice = an_organization(2).signing.invoice
    names_file = state_ == "handed_over"
    with pytest.raises(IntegrityError):
        HandOverStep.insert(
            organization_id=invoice.organization_id,
            invoice_id=invoice.id,
            number=number,
            state=state_,
            happened_at=NOW,
            recorded_at=NOW,
            recorded_by="a test",
            form="cii" if names_file else None,
            sha256="0" * 64 if names_file else None,
        ).execute()


@pytest.mark.parametrize("country", ["FR", "DE"])
def test_the_mailed_pdf_of_what_a_platform_has_is_a_copy_and_says_so(folder, country):
    tax = "domestic 20" if country == "FR" else "reverse_charge"
    acme = a_buyer(country, tax, billing_contacts=["compta@example.com"])
    invoice = Invoice.get(Invoice.id == acme.signing.invoice.id)

    [mail] = arrived(at=AT)
    hand_over_all()

    [(file_name, content)] = mail.files.items()
    [handed_over] = folder.iterdir()
    assert handed_over.read_bytes() == original_of(acme.id, invoice.id, AT).content
    if country == "DE":
        assert "plateforme agréée" not in mail.text
        assert content == handed_over.read_bytes()
        return
    sentence = (
        "L’original vous parvient par votre plateforme agréée ; ce PDF en est la copie lisible."
    )
    assert sentence in " ".join(mail.text.split())
    assert sentence in " ".join(text_of_pdf(content).replace("\N{NO-BREAK SPACE}", " ").split())
    assert file_name == f"{invoice.number}-copie.pdf"
    assert b"factur-x.xml" not in content
