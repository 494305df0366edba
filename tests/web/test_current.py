"""What a thread keeps of the request that it answers."""

from app.web.current import current_request


def test_a_thread_keeps_no_request_that_is_answered(service, acme):
    service.scim(acme).create_user("alice@example.com")

    assert current_request() is None
