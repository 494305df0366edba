import pytest

from scim.versions import entity_tag, satisfies_if_match, satisfies_if_none_match

TAG = entity_tag(3)


@pytest.mark.parametrize(
    "header", ["*", " * ", 'W/"3"', '"3"', 'W/"2", W/"3"', 'W/"2" ,"3",', '"a,b","3"']
)
def test_a_header_that_names_the_version_matches(header):
    assert satisfies_if_match(header, TAG)
    assert not satisfies_if_none_match(header, TAG)


@pytest.mark.parametrize(
    "header", ['W/"2"', '"33"', '""', "3", 'w/"3"', 'W/"3', "", ",", '"2"3"', '"2" "3"']
)
def test_a_header_that_names_another_version_or_cannot_be_read_does_not_match(header):
    assert not satisfies_if_match(header, TAG)
    assert satisfies_if_none_match(header, TAG)


def test_no_header_is_no_precondition():
    assert satisfies_if_match(None, TAG)
    assert satisfies_if_none_match(None, TAG)
