"""The client of python-scim, which speaks through a session of ours."""

from scim2_client import BaseSyncSCIMClient

from tests.support.clients import ScimClient


class Scim2Client(BaseSyncSCIMClient):
    """A client that knows nothing of a server but what its discovery endpoints say."""

    def __init__(self, session: ScimClient) -> None:
        super().__init__()
        self.session = session

    def request(self, method, url, **arguments):
        return self.session.request(method, url, **arguments)
