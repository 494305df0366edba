"""Corruptions of people and groups, with what the audit finds of each."""

from tests.audit.planting import Corruption

PLANTED = (
    Corruption(
        "a person who holds a seat and wants one",
        ("UPDATE want SET user_id = '{ada}' WHERE id = '{place}'",),
        {
            "a person who holds a seat wants one": ["{acme} {place}"],
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {ada}",
                "{acme} {waiting}",
            ],
            "a want stands under another name than its user": ["{acme} {place}"],
        },
    ),
    Corruption(
        "a person who waits without a place",
        (
            "DELETE FROM want_source WHERE want_id = '{place}'",
            "DELETE FROM want WHERE id = '{place}'",
        ),
        {
            "a live hold serves no open want of its person": ["{acme} {hold}"],
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ],
        },
    ),
    Corruption(
        "a person who waits and was only refused",
        ("UPDATE want SET parked_at = NULL, refused_at = first_seen_at WHERE id = '{place}'",),
        {
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ]
        },
    ),
    Corruption(
        "a want under another name than its user's",
        ("UPDATE want SET user_name_key = 'another' WHERE id = '{place}'",),
        {
            "a live hold serves no open want of its person": ["{acme} {hold}"],
            "a want stands under another name than its user": ["{acme} {place}"],
        },
    ),
    Corruption(
        "a want that lost its sources",
        ("DELETE FROM want_source WHERE want_id = '{place}'",),
        {
            "a want was asked for by others than its sources": ["{acme} {place}"],
            "an open want says wrongly whether a directory asks": ["{acme} {place}"],
        },
    ),
    Corruption(
        "a want that was asked for more often than its sources did",
        ("UPDATE want SET attempts = attempts + 1 WHERE id = '{place}'",),
        {"a want was asked for by others than its sources": ["{acme} {place}"]},
    ),
    Corruption(
        "a want of a directory that says it is none's",
        ("UPDATE want SET by_directory = FALSE WHERE id = '{place}'",),
        {"an open want says wrongly whether a directory asks": ["{acme} {place}"]},
    ),
    Corruption(
        "a want with a place beyond the last",
        ("UPDATE want SET sequence = sequence + 99 WHERE id = '{place}'",),
        {"a want has a place beyond the last": ["{acme} {place}"]},
    ),
    Corruption(
        "a pool that counts what is held for no login",
        ("UPDATE seat_pool SET held_for_login = 1 WHERE organization_id = '{acme}'",),
        {"the seats held for logins are not what the pool says": ["{acme}"]},
    ),
    Corruption(
        "a hold for a person who wants nothing",
        ("UPDATE hold SET want_id = NULL WHERE id = '{hold}'",),
        {"a live hold serves no open want of its person": ["{acme} {hold}"]},
    ),
    Corruption(
        "a hold whose want is closed",
        (
            "UPDATE want SET closed_at = last_seen_at, closed_because = 'dismissed'"
            " WHERE id = '{place}'",
        ),
        {
            "a live hold serves no open want of its person": ["{acme} {hold}"],
            "a user waits for a seat without a place, or has one and does not wait": [
                "{acme} {waiting}"
            ],
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
        {"a user's name is found under another key": ["{acme} {ada}"]},
    ),
    Corruption(
        "a userName whose look-alikes are not found",
        ("UPDATE scim_user SET skeleton_key = 'eve' WHERE id = '{ada}'",),
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
