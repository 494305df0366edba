"""Holding a provider's conversations over HTTP."""

import json
import time
from collections.abc import Callable
from typing import TypeVar

import requests
from requests import PreparedRequest

from app.simulator.exchange import Answer, Conversation, Exchange, Request
from app.simulator.provider import Provider
from app.simulator.report import Report

#: How long Okta waits for a byte; the others do not say.
TIMEOUT_SECONDS = 60

T = TypeVar("T")


class Session:
    """A provider's connection to a server; its exchanges are counted in a report."""

    def __init__(
        self,
        base_url: str,
        provider: Provider,
        report: Report,
        *,
        token: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to speak as `provider` to the server at `base_url`; `sleep` is how it waits."""
        self._base_url = base_url.rstrip("/")
        self._patience = provider.patience
        self._report = report
        self._sleep = sleep
        self._http = requests.Session()
        self._http.headers.update(provider.headers)
        # Set as a header, the token would give way to a password that the machine keeps for the
        # host.
        self._http.auth = _authorization(token)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def hold(self, conversation: Conversation[T]) -> T:
        """Send what the conversation asks for until it ends; return what came of it."""
        try:
            request = next(conversation)
            while True:
                request = conversation.send(self._answer(request))
        except StopIteration as end:
            result: T = end.value
            return result

    def _answer(self, request: Request) -> Answer:
        attempts = 1
        exchange = self._exchange(request)
        while (seconds := self._patience.wait_seconds(exchange.answer, attempts)) is not None:
            self._report.count_wait(exchange, seconds)
            self._sleep(seconds)
            attempts += 1
            exchange = self._exchange(request)
        self._report.count_exchange(exchange)
        return exchange.answer

    def _exchange(self, request: Request) -> Exchange:
        started = time.perf_counter()
        answer = self._send(request)
        return Exchange(request, answer, time.perf_counter() - started)

    def _send(self, request: Request) -> Answer:
        # Providers send names as they are, not escaped into ASCII.
        data = None if request.body is None else json.dumps(request.body, ensure_ascii=False)
        try:
            response = self._http.request(
                request.method,
                self._base_url + request.path,
                data=data and data.encode(),
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.Timeout:
            return Answer(0, f"No answer came within {TIMEOUT_SECONDS} seconds.")
        except requests.RequestException:
            return Answer(0, "The server cannot be reached, or broke off its answer.")
        return Answer(
            response.status_code, response.content.decode(errors="replace"), response.headers
        )


def _authorization(token: str) -> Callable[[PreparedRequest], PreparedRequest]:
    def authorize(request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorize
