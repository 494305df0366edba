import pytest
from scim2_tester import Status, check_server

from tests.support.builders import an_organization
from tests.support.scim2_engine import Scim2Client

#: As many people as the tester ever has at once.
SEATS = 50


@pytest.fixture
def results(server):
    return check_server(Scim2Client(server.scim(an_organization(SEATS))))


def test_the_conformance_tester_finds_nothing_wrong(results):
    wrong = [
        f"{result.status.name} {result.resource_type} {result.title}: {result.reason}"
        for result in results
        if result.status not in {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}
    ]

    assert "\n".join(wrong) == ""
