"""Hypothesis: whatever bytes reach the SCIM surface, the answer is one of SCIM, and soon."""

import json
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.principal import Role
from scim import urns
from tests.support.builders import a_group, a_user
from tests.support.json_strategies import bodies
from tests.support.raw_http import ask, chunks

DEADLINE_SECONDS = 15
NOT_IMPLEMENTED = 501

METHODS = st.one_of(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY"]),
    st.text("ABCXYZ-_", min_size=1, max_size=12),
)
#: What may stand in the first line of a request, and whatever can be escaped.
VISIBLE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "").replace("?", "")
ESCAPED = st.binary(max_size=6).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw))
SEGMENTS = st.one_of(st.text(VISIBLE, max_size=12), ESCAPED)
ENDPOINTS = st.sampled_from(
    ["", "/Users", "/Groups", "/Users/.search", "/.search", "/Bulk", "/Me", "/Schemas", "//Users/"]
)
PARAMETERS = st.sampled_from(
    ["filter", "attributes", "sortBy", "count", "startIndex", "cursor", "sortOrder", "", "%00"]
)
VALUES = st.one_of(
    SEGMENTS,
    st.sampled_from(
        [
            'userName%20eq%20"a"',
            "emails[type%20eq%20%22work%22].value%20pr",
            "((((",
            "-1",
            "9" * 40,
            "members.value",
        ]
    ),
)
HEADER_VALUES = st.text("".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100)))), max_size=30)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Accept",
                "Accept-Language",
                "Content-Encoding",
                "Content-Type",
                "If-Match",
                "If-None-Match",
                "User-Agent",
                "X-Forwarded-Host",
                "X-Forwarded-Proto",
                "X-Request-Id",
            ]
        ),
        st.one_of(HEADER_VALUES, st.sampled_from(["*", "https", "application/json", 'W/"1"'])),
    ),
    max_size=3,
)


@st.composite
def requests(draw, ids, sound):
    """Return the method and the bytes of a request with a token."""
    method = draw(METHODS)
    segments = draw(st.lists(st.one_of(st.sampled_from(ids), SEGMENTS), max_size=2))
    path = "".join([draw(ENDPOINTS), *(f"/{segment}" for segment in segments)])
    query = draw(st.lists(st.tuples(PARAMETERS, VALUES), max_size=2))
    address = f"/scim/v2{path}" + ("?" if query else "")
    address += "&".join(f"{name}={value}" for name, value in query).replace(" ", "+")
    body = draw(st.one_of(sound, st.binary(max_size=60)))
    chunked = draw(st.booleans())
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    headers = [f"{name}: {value}" for name, value in draw(HEADERS)]
    lines = [f"{method} {address} HTTP/1.1", "Host: a", framing, *headers]
    sent = b"".join(chunks([body, b""] if body else [b""])) if chunked else body
    return method, "\r\n".join(lines).encode("latin-1"), sent


def test_whatever_bytes_come_the_answer_is_one_of_scim(server, organization):
    user = a_user(organization)
    ids = [user.id, a_group(organization, members=[user]).id]
    token = f"\r\nAuthorization: Bearer {organization.secret(Role.SCIM)}\r\n\r\n".encode()
    sound = bodies(ids).map(lambda body: body if isinstance(body, bytes) else body.encode())

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(request=requests(ids, sound))
    def answered(request):
        method, begun, body = request
        asked_at = time.monotonic()
        answer = ask(server.port, begun + token, body, method=method)
        assert time.monotonic() - asked_at < DEADLINE_SECONDS
        assert_scim(answer, method)

    answered()


def assert_scim(answer, method):
    assert answer.status < 500 or answer.status == NOT_IMPLEMENTED, answer
    if not answer.body:
        # Some answers have none, and what is no HTTP is refused before it is SCIM.
        assert method == "HEAD" or answer.status in {200, 204, 304, 400, 405, 431}, answer
        return
    kind = answer.headers["Content-Type"]
    assert kind in {"application/scim+json", "application/json"}
    body = json.loads(answer.body)
    if answer.status >= 400:
        assert body["schemas"] == [urns.ERROR]
        assert body["status"] == str(answer.status)
        assert body["detail"]
        assert answer.headers["Cache-Control"] == "no-store"
