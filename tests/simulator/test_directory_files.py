import json

import pytest

from app.errors import InvalidInput
from app.simulator.directory_file import read_directory
from app.simulator.people import Directory, Group, Person

HEADER = "user_name,given_name,family_name,email,department,groups\n"
ADA = Person("ada@example.com", "Ada", "Østergård", "ada@example.net", "R, D & I")
BEN = Person("ben", "", "", "ben")
TEAMS = (Group("Staff", frozenset({"ada@example.com", "ben"})), Group("Büro", frozenset({"ben"})))


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "people.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write


def test_a_csv_file_is_read_with_its_groups(file):
    path = file(
        "\ufeff"
        + HEADER
        + 'ada@example.com,Ada,Østergård,ada@example.net,"R, D & I",Staff\r\n'
        + "\nben,,,,,Staff; Büro;\n"
    )

    assert read_directory(path) == Directory((ADA, BEN), TEAMS)


def test_columns_may_be_left_out_and_stand_in_any_order(file):
    path = file("groups,user_name\nStaff,ben\n")

    assert read_directory(path) == Directory((BEN,), (Group("Staff", frozenset({"ben"})),))


def test_a_json_file_is_read_alike(file):
    people = [
        {
            "user_name": "ada@example.com",
            "given_name": "Ada",
            "family_name": "Østergård",
            "email": "ada@example.net",
            "department": "R, D & I",
            "groups": ["Staff"],
        },
        {"user_name": "ben", "groups": ["Staff", "Büro"], "email": None},
    ]

    assert read_directory(file(json.dumps(people), "p.json")) == Directory((ADA, BEN), TEAMS)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("", "Line 1 has no user_name."),
        ("user_name,phone\nada,1\n", "Line 1 names 'phone'."),
        (HEADER + "ada,Ada\n", "Line 2 has not as many values"),
        (HEADER + "ada,,,,,\nben,,,,,,,\n", "Line 3 has not as many values"),
        (HEADER + "ada,,,,,\n ,Ben,,,,\n", "Line 3 has no user_name."),
        (HEADER + "ada,,,,,\nben,,,,,\nADA,,,,,\n", "Line 4 repeats ADA of line 2."),
        (HEADER + 'ada,"A"b,,,,\n', "Line 2 has a quote"),
        ('user_name,"given"_name\nada,Ada\n', "Line 1 has a quote"),
    ],
)
def test_a_broken_line_of_a_csv_file_is_named(file, text, opening):
    with pytest.raises(InvalidInput) as refusal:
        read_directory(file(text))

    assert refusal.value.message.startswith(opening)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ('[\n{"user_name": "ada"},\n{"user_name" "ben"}\n]', "Line 3 is not JSON."),
        ("{}", "The file is no list."),
        ('[{"user_name": "ada"}, 2]', "Person 2 is no object."),
        ('[{"user_name": "ada"}, {"given_name": "Ben"}]', "Person 2 has no user_name."),
        ('[{"user_name": 7}]', "Person 1 has a user_name that is not a text."),
        ('[{"user_name": "ada", "phone": "1"}]', "Person 1 has a 'phone'."),
        ('[{"user_name": "ada", "groups": [1]}]', "Person 1 has groups that are not names."),
        ('[{"user_name": "ada", "groups": 3}]', "Person 1 has groups that are not names."),
        ('[{"user_name": "a"}, {"user_name": "A"}]', "Person 2 repeats A of person 1."),
    ],
)
def test_a_broken_entry_of_a_json_file_is_named(file, text, opening):
    with pytest.raises(InvalidInput) as refusal:
        read_directory(file(text, "people.json"))

    assert refusal.value.message.startswith(opening)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    binary = tmp_path / "people.csv"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (binary, tmp_path / "nowhere.csv"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_directory(path)
