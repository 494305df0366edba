def test_an_operator_sees_who_changed_what(operator, signed_acme):
    events = operator.answers("trail", "--organization", signed_acme)["events"]

    kinds = {event["kind"] for event in events}
    assert kinds == {"organization.created", "contract.signed"}
    assert {event["actor"] for event in events} == {"operator"}


def test_the_trail_can_be_of_one_thing(operator, signed_acme):
    (event,) = operator.answers("trail", "--organization", signed_acme, "--subject", signed_acme)[
        "events"
    ]

    assert event["kind"] == "organization.created"


def test_without_an_organization_it_is_the_vendors_own(operator):
    operator.says("seller", "set", "--series", "VND")

    (event,) = operator.answers("trail")["events"]

    assert (event["before"]["series"], event["after"]["series"]) == ("INV", "VND")


def test_the_trail_of_nobody_is_refused(operator):
    assert "no organization org_nobody" in operator.refuses("trail", "--organization", "org_nobody")
