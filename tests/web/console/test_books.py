"""The statement of account by hand, and the files for an accountant."""

import pytest

from tests.support.books import a_french_seller

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def address(customer, rest=""):
    return f"/console/{customer.id}/statement{rest}"


def test_the_account_of_this_year_is_shown_with_its_files(acme, owner):
    page = owner.get(address(acme))

    assert page.heading == "Statement of account"
    assert acme.signing.invoice.number in page.links
    assert "Balance on 1 March 2026" in page.text
    assert "Journal of invoices (CSV)" in page.text


def test_a_period_that_ends_before_it_begins_comes_back(acme, owner):
    page = owner.get(address(acme), query_string={"from": "2026-03-02", "to": "2026-03-01"})

    assert page.status == 422
    assert "The last day is before the first." in page.text


@pytest.mark.parametrize("name", ["statement", "csv", "zip", "fec", "deferred", "receipts"])
def test_every_file_is_sent(acme, owner, name):
    a_french_seller()

    sent = owner.get(address(acme, "/file"), query_string={"file": name})

    assert sent.status == 200
    assert sent.headers["Content-Disposition"].startswith("attachment")


def test_what_a_file_lacks_is_said_on_the_page(acme, owner):
    page = owner.get(address(acme, "/file"), query_string={"file": "fec"})

    assert page.status == 422
    assert "The vendor has not entered what this file needs." in page.text


def test_an_unknown_file_is_not_found(acme, owner):
    assert owner.get(address(acme, "/file"), query_string={"file": "xls"}).status == 404
