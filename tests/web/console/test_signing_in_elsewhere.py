"""Signing in at the organization's identity provider, and the address to which that leads back."""

from dataclasses import replace

import pytest

from app.access.context import acting
from app.owners.openid_providers import ProviderSettings, set_provider
from app.sealing import Sealer
from tests.support.builders import NOW


@pytest.fixture
def trusting(service, acme, tmp_path):
    """Let `acme` trust an identity provider, and return what sets the address of this service."""
    key = tmp_path / "key"
    key.write_text("0123456789abcdef" * 4)
    settings = ProviderSettings(
        issuer="https://idp.example.com", client_id="seatgate", client_secret="client secret"
    )
    context = acting(acme.operator, at=NOW)
    set_provider(context, settings, sealer=Sealer.from_file(str(key)))
    shared = service.app.extensions["seatgate"]

    def at_the_address(public_url):
        config = replace(shared.config, public_url=public_url, secret_key_file=str(key))
        service.app.extensions["seatgate"] = replace(shared, config=config)
        return service.app.test_client()

    yield at_the_address
    service.app.extensions["seatgate"] = shared


def offers(client, customer, host):
    page = client.get(
        "/console/sign-in", query_string={"next": f"/console/{customer.id}"}, base_url=host
    )
    return "/console/sign-in/openid?" in page.text


def started(client, customer, host):
    return client.get(
        "/console/sign-in/openid", query_string={"next": f"/console/{customer.id}"}, base_url=host
    )


def test_it_is_offered_at_the_configured_address(trusting, acme):
    client = trusting("https://seats.example.com")

    assert offers(client, acme, "https://seats.example.com")


@pytest.mark.parametrize("host", ["http://localhost", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_it_is_offered_on_this_machine_without_an_address(trusting, acme, host):
    assert offers(trusting(""), acme, host)


@pytest.mark.parametrize("host", ["https://evil.example", "http://127.0.0.1.evil.example:80"])
def test_without_an_address_a_request_cannot_choose_where_it_leads_back(trusting, acme, host):
    client = trusting("")

    answer = started(client, acme, host)

    assert not offers(client, acme, host)
    assert answer.status_code == 403
    assert "SEATGATE_PUBLIC_URL" in answer.text
    assert "Location" not in answer.headers
