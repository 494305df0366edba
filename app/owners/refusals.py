"""What is refused of owners and of their signing in.

DomainError
+-- LastPrimaryOwner    an organization keeps a primary owner
+-- LinkEnded           a link was used, replaced, or is past its time
+-- TooManyRequests
|   +-- TooManyAttempts     the caller tried to sign in too often
+-- SignInOff           a way to sign in is not set up here
+-- SignInRefused       what the identity provider answered signs no owner in
"""

from enum import StrEnum

from app.errors import DomainError
from app.limits.refusals import TooManyRequests


class LastPrimaryOwner(DomainError):
    """Without this one nobody could manage the organization's owners."""

    code = "last_primary_owner"


class LinkEnded(DomainError):
    """A link was used, replaced, or is past its time, or there never was such a link."""

    code = "link_ended"


class TooManyAttempts(TooManyRequests):
    """The caller tried too often."""

    code = "too_many_attempts"


class SignInOff(DomainError):
    """A way to sign in is not set up here."""

    code = "sign_in_off"


class Shut(StrEnum):
    """Why a person whom the identity provider knows is not let in."""

    NO_OWNER = "no_owner"
    NOT_VERIFIED = "not_verified"
    OTHER_LOGIN = "other_login"
    LEFT = "left"


class SignInRefused(DomainError):
    """What the identity provider answered signs no owner in.

    `shut` says why, where it is known who the person is; `address` is theirs.
    """

    code = "sign_in_refused"

    def __init__(self, message: str, shut: Shut | None = None, address: str = "") -> None:
        """Keep why a known person is not let in."""
        super().__init__(message)
        self.shut = shut
        self.address = address
