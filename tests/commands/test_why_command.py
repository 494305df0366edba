"""`seatgate why`: the history of a person in one paragraph, and the next step."""


def test_the_operator_reads_why_and_what_to_do(operator, signed_acme):
    told = operator.says("why", "alice@example.com", "--organization", signed_acme)

    assert told.splitlines() == [
        "Nothing is known of alice@example.com: no directory or login has asked for this "
        "userName, or the person was erased.",
        "Check the spelling, and that the person is assigned to the application in your identity "
        "provider. Then provision them there.",
    ]


def test_the_answer_is_in_the_language_that_is_asked_for(operator, signed_acme):
    told = operator.says("why", "a", "--organization", signed_acme, "--language", "fr")

    assert told.startswith("Rien n'est connu de a\xa0:")


def test_a_program_reads_state_step_and_facts(operator, signed_acme):
    answer = operator.answers("why", "a", "--organization", signed_acme)

    assert (answer["state"], answer["step"], answer["facts"]) == ("unknown", "provision", [])


def test_a_language_that_is_not_spoken_here_is_refused(operator, signed_acme):
    refusal = operator.refuses("why", "a", "--organization", signed_acme, "--language", "xx")

    assert "is not a language that Seatgate has" in refusal
