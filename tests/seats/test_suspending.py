import pytest

from app.access.context import acting
from app.errors import NotFound, NothingToChange, OrganizationSuspended
from app.models import AuditEvent, SeatPool
from app.organizations.suspending import resume_organization, suspend_organization
from app.people.sign_in import Login, LoginReason, decide
from tests.support.builders import NOW, Customer, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")


def test_a_suspended_organization_takes_no_seats_and_lets_nobody_in():
    acme = an_organization(5)
    user = a_user(acme)

    suspend_organization(acting(acme.operator, at=NOW))

    with pytest.raises(OrganizationSuspended):
        a_user(acme)
    assert (
        decide(acting(acme.sso, at=NOW), Login(user.user_name)).reason
        is LoginReason.ORGANIZATION_SUSPENDED
    )


def test_a_suspended_organization_still_releases_seats():
    acme = an_organization(5)
    user = a_user(acme)
    suspend_organization(acting(acme.operator, at=NOW))

    deactivate(acme, user)

    assert acme.counts == (5, 0)


def test_an_organization_that_is_resumed_is_as_it_was():
    acme = an_organization(5)
    user = a_user(acme)
    suspend_organization(acting(acme.operator, at=NOW))

    resume_organization(acting(acme.operator, at=NOW))

    assert decide(acting(acme.sso, at=NOW), Login(user.user_name)).allow
    assert a_user(acme).active


def test_suspending_one_organization_leaves_the_others_alone():
    acme, globex = an_organization(5), an_organization(5)

    suspend_organization(acting(acme.operator, at=NOW))

    assert a_user(globex).active


def test_a_suspended_organization_is_not_suspended_again():
    acme = an_organization(5)
    suspend_organization(acting(acme.operator, at=NOW))

    with pytest.raises(NothingToChange, match="suspended already"):
        suspend_organization(acting(acme.operator, at=NOW.replace(hour=10)))

    assert SeatPool.get_by_id(acme.id).suspended_at == NOW


def test_an_organization_that_is_not_suspended_cannot_be_resumed():
    with pytest.raises(NothingToChange, match="not suspended"):
        resume_organization(acting(an_organization(5).operator, at=NOW))


@pytest.mark.parametrize("change", [suspend_organization, resume_organization])
def test_an_unknown_organization_is_not_found(change):
    with pytest.raises(NotFound):
        change(acting(Customer("org_nobody").operator, at=NOW))


def test_both_leave_an_event():
    acme = an_organization(5)

    suspend_organization(acting(acme.operator, at=NOW))
    resume_organization(acting(acme.operator, at=NOW))

    kinds = {event.kind for event in AuditEvent.select().where(AuditEvent.subject_id == acme.id)}
    assert kinds >= {"organization.suspended", "organization.resumed"}
