"""What a SCIM request can do wrong, one class per `scimType` (RFC 7644 3.12, RFC 9865 2.1).

    ScimError                 status  scimType
    +-- InvalidFilter         400     invalidFilter
    +-- TooMany               400     tooMany
    +-- Uniqueness            409     uniqueness
    +-- Mutability            400     mutability
    +-- InvalidSyntax         400     invalidSyntax
    +-- InvalidPath           400     invalidPath
    +-- NoTarget              400     noTarget
    +-- InvalidValue          400     invalidValue
    +-- InvalidVersion        400     invalidVers
    +-- Sensitive             403     sensitive
    +-- InvalidCursor         400     invalidCursor
    +-- ExpiredCursor         400     expiredCursor
    +-- InvalidCount          400     invalidCount
    +-- UnknownBulkId         409     none (RFC 7644 3.7.2)
    +-- TooLarge              413     none (RFC 7644 3.7.4)

`detail` is one sentence for the administrator who reads it in an identity provider's log: it names
the attribute, the value where that is harmless, and what to do.
"""

from typing import ClassVar


class ScimError(Exception):
    """A request that the protocol refuses."""

    status: ClassVar[int] = 400
    scim_type: ClassVar[str | None] = None

    def __init__(self, detail: str) -> None:
        """Say in `detail` what was wrong and what to do."""
        super().__init__(detail)
        self.detail = detail


class InvalidFilter(ScimError):
    """The filter does not parse, names an unknown attribute, or compares the incomparable."""

    scim_type = "invalidFilter"


class TooMany(ScimError):
    """The request names or yields more than the service provider will process."""

    scim_type = "tooMany"


class Uniqueness(ScimError):
    """A value that must be unique is in use."""

    status = 409
    scim_type = "uniqueness"


class Mutability(ScimError):
    """The request would change what is read-only or immutable, or remove what is required."""

    scim_type = "mutability"


class InvalidSyntax(ScimError):
    """The body is not the JSON message that the request calls for."""

    scim_type = "invalidSyntax"


class InvalidPath(ScimError):
    """The path of a PATCH operation does not parse or names an unknown attribute."""

    scim_type = "invalidPath"


class NoTarget(ScimError):
    """The path of a PATCH operation selects nothing to work on."""

    scim_type = "noTarget"


class InvalidValue(ScimError):
    """A value is missing, or is not of its attribute's type."""

    scim_type = "invalidValue"


class InvalidVersion(ScimError):
    """The SCIM version asked for is not supported."""

    scim_type = "invalidVers"


class Sensitive(ScimError):
    """The request URI carries what must not stand in a URI (RFC 7644 7.5.2)."""

    status = 403
    scim_type = "sensitive"


class InvalidCursor(ScimError):
    """The cursor was not issued by this server for this query (RFC 9865 2.1)."""

    scim_type = "invalidCursor"


class ExpiredCursor(ScimError):
    """The cursor was issued too long ago (RFC 9865 2.1)."""

    scim_type = "expiredCursor"


class InvalidCount(ScimError):
    """The count differs from the count that the cursor was issued with (RFC 9865 2.1)."""

    scim_type = "invalidCount"


class UnknownBulkId(ScimError):
    """A bulk operation names a resource that no operation of the request has created."""

    status = 409


class TooLarge(ScimError):
    """The bulk request holds more than the service provider accepts at once."""

    status = 413
