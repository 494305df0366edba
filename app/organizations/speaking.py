"""For which organization a caller speaks who may speak for all of them."""

from dataclasses import replace

from app.access.context import Context
from app.access.principal import ALL_ORGANIZATIONS
from app.access.profiles import profile_of
from app.errors import InvalidInput, NotFound
from app.models import Organization
from app.organizations.settings import find_organization


def speaking_for_one(context: Context, named: str | None) -> Context:
    """Return the caller as one who acts for the organization that the request names.

    A caller of one organization need not name it, and can name no other.

    Raises:
        InvalidInput: the caller speaks for all organizations, and the request names none.
        NotFound: there is no such organization, or it is not the caller's.
    """
    if context.organization_id == ALL_ORGANIZATIONS:
        if named is None:
            raise InvalidInput(
                "organization",
                "This token is for all organizations. Say which one is meant, by its id or "
                "customer number.",
            )
        return _speaking_for(context, find_organization(named))
    if named is not None and find_organization(named).id != context.organization_id:
        raise NotFound(f"There is no organization {named}.")
    return context


def _speaking_for(context: Context, organization: Organization) -> Context:
    return replace(context, organization_id=organization.id, profile=profile_of(organization))
