"""What is answered to a form that cannot be used, and the pages of failures: open to all, too."""

from dataclasses import dataclass, field

import pytest
import requests

from app.models import Contract, SignInAttempt
from app.owners.attempts import PER_SOURCE, Attempt
from tests.support.builders import a_quote, an_organization, buy, fill
from tests.support.looks import in_both_ways, look

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@dataclass(frozen=True)
class Form:
    """A form as a person sends it: where it is, and what they enter, by the fields' names."""

    path: str
    entered: dict[str, str] = field(default_factory=dict)
    status: int = 422


#: By the name of the pictures. A form is the first that has all these fields.
FORMS = {
    "wrong-number": Form("/seats/add", {"quantity": "five"}),
    "number-or-total": Form("/seats/add", {"quantity": "8"}, 200),
    "wrong-request": Form("/seats/ask", {"quantity": "0"}),
    "wrong-review": Form("/quotes/{quote}", {"country": "France"}),
    "wrong-settings": Form("/settings", {"country": "France", "alert_thresholds": "a few"}),
    "wrong-taker": Form("/members/{member}/reassign", {"user_name": ""}),
    "wrong-list": Form("/preflight", {"user_names": ""}),
    "preflight-answer": Form(
        "/preflight", {"user_names": "ada@example.com\nalan@example.com"}, 200
    ),
    "wrong-token": Form("/tokens/new", {"last_on": "2020-01-01"}),
    "token-made": Form("/tokens/new", {"label": "Okta, production"}, 200),
    "wrong-invitation": Form("/connect", {"person": "", "address": "ivo"}),
    "wrong-question": Form("/why", {"name": ""}),
}

#: Addresses that are wrong, with the status of their page.
ADDRESSES = {
    "nothing-here": ("/no/such/page", 404),
    "wrong-days": ("/audit-trail?first_on=1969-12-31", 422),
}


@pytest.fixture
def acme(server):  # noqa: ARG001  # which opens the database
    """Return an organization, and what is there by id."""
    customer = an_organization(5)
    buy(customer, 1)
    return customer, {"member": fill(customer)[0].id, "quote": a_quote(customer, 1).id}


#: A longer text is pasted: a browser takes minutes to have it typed.
TYPED_MAX = 10_000


def sent(person, form, address):
    """Let a person fill in a form and send it; return the answer."""
    person.go(address)
    having = "".join(f":has([name={name}])" for name in form.entered)
    asked = person.page.locator(f"main form{having}").first
    for name, text in form.entered.items():
        field = asked.locator(f"[name={name}]")
        if len(text) < TYPED_MAX:
            field.fill(text)
        else:
            field.evaluate("(field, text) => { field.value = text }", text)
    with person.page.expect_navigation() as answered:
        asked.locator("button:not([type=button])").first.click()
    return answered.value


@in_both_ways
@pytest.mark.parametrize("name", FORMS)
def test_the_answer_to_a_form_is_open_to_all(acme, signed_in, name, language, scheme):
    customer, things = acme
    owner, form = signed_in(customer, language=language, scheme=scheme), FORMS[name]

    answer = sent(owner, form, f"/console/{customer.id}{form.path.format(**things)}")

    assert answer.status == form.status
    look(owner, name)


@in_both_ways
def test_the_pages_of_failures_are_open_to_all(server, acme, signed_in, language, scheme):
    customer, _ = acme
    owner = signed_in(customer, language=language, scheme=scheme)
    for name, (path, status) in ADDRESSES.items():
        assert owner.go(f"/console/{customer.id}{path}").status == status
        look(owner, name)

    assert posted(owner, f"/console/{customer.id}/members").status == 405
    look(owner, "failure-405")
    large = Form("/preflight", {"user_names": "ada@example.com\n" * 100_000})
    assert sent(owner, large, f"/console/{customer.id}{large.path}").status == 413
    look(owner, "failure-413")
    assert too_often(server, owner).status == 429
    look(owner, "failure-429")
    assert broken(customer, owner).status == 500
    look(owner, "failure-500")


#: Sends a form of no page.
_POST = """address => {
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: address});
    document.body.append(form);
    form.submit();
}"""


def posted(person, address):
    """Send an empty form to an address."""
    with person.page.expect_navigation() as answered:
        person.page.evaluate(_POST, address)
    return answered.value


def too_often(server, person):
    """Try to sign in more often than a network address may."""
    address = f"/console/sign-in/openid?next=/console/{'org_' + '0' * 32}"
    for _ in range(PER_SOURCE[Attempt.SIGN_IN].attempts):
        requests.get(server.url + address, timeout=30)
    answer = person.go(address)
    SignInAttempt.delete().execute()
    return answer


def broken(customer, person):
    """Ask for a page where the database keeps what nothing can read."""
    theirs = Contract.update(time_zone="No/Where").where(Contract.belongs_to(customer.id))
    theirs.execute()
    answer = person.go(f"/console/{customer.id}/audit-trail")
    Contract.update(time_zone="UTC").where(Contract.belongs_to(customer.id)).execute()
    return answer
