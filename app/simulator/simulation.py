"""A simulation: a provider that keeps one server like its directory, round after round."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.simulator.authentik import Authentik
from app.simulator.entra import Entra
from app.simulator.okta import Okta
from app.simulator.people import Directory
from app.simulator.provider import Provider
from app.simulator.reading_back import differences
from app.simulator.report import Report
from app.simulator.session import Session

PROVIDERS: Final[Mapping[str, type[Provider]]] = {
    "okta": Okta,
    "entra": Entra,
    "authentik": Authentik,
}


class Simulation:
    """A provider at work on one server."""

    def __init__(self, provider: Provider, session: Session, report: Report) -> None:
        """Let the provider work over `session`, and count in `report` what comes of it."""
        self._provider = provider
        self._session = session
        self._report = report

    def test_connection(self) -> bool:
        """Return whether the provider would begin; say in the report if it would not."""
        passed = self._session.hold(self._provider.test_connection())
        if not passed:
            self._report.stopped = "The connection test failed, so nobody was provisioned."
        return passed

    def round(self, directory: Directory) -> Iterator[None]:
        """Push the directory; one step is over with each person and each group.

        Departed people come first, so that their seats are free for others.
        """
        for person in self._provider.departed(directory):
            outcome = self._session.hold(self._provider.remove(person))
            self._report.count_user(person.user_name, outcome)
        for person in directory.people:
            outcome = self._session.hold(self._provider.sync_person(person))
            self._report.count_user(person.user_name, outcome)
            yield
        for group in directory.groups:
            self._report.groups[self._session.hold(self._provider.sync_group(group))] += 1
            yield

    def read_back(self, directory: Directory) -> None:
        """Compare what the server holds with the directory, and report each difference."""
        refused = frozenset(name for name, healed in self._report.refused.items() if not healed)
        reading = differences(self._provider, directory, refused)
        self._report.differences = self._session.hold(reading)
