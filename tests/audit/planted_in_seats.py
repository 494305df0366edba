"""Corruptions of pools, ledgers and who holds a seat, with what the audit finds of each."""

from tests.audit.planting import Corruption

PLANTED = (
    Corruption(
        "a pool with more in use than purchased",
        ("UPDATE seat_pool SET in_use = purchased + 1 WHERE organization_id = '{acme}'",),
        {
            "in use is not between 0 and purchased": ["{acme}"],
            "the ledger's sum differs from the pool": ["{acme}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "a pool with fewer than none in use",
        ("UPDATE seat_pool SET in_use = -1 WHERE organization_id = '{acme}'",),
        {
            "in use is not between 0 and purchased": ["{acme}"],
            "the ledger's sum differs from the pool": ["{acme}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "a pool with a seat more than its ledger granted",
        ("UPDATE seat_pool SET purchased = purchased + 1 WHERE organization_id = '{acme}'",),
        {"the ledger's sum differs from the pool": ["{acme}"]},
    ),
    Corruption(
        "a seat in use that nobody holds",
        ("UPDATE seat_pool SET in_use = in_use + 1 WHERE organization_id = '{acme}'",),
        {
            "the ledger's sum differs from the pool": ["{acme}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "a pool that counts a seat more as held",
        ("UPDATE seat_pool SET held = held + 1 WHERE organization_id = '{acme}'",),
        {"the live holds are not the seats that the pool counts as held": ["{acme}"]},
    ),
    Corruption(
        "a pool that is ended while its contract runs",
        ("UPDATE seat_pool SET state = 'ended' WHERE organization_id = '{acme}'",),
        {"the pool's state is not its contract's": ["{acme}"]},
    ),
    Corruption(
        "a contract that ended while its pool is open",
        ("UPDATE contract SET ended_at = signed_at WHERE id = '{contract}'",),
        {"the pool's state is not its contract's": ["{acme}"]},
    ),
    Corruption(
        "a pool that stayed in last year's term",
        ("UPDATE seat_pool SET term_number = 1 WHERE organization_id = '{acme}'",),
        {
            "the pool is not in the term that was opened last": ["{acme}"],
            "the pool's bounds are not those of its term": ["{acme}"],
        },
    ),
    Corruption(
        "a pool whose term ends a month late",
        (
            "UPDATE seat_pool"
            " SET term_ends_at = '2028-02-01T00:00:00.000000Z'"
            " WHERE organization_id = '{acme}'",
        ),
        {"the pool's bounds are not those of its term": ["{acme}"]},
    ),
    Corruption(
        "a pool that counts one entry less than the ledger has",
        (
            "UPDATE seat_pool"
            " SET ledger_sequence = ledger_sequence - 1"
            " WHERE organization_id = '{acme}'",
        ),
        {"the ledger has a gap, or does not end where the pool says": ["{acme}"]},
    ),
    Corruption(
        "a pool whose last instant is none of the ledger's",
        (
            "UPDATE seat_pool"
            " SET ledger_at = '2027-03-01T10:00:00.000000Z'"
            " WHERE organization_id = '{acme}'",
        ),
        {"the pool's last instant is not that of its last entry": ["{acme}"]},
    ),
    Corruption(
        "an organization that lost its pool",
        ("DELETE FROM seat_pool WHERE organization_id = '{acme}'",),
        {"an organization has no pool": ["{acme}"]},
    ),
    Corruption(
        "a ledger with a gap",
        ("DELETE FROM ledger_entry WHERE organization_id = '{acme}' AND sequence = {taken}",),
        {
            "an entry says other figures than the ledger adds up to": ["{acme} *"],
            "an assignment began otherwise than its entry says": ["{acme} {seat}"],
            "the ledger has a gap, or does not end where the pool says": ["{acme}"],
            "the ledger's sum differs from the pool": ["{acme}"],
        },
    ),
    Corruption(
        "a ledger against time",
        (
            "UPDATE ledger_entry"
            " SET at = '2026-02-01T09:00:00.000000Z'"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {"the ledger runs against time": ["{acme} {granted}"]},
    ),
    Corruption(
        "an entry by which one person takes two seats",
        (
            "UPDATE ledger_entry"
            " SET quantity = 2"
            " WHERE organization_id = '{acme}' AND sequence = {taken}",
        ),
        {
            "after an entry more seats were in use than purchased, or fewer than none": [
                "{acme} *"
            ],
            "an entry about one person moves another number of seats than one": ["{acme} {taken}"],
            "an entry says other figures than the ledger adds up to": ["{acme} *"],
            "the ledger's sum differs from the pool": ["{acme}"],
        },
    ),
    Corruption(
        "an entry that says more purchased than there were",
        (
            "UPDATE ledger_entry"
            " SET purchased_after = purchased_after + 1"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {"an entry says other figures than the ledger adds up to": ["{acme} {granted}"]},
    ),
    Corruption(
        "an entry that says more in use than there were",
        (
            "UPDATE ledger_entry"
            " SET in_use_after = in_use_after + 1"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {"an entry says other figures than the ledger adds up to": ["{acme} {granted}"]},
    ),
    Corruption(
        "an entry that says more held than there were",
        (
            "UPDATE ledger_entry"
            " SET held_after = held_after + 1"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {"an entry says other figures than the ledger adds up to": ["{acme} {granted}"]},
    ),
    Corruption(
        "an entry in a term that was over",
        (
            "UPDATE ledger_entry"
            " SET term_number = 1"
            " WHERE organization_id = '{acme}' AND sequence = {bought_later}",
        ),
        {
            "an entry names another term than the one that it fell in": ["{acme} {bought_later}"],
            "the pool is not in the term that was opened last": ["{acme}"],
        },
    ),
    Corruption(
        "seats that were taken out of the total inside a term",
        (
            "UPDATE ledger_entry"
            " SET quantity = -2"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {
            "a purchase and its ledger entry differ": [
                "{acme} {later_purchase}",
                "{acme} {purchase}",
            ],
            "a term did not open with the seats that its entry led to": ["{acme} {contract} 2"],
            "after an entry more seats were in use than purchased, or fewer than none": [
                "{acme} *"
            ],
            "an entry says other figures than the ledger adds up to": ["{acme} *"],
            "seats were taken out of the total inside a term": ["{acme} {granted}"],
            "the ledger's sum differs from the pool": ["{acme}"],
        },
    ),
    Corruption(
        "a renewal in the middle of a term",
        (
            "UPDATE ledger_entry"
            " SET kind = 'renewed'"
            " WHERE organization_id = '{acme}' AND sequence = {bought_later}",
        ),
        {
            "a purchase and its ledger entry differ": ["{acme} {later_purchase}"],
            "an entry opens a term that was open before it": ["{acme} {bought_later}"],
        },
    ),
    Corruption(
        "an increase whose cause never was",
        (
            "UPDATE ledger_entry"
            " SET cause = 'quote:quo_never'"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {
            "a purchase and its ledger entry differ": ["{acme} {purchase}"],
            "an increase has no cause": ["{acme} {granted}"],
            "an increase has no invoice": ["{acme} {granted}"],
            "an invoice has no increase, renewal or signing behind it": ["{acme} {invoice}"],
        },
    ),
    Corruption(
        "a cause that increased the total twice",
        (
            "UPDATE ledger_entry"
            " SET cause = 'quote:{quote}'"
            " WHERE organization_id = '{acme}' AND sequence = {bought_later}",
        ),
        {
            "a cause increased the total more than once": ["{acme} quote:{quote}"],
            "a purchase and its ledger entry differ": [
                "{acme} {later_purchase}",
                "{acme} {purchase}",
            ],
            "an invoice has no increase, renewal or signing behind it": ["{acme} {later_invoice}"],
        },
    ),
    Corruption(
        "a moment with more in use than purchased, made good afterwards",
        (
            "UPDATE ledger_entry"
            " SET quantity = 1"
            " WHERE organization_id = '{acme}' AND cause = 'contract:{contract}'",
            "UPDATE ledger_entry"
            " SET quantity = 4"
            " WHERE organization_id = '{acme}' AND sequence = {granted}",
        ),
        {
            "a purchase and its ledger entry differ": ["{acme} {purchase}"],
            "a term did not open with the seats that its entry led to": ["{acme} {contract} 1"],
            "after an entry more seats were in use than purchased, or fewer than none": [
                "{acme} 3"
            ],
            "an entry says other figures than the ledger adds up to": ["{acme} *"],
        },
    ),
    Corruption(
        "an active user whose assignment has ended",
        (
            "UPDATE seat_assignment"
            " SET released_at = assigned_at, released_sequence = {last}"
            " WHERE id = '{seat}'",
        ),
        {
            "an active user holds no open assignment, or another than it names": ["{acme} {ada}"],
            "an assignment ended otherwise than its entry says": ["{acme} {seat}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "an active user who names another's assignment",
        ("UPDATE scim_user SET assignment_id = '{left_seat}' WHERE id = '{ada}'",),
        {"an active user holds no open assignment, or another than it names": ["{acme} {ada}"]},
    ),
    Corruption(
        "an inactive user with an open assignment",
        (
            "UPDATE seat_assignment"
            " SET released_at = NULL, released_sequence = NULL"
            " WHERE id = '{left_seat}'",
        ),
        {
            "an entry says that a seat was freed, and no assignment ended with it": [
                "{acme} {freed}"
            ],
            "an inactive or deleted user holds an open assignment": ["{acme} {left}"],
            "the evidence of a renewal does not name those who held a seat": [
                "{acme} {contract} 2 {left_seat}"
            ],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "a deleted user with an open assignment",
        ("UPDATE scim_user SET deleted_at = created_at WHERE id = '{ada}'",),
        {"an inactive or deleted user holds an open assignment": ["{acme} {ada}"]},
    ),
    Corruption(
        "a user who holds two seats",
        (
            "UPDATE seat_assignment"
            " SET user_id = '{ada}', released_at = NULL, released_sequence = NULL"
            " WHERE id = '{left_seat}'",
        ),
        {
            "a user holds more than one open assignment": ["{acme} {ada}"],
            "an assignment began otherwise than its entry says": ["{acme} {left_seat}"],
            "an entry says that a seat was freed, and no assignment ended with it": [
                "{acme} {freed}"
            ],
            "the evidence of a renewal does not name those who held a seat": [
                "{acme} {contract} 2 {left_seat}"
            ],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "an assignment that began at another instant than its entry",
        (
            "UPDATE seat_assignment"
            " SET assigned_at = '2026-03-01T08:00:00.000000Z'"
            " WHERE id = '{seat}'",
        ),
        {"an assignment began otherwise than its entry says": ["{acme} {seat}"]},
    ),
    Corruption(
        "an entry that gives an assignment to another user",
        (
            "UPDATE ledger_entry"
            " SET user_id = '{left}'"
            " WHERE organization_id = '{acme}' AND sequence = {taken}",
        ),
        {"an assignment began otherwise than its entry says": ["{acme} {seat}"]},
    ),
    Corruption(
        "an assignment that ended at another instant than its entry",
        (
            "UPDATE seat_assignment"
            " SET released_at = '2026-03-01T19:00:00.000000Z'"
            " WHERE id = '{left_seat}'",
        ),
        {"an assignment ended otherwise than its entry says": ["{acme} {left_seat}"]},
    ),
    Corruption(
        "a past assignment that is gone",
        ("DELETE FROM seat_assignment WHERE id = '{left_seat}'",),
        {
            "an entry says that a seat was freed, and no assignment ended with it": [
                "{acme} {freed}"
            ],
            "an entry says that a seat was taken, and no assignment began with it": ["{acme} 3"],
        },
    ),
    Corruption(
        "a hold that ended without an entry",
        ("UPDATE hold SET ended_at = held_at, ended_as = 'released' WHERE id = '{hold}'",),
        {
            "a hold did not end once, as its ledger entries say": ["{acme} {hold}"],
            "the live holds are not the seats that the pool counts as held": ["{acme}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
        },
    ),
    Corruption(
        "a hold that ended twice",
        (
            "UPDATE ledger_entry"
            " SET kind = 'hold_released', user_id = NULL, hold_id = '{past_hold}'"
            " WHERE organization_id = '{acme}' AND sequence = {freed}",
        ),
        {
            "a hold did not end once, as its ledger entries say": ["{acme} {past_hold}"],
            "an entry says other figures than the ledger adds up to": ["{acme} *"],
            "an assignment ended otherwise than its entry says": ["{acme} {left_seat}"],
        },
    ),
    Corruption(
        "a hold that never began",
        (
            "UPDATE ledger_entry"
            " SET hold_id = 'hld_never'"
            " WHERE organization_id = '{acme}' AND kind = 'held' AND hold_id = '{past_hold}'",
        ),
        {
            "a hold did not end once, as its ledger entries say": ["{acme} {past_hold}"],
            "an entry names a hold that is not there": ["{acme} 6"],
        },
    ),
    Corruption(
        "a hold that ended otherwise than its entry says",
        ("UPDATE hold SET ended_as = 'released' WHERE id = '{past_hold}'",),
        {"a hold did not end once, as its ledger entries say": ["{acme} {past_hold}"]},
    ),
    Corruption(
        "a past hold that is gone",
        ("DELETE FROM hold WHERE id = '{past_hold}'",),
        {"an entry names a hold that is not there": ["{acme} 6", "{acme} 7"]},
    ),
    Corruption(
        "two seats that are held for one person",
        (
            "UPDATE hold"
            " SET ended_at = NULL, ended_as = NULL, user_name_key = 'waits@example.com'"
            " WHERE id = '{past_hold}'",
        ),
        {
            "a hold did not end once, as its ledger entries say": ["{acme} {past_hold}"],
            "the live holds are not the seats that the pool counts as held": ["{acme}"],
            "the open assignments and live holds are not the seats in use": ["{acme}"],
            "the seats held for logins are not what the pool says": ["{acme}"],
            "two seats are held for one person": ["{acme} {past_hold}"],
        },
    ),
)
