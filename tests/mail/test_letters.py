"""What letters say, in whose language, and that no fact can become a header or markup."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.addresses import Unaddressable, envelope_address
from app.billing.seat_requests import SeatsWanted, ask_for_seats, decline_request
from app.db.transactions import run
from app.mail.composing import LETTERS
from app.mail.delivering import deliver_due
from app.mail.letters import Action, Letter
from app.mail.mime import Cover, mail_of
from app.organizations.settings import OrganizationChanges, set_organization
from app.outbox.messages import TO_PLATFORM, Message, Purpose, Recipient, put
from app.owners.handing_over import Successor, offer_ownership
from app.owners.inviting import invite_owner
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, an_organization
from tests.support.mail_server import SENDER, Delivered, mail_server

ANN = envelope_address("ann@example.com")


def a_mail(letter, *, name="Ann"):
    cover = Cover("mail_1", SENDER, ANN, name, "en", datetime(2026, 3, 1, 9, tzinfo=UTC))
    return Delivered("", "", mail_of(letter, cover))


def sent(*, at=NOW):
    with mail_server() as (office, postbox):
        deliver_due(office.outgoing(), lambda: at)
    return [each.mail for each in postbox.delivered]


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def html(mail):
    return mail.get_body(("html",)).get_content()


@pytest.fixture
def acme(database):  # noqa: ARG001  # which is open then
    return an_organization(3)


def test_each_purpose_has_its_letter():
    assert set(LETTERS) == set(Purpose) - TO_PLATFORM


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_people_becomes_a_header(name, subject):
    text = f"{subject}\r\nBcc: all@example.com\n\nbody"
    mail = a_mail(Letter(subject=text, paragraphs=("Hello.",)), name=f"{name}\r\nBcc: b@b.example")

    assert mail.mail["Bcc"] is None
    assert [address.addr_spec for address in mail.mail["To"].addresses] == ["ann@example.com"]
    assert mail.mail.get_body(("plain",)).get_content().strip() == "Hello."


def test_an_address_with_letters_of_any_script_is_written_as_it_is():
    recipient = envelope_address("jürgen@bücher.example")
    cover = Cover("mail_1", SENDER, recipient, "Jürgen", "de", NOW)

    content = mail_of(Letter(subject="ü", paragraphs=("ü",)), cover)

    assert "To: Jürgen <jürgen@xn--bcher-kva.example>\r\n".encode() in content


@pytest.mark.parametrize(
    "words",
    [
        "facture INV-1, 3 000,00 € à régler au plus tard le 31 mars 2026",
        "Société Générale : Échéance dépassée à ce jour",
        "é " * 60,
        "Невский проспект " * 6,
    ],
)
def test_the_words_of_a_header_stay_apart(words):
    mail = a_mail(Letter(subject=words, paragraphs=("Hello.",))).mail

    assert mail["Subject"].replace("\N{NO-BREAK SPACE}", " ") == words.strip()
    named = message_from_bytes(
        a_mail(Letter(subject="Seats", paragraphs=("Hello.",)), name=words).content
    )["To"].rpartition(" <")[0]
    read = str(make_header(decode_header(named.strip('"'))))
    assert read.replace("\N{NO-BREAK SPACE}", " ") == words.strip()


def test_no_text_of_people_becomes_markup():
    words = '<script>alert("&")</script>'
    letter = Letter(subject=words, paragraphs=(words,), items=(words,), action=Action(words, "x"))

    mail = a_mail(letter).mail

    assert "<script" not in html(mail)
    assert html(mail).count("&lt;script&gt;") == 4
    assert plain(mail).count(words) == 3


def test_a_letter_is_plain_text_and_html_of_the_same_words():
    letter = Letter(
        subject="Seats",
        paragraphs=("Hello.", "There are seats."),
        items=("one", "two"),
        action=Action("See", "https://seats.example.com/x"),
        afterwards=("Bye.",),
    )

    mail = a_mail(letter).mail

    assert plain(mail).replace("\r\n", "\n") == (
        "Hello.\n\nThere are seats.\n\n- one\n- two\n\n"
        "See:\nhttps://seats.example.com/x\n\nBye.\n\n"
    )
    for words in ("Hello.", "There are seats.", "one", "two", "See", "Bye."):
        assert words in html(mail)
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("own", "organization", "subject"),
    [
        ("fr", "en", "Connexion à"),
        (None, "fr", "Connexion à"),
        ("en", "fr", "Sign in to"),
        (None, "en", "Sign in to"),
    ],
)
def test_a_mail_is_in_the_language_of_its_reader(acme, own, organization, subject):
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(language=organization))
    ann = an_owner(acme, language=own)
    run(put, acme.id, Recipient.owner(ann.id), Message(Purpose.SIGN_IN_LINK), at=NOW)

    [mail] = sent()

    assert mail["Subject"].startswith(subject)
    assert mail["Content-Language"] == (own or organization)


def test_a_link_to_sign_in_comes_with_its_code_and_its_time(acme):
    ann = an_owner(acme, name="Ann")
    run(put, acme.id, Recipient.owner(ann.id), Message(Purpose.SIGN_IN_LINK), at=NOW)

    [mail] = sent()

    assert "https://seats.example.com/console/sign-in/" in plain(mail)
    assert "until 1 March 2026, 10:00 (UTC)" in plain(mail)
    assert "this code:" in plain(mail)
    assert "you sign in as Ann" in plain(mail)


def test_an_offer_of_the_ownership_names_who_makes_it(acme):
    giver = an_owner(acme, name="Gisèle")
    offer_ownership(as_owner(giver), giver.id, Successor("bob@example.com", "Bob"))

    [mail] = sent()

    assert mail["To"] == "Bob <bob@example.com>"
    assert "Gisèle wants to hand the ownership" in plain(mail)


def test_an_invitation_leads_to_the_pages_on_which_the_directory_is_connected(acme):
    primary, admin = an_owner(acme, name="Ann"), an_owner(acme, role="it", name="Ivo")
    invite_owner(as_owner(primary), admin.id)

    [mail] = sent()

    assert mail["To"].addresses[0].display_name == "Ivo"
    assert "Ann asks you to connect the directory" in plain(mail)
    assert "until 8 March 2026, 09:00 (UTC)" in plain(mail)


def test_people_who_ask_for_seats_are_named_with_their_reason(acme):
    primary, asker = an_owner(acme), an_owner(acme, role="owner", name="Olga")
    request = ask_for_seats(as_owner(asker), SeatsWanted(3, "new team in Lyon"))

    [mail] = sent()

    assert mail["To"].addresses[0].addr_spec == primary.address
    assert mail["Subject"] == "Olga asks for 3 seats"
    assert "The reason: new team in Lyon" in plain(mail)
    assert f"/console/{acme.id}/seats/requests/{request.id}" in plain(mail)


def test_a_request_that_was_declined_is_mailed_to_no_one_any_more(acme):
    primary, asker = an_owner(acme), an_owner(acme, role="owner", name="Olga")
    request = ask_for_seats(as_owner(asker), SeatsWanted(3))
    decline_request(as_owner(primary), request.id)

    assert sent() == []


def test_the_vendor_reads_english_and_what_to_run(acme):
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(language="fr"))
    gone = Message(Purpose.PRIMARY_OWNER_GONE)
    run(put, acme.id, Recipient.vendor("vendor@example.com"), gone, at=NOW)

    [mail] = sent()

    assert mail["Subject"].endswith("has no primary owner")
    assert f"seatgate owner transfer --organization {acme.id}" in plain(mail)


def test_a_message_to_the_vendor_is_dropped_once_there_is_an_owner_again(acme):
    gone = Message(Purpose.PRIMARY_OWNER_GONE)
    run(put, acme.id, Recipient.vendor("vendor@example.com"), gone, at=NOW)
    an_owner(acme)

    assert sent() == []


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "@example.com", "a b@example.com", "ann@exa mple.com", "ann@-a.example",
     "a@b@example.com", "<ann@example.com>", "ann@example.com\r\nBcc: b@b.example",
     '"ann"@example.com', "ann@bücher..example", "x" * 65 + "@example.com", "ann@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(address):
    with pytest.raises(Unaddressable, match="Correct it"):
        envelope_address(address)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("Ann.B+x@Example.COM", "Ann.B+x@Example.COM"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("安@例え.テスト", "安@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_address_in_any_script_has_an_ascii_domain(address, text):
    assert envelope_address(address).text == text
