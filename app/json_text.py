"""JSON as it is sent and stored: members in the order in which they were written, no spaces."""

import json

import orjson

#: What is no JSON is an error, as it is to the standard library.
_AS_JSON = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def json_text(value: object) -> str:
    """Return a value as JSON."""
    return json_bytes(value).decode()


def json_bytes(value: object) -> bytes:
    """Return a value as JSON in UTF-8.

    orjson takes no integers beyond 64 bits and no half of a surrogate pair, which a refusal may
    quote; those are written by the standard library, halves as the escape that JSON has for them.
    """
    try:
        return orjson.dumps(value, option=_AS_JSON)
    except TypeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")
