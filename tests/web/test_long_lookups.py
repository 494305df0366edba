import pytest

from app.directory.lookups import LENGTH_MAX


def scattered(first: int, size: int) -> str:
    """Return a text as long as may be, of characters in which no engine finds a pattern."""
    return "".join(chr(first + number * 7919 % size) for number in range(LENGTH_MAX))


@pytest.mark.parametrize(
    "text",
    [
        scattered(ord("a"), 26),
        scattered(0x4E00, 20_000),
        scattered(0x20000, 40_000),
        "\u1fb7" * 400,
    ],
    ids=["one byte", "three bytes", "four bytes", "six bytes when folded"],
)
def test_the_longest_texts_that_are_looked_up_can_be_stored_and_found(scim, text):
    scim.create_user(text, externalId=text, emails=[{"value": text, "type": "work"}])
    scim.create_group(text, externalId=text)

    found = [
        scim.find("/Users", f'{attribute} eq "{text}"').json()["totalResults"]
        for attribute in ("userName", "externalId", "emails.value")
    ]

    assert found == [1, 1, 1]
    assert scim.find("/Groups", f'displayName eq "{text}"').json()["totalResults"] == 1
