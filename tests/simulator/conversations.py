"""Holding a provider's conversations by hand, and the recorded requests to compare them with."""

import json
from pathlib import Path
from urllib.parse import unquote

from app.simulator.exchange import Answer, Conversation, Request

RECORDINGS = Path(__file__).parents[2] / "fixtures/idp"


def an_answer(status: int, body: dict | None = None, **headers: str) -> Answer:
    return Answer(status, "" if body is None else json.dumps(body), headers)


def a_list(*resources: dict) -> Answer:
    return an_answer(200, {"totalResults": len(resources), "Resources": list(resources)})


NOBODY = a_list()
NO_SEAT = an_answer(403, {"detail": "Seat limit reached: 5 of 5 seats in use."})


def hear(conversation: Conversation, *answers: Answer) -> tuple[list[Request], object]:
    """Give these answers in turn; return what was asked, and what came of it."""
    asked, waiting, answer = [], list(answers), None
    while True:
        try:
            asked.append(conversation.send(answer))
        except StopIteration as end:
            assert not waiting, "the conversation ended before it heard every answer"
            return asked, end.value
        answer = waiting.pop(0)


def hear_start(conversation: Conversation, *answers: Answer) -> Request:
    """Give these answers in turn and return the request after them."""
    request = next(conversation)
    for answer in answers:
        request = conversation.send(answer)
    conversation.close()
    return request


def spoken(request: Request) -> dict:
    """Return a request in the form of the recordings."""
    said = {"method": request.method, "path": unquote(request.path)}
    return said if request.body is None else {**said, "json": request.body}


def recorded(recording: str, **names: str) -> dict:
    """Return what was seen to be sent, with a value for each of its names."""
    text = (RECORDINGS / f"{recording}.json").read_text()
    request = json.loads(text)["request"]
    request.pop("headers", None)
    spelt = json.dumps(request)
    for name, value in names.items():
        spelt = spelt.replace("{" + name + "}", value)
    return json.loads(spelt)
