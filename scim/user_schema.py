"""The core User schema, as a table (RFC 7643 4.1 and 8.7.1)."""

from typing import Final

from scim import urns
from scim.attributes import Attribute, Mutability, Returned, Schema, Type, Uniqueness

_LABEL: Final = "A label that says what the value is used for."
_DISPLAY: Final = "A name for the value, suitable for display."
_PRIMARY: Final = Attribute(
    "primary",
    Type.BOOLEAN,
    "Whether this is the preferred value; true for at most one.",
)


def _values(name: str, description: str, value: Attribute, *labels: str) -> Attribute:
    """Return a multi-valued attribute with the sub-attributes that RFC 7643 2.4 gives it."""
    return Attribute(
        name,
        Type.COMPLEX,
        description,
        multi_valued=True,
        sub_attributes=(
            value,
            Attribute("display", description=_DISPLAY),
            Attribute("type", description=_LABEL, canonical_values=labels),
            _PRIMARY,
        ),
    )


_NAME: Final = Attribute(
    "name",
    Type.COMPLEX,
    "The components of the User's name.",
    sub_attributes=(
        Attribute("formatted", description="The full name with all its parts, for display."),
        Attribute("familyName", description="The family name, or last name."),
        Attribute("givenName", description="The given name, or first name."),
        Attribute("middleName", description="The middle name or names."),
        Attribute("honorificPrefix", description="The honorific prefix, or title."),
        Attribute("honorificSuffix", description="The honorific suffix, such as III."),
    ),
)

_ADDRESSES: Final = Attribute(
    "addresses",
    Type.COMPLEX,
    "Physical mailing addresses of the User.",
    multi_valued=True,
    sub_attributes=(
        Attribute("formatted", description="The full address, for display or a mailing label."),
        Attribute("streetAddress", description="Street, house number and further lines."),
        Attribute("locality", description="The city or locality."),
        Attribute("region", description="The state or region."),
        Attribute("postalCode", description="The postal code."),
        Attribute("country", description="The ISO 3166-1 alpha-2 code of the country."),
        Attribute("type", description=_LABEL, canonical_values=("work", "home", "other")),
        _PRIMARY,
    ),
)

_GROUPS: Final = Attribute(
    "groups",
    Type.COMPLEX,
    "The Groups to which the User belongs, directly or through another Group.",
    multi_valued=True,
    mutability=Mutability.READ_ONLY,
    sub_attributes=(
        Attribute(
            "value",
            description="The id of the Group.",
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            "$ref",
            Type.REFERENCE,
            "The URI of the Group.",
            case_exact=True,
            mutability=Mutability.READ_ONLY,
            reference_types=("User", "Group"),
        ),
        Attribute("display", description=_DISPLAY, mutability=Mutability.READ_ONLY),
        Attribute(
            "type",
            description="Whether the membership is direct or through another Group.",
            mutability=Mutability.READ_ONLY,
            canonical_values=("direct", "indirect"),
        ),
    ),
)

USER_SCHEMA: Final = Schema(
    urns.USER,
    "User",
    "A user account.",
    (
        Attribute(
            "userName",
            description="The name by which the User is known to the service provider and signs in.",
            required=True,
            uniqueness=Uniqueness.SERVER,
        ),
        _NAME,
        Attribute("displayName", description="The name of the User, suitable for display."),
        Attribute("nickName", description="The casual way to address the User."),
        Attribute(
            "profileUrl",
            Type.REFERENCE,
            "The URL of the User's online profile.",
            case_exact=True,
            reference_types=("external",),
        ),
        Attribute("title", description="The User's title, such as Vice President."),
        Attribute("userType", description="The relationship between organization and User."),
        Attribute("preferredLanguage", description="The User's languages, as in Accept-Language."),
        Attribute("locale", description="The User's locale for dates, numbers and currency."),
        Attribute("timezone", description="The User's time zone, as an IANA name."),
        Attribute("active", Type.BOOLEAN, "The User's administrative status."),
        Attribute(
            "password",
            description="The User's password, in clear text.",
            mutability=Mutability.WRITE_ONLY,
            returned=Returned.NEVER,
            published=False,
        ),
        _values(
            "emails",
            "E-mail addresses of the User.",
            Attribute("value", description="An e-mail address."),
            *("work", "home", "other"),
        ),
        _values(
            "phoneNumbers",
            "Telephone numbers of the User.",
            Attribute("value", description="A telephone number."),
            *("work", "home", "mobile", "fax", "pager", "other"),
        ),
        _values(
            "ims",
            "Instant messaging addresses of the User.",
            Attribute("value", description="An instant messaging address."),
            *("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        ),
        _values(
            "photos",
            "URLs of photos of the User.",
            Attribute(
                "value",
                Type.REFERENCE,
                "The URL of a photo.",
                case_exact=True,
                reference_types=("external",),
            ),
            *("photo", "thumbnail"),
        ),
        _ADDRESSES,
        _GROUPS,
        _values(
            "entitlements",
            "Things that the User may use or do.",
            Attribute("value", description="An entitlement."),
        ),
        _values(
            "roles",
            "Roles that say together who the User is.",
            Attribute("value", description="A role."),
        ),
        _values(
            "x509Certificates",
            "X.509 certificates issued to the User.",
            Attribute("value", Type.BINARY, "A DER-encoded certificate.", case_exact=True),
        ),
    ),
)
