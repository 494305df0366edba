"""Corruptions of people and groups, with what the audit finds of each."""

from tests.audit.planting import Corruption

PLANTED = (
    Corruption(
        "somebody who holds a seat and waits for one",
        ("UPDATE waiting_place SET user_id = '{ada}' WHERE id = '{place}'",),
        {
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ],
            "somebody holds a seat and waits for one": ["{acme} {place}"],
        },
    ),
    Corruption(
        "somebody who waits without a place",
        ("DELETE FROM waiting_place WHERE id = '{place}'",),
        {
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ]
        },
    ),
    Corruption(
        "a place of somebody who does not wait",
        ("UPDATE scim_user SET inactive_because = 'directory' WHERE id = '{waiting}'",),
        {
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ]
        },
    ),
    Corruption(
        "a document that calls an active user inactive",
        (
            "UPDATE scim_user"
            " SET document = REPLACE(document, '\"active\":true', '\"active\":false')"
            " WHERE id = '{ada}'",
        ),
        {"a document's active is not its column's": ["{acme} {ada}"]},
    ),
    Corruption(
        "a userName that is found under another name",
        ("UPDATE scim_user SET user_name_key = 'eve@example.com' WHERE id = '{ada}'",),
        {"a user's column is not what its document says": ["{acme} {ada}"]},
    ),
    Corruption(
        "an externalId that is not the document's",
        ("UPDATE scim_user SET external_id = '00u2' WHERE id = '{ada}'",),
        {"a user's column is not what its document says": ["{acme} {ada}"]},
    ),
    Corruption(
        "a display name that is not the document's",
        ("UPDATE scim_user SET display_name = 'Eve' WHERE id = '{ada}'",),
        {"a user's column is not what its document says": ["{acme} {ada}"]},
    ),
    Corruption(
        "an e-mail that is found under another address",
        ("UPDATE scim_user_email SET value = 'eve@example.com' WHERE user_id = '{ada}'",),
        {"a user's e-mails are not what its document says": ["{acme} {ada}"]},
    ),
    Corruption(
        "an e-mail that is found nowhere",
        ("DELETE FROM scim_user_email WHERE user_id = '{ada}'",),
        {"a user's e-mails are not what its document says": ["{acme} {ada}"]},
    ),
    Corruption(
        "a group that is found under another name",
        ("UPDATE scim_group SET display_name_key = 'owners' WHERE id = '{group}'",),
        {"a group's column is not what its document says": ["{acme} {group}"]},
    ),
)
