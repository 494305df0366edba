"""Refusals on pages: each that a form can meet is said in words, and in the reader's language."""

import ast

import pytest

from app.billing.bookkeeping import refusals as refusals_of_books
from app.errors import DomainError
from app.owners import refusals
from app.sentences import Sentence
from app.web.console.failures import WORDS
from tests.test_architecture import ROOT

#: What no form leads to: it answers programs, directories and the vendor's commands.
ELSEWHERE = {
    #: The page of the statement of account says both in its own sentence.
    *(refusals_of_books.AccountsMissing.code, refusals_of_books.EuroRateMissing.code),
    "already_reversed",
    "amendment_repeated",
    "contract_scheduled",
    "invoice_not_credited",
    "invoice_replaced",
    #: The XML of an invoice is an address of the API; its page says why there is none.
    "invoice_unsayable",
    "invoice_void",
    "malformed_body",
    "overpayment",
    "person_active",
    "request_id_reused",
    "seats_below_use",
    #: Its page is that of the sign-in at an identity provider.
    refusals.SignInRefused.code,
    "version_mismatch",
}

#: What reads the fields of forms whose pages say a refusal in its own sentence.
READERS = (
    "app/billing/tax_ids.py",
    "app/organizations/kinds.py",
    "app/organizations/parties.py",
    "app/organizations/setting.py",
    "app/seats/watching/thresholds.py",
    "app/text.py",
)


def codes():
    """Return the codes of all refusals."""
    found, left = set(), [DomainError]
    while left:
        kind = left.pop()
        # Those of the demo meet commands alone.
        theirs = kind.__module__.startswith("app.demo")
        found |= {kind.code} if hasattr(kind, "code") and not theirs else set()
        left += kind.__subclasses__()
    return found


def test_every_refusal_that_a_form_can_meet_has_words():
    lacking = codes() - set(WORDS) - ELSEWHERE

    assert lacking == set()
    assert not ELSEWHERE & set(WORDS)


def refused(file):
    """Yield what is said of each value that a module refuses."""
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidInput":
            yield node.args[1]


@pytest.mark.parametrize("file", READERS)
def test_what_reads_a_field_refuses_it_in_a_sentence_that_can_be_translated(file):
    said = list(refused(file))

    plain = [
        ast.unparse(each)
        for each in said
        if ast.unparse(each) != "wanted" and not ast.unparse(each).startswith(("says(", "Sentence"))
    ]
    assert said
    assert plain == []


def test_a_sentence_is_in_english_what_it_was():
    sentence = Sentence.of("Give %(most)s of 100%%.", {"most": 5})

    assert sentence == "Give 5 of 100%."
    assert f"{sentence}" == "Give 5 of 100%."
