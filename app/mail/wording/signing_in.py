"""Letters that carry a link, whose secret is made as the letter is written and kept nowhere."""

from datetime import datetime

from app.access.context import acting
from app.access.principal import operator_for
from app.errors import NotFound, NotPermitted
from app.mail.letters import Action, Desk, Letter, NotNeeded
from app.models import Owner
from app.owners import links
from app.owners.links import MadeLink


def sign_in_link(desk: Desk) -> Letter:
    """Return a link to sign in, with the code for another device.

    Raises:
        NotNeeded: the owner can no longer sign in.
    """
    made, texts = _link(desk, links.Purpose.SIGN_IN), desk.texts
    another = texts.gettext(
        "On another device, open %(url)s and type your address and this code: %(code)s"
    )
    given = {"url": _sign_in_page(desk), "code": _spaced(made.code or "")}
    code = (another % given,) if made.code else ()
    return Letter(
        subject=texts.gettext("Sign in to %(organization)s") % _named(desk),
        paragraphs=(texts.gettext("With this link you sign in as %(name)s.") % _named(desk),),
        action=Action(texts.gettext("Sign in"), _address(desk, made)),
        afterwards=(
            _once_until(desk, made.expires_at),
            *code,
            texts.gettext(
                "If you did not ask for this link, you need not do anything. Pass it to no other "
                "person: it lets them in as you."
            ),
        ),
    )


def ownership_offer(desk: Desk) -> Letter:
    """Return the link by which an owner accepts what is offered.

    Raises:
        NotNeeded: the offer has ended.
    """
    made, texts = _link(desk, links.Purpose.ACCEPT_OWNERSHIP), desk.texts
    offers = texts.gettext("%(giver)s wants to hand the ownership of %(organization)s over to you.")
    given = {**_named(desk), "giver": _giver(desk, "offered_by")}
    return Letter(
        subject=texts.gettext("You are to be the primary owner of %(organization)s") % given,
        paragraphs=(
            offers % given,
            texts.gettext(
                "The primary owner buys seats, reads invoices and says who the other owners are. "
                "Nothing changes until you accept."
            ),
        ),
        action=Action(texts.gettext("Look at it and accept"), _address(desk, made)),
        afterwards=(_once_until(desk, made.expires_at), _later(desk)),
    )


def it_invitation(desk: Desk) -> Letter:
    """Return the link to the pages on which a directory is connected.

    Raises:
        NotNeeded: the person is no owner any more.
    """
    made, texts = _link(desk, links.Purpose.INVITATION), desk.texts
    asks = texts.gettext(
        "%(giver)s asks you to connect the directory of %(organization)s, so that people get their "
        "seats by themselves."
    )
    given = {**_named(desk), "giver": _giver(desk, "invited_by")}
    return Letter(
        subject=texts.gettext("Connect the directory of %(organization)s") % given,
        paragraphs=(
            asks % given,
            texts.gettext(
                "The pages behind the link say what to do in Okta, Entra ID, Google Workspace and "
                "others, and make the access token that you need. They show no prices."
            ),
        ),
        action=Action(texts.gettext("Connect the directory"), _address(desk, made)),
        afterwards=(_once_until(desk, made.expires_at), _later(desk)),
    )


def _link(desk: Desk, purpose: links.Purpose) -> MadeLink:
    """Make the link anew: the one that an earlier attempt has made ends."""
    postman = acting(operator_for(desk.organization_id), at=desk.at)
    try:
        return links.make_link(postman, _owner(desk).id, purpose)
    except NotFound:
        raise NotNeeded("What it offers has ended.") from None
    except NotPermitted:
        raise NotNeeded("The recipient was shut out.") from None


def _address(desk: Desk, made: MadeLink) -> str:
    return desk.public_url + made.path


def _owner(desk: Desk) -> Owner:
    if desk.owner is None:
        raise NotNeeded("It is for an owner, and goes to none.")
    return desk.owner


def _giver(desk: Desk, fact: str) -> str:
    """Return the name of the owner who caused a letter, else what we call the vendor."""
    owner_id = desk.facts.get(fact)
    return desk.name_of(owner_id) or desk.texts.gettext("Your vendor")


def _named(desk: Desk) -> dict[str, str]:
    return {"organization": desk.organization.name, "name": _owner(desk).name}


def _once_until(desk: Desk, expires_at: datetime) -> str:
    text = desk.texts.gettext("The link works once, until %(moment)s.")
    return text % {"moment": desk.moment(expires_at)}


def _later(desk: Desk) -> str:
    text = desk.texts.gettext("Afterwards you sign in at %(url)s with your address.")
    return text % {"url": _sign_in_page(desk)}


def _sign_in_page(desk: Desk) -> str:
    return f"{desk.public_url}/console/sign-in"


def _spaced(code: str) -> str:
    """Return a code as people read it out.

    >>> _spaced("12345678")
    '1234 5678'
    """
    return f"{code[:4]} {code[4:]}"
