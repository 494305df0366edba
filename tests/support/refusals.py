"""What a refusal over SCIM looks like, whatever was wrong."""

import re

from scim import urns

#: Words that only a library, an engine or a traceback would say.
FOREIGN = re.compile(
    r"marshmallow|peewee|sqlite|psycopg|werkzeug|flask|traceback|sly|expecting|char \d|column \d",
    re.IGNORECASE,
)


def assert_refused(response, status, scim_type=None):
    """Check the form of a refusal (RFC 7644 3.12), and that its detail is a line for people."""
    body = response.json()
    detail = body.pop("detail")
    expected = {"schemas": [urns.ERROR], "status": str(status)}

    assert body == (expected if scim_type is None else {**expected, "scimType": scim_type})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/scim+json"
    assert detail == " ".join(detail.split())
    assert 10 < len(detail) <= 300
    assert not FOREIGN.search(detail)
