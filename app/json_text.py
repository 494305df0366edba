"""JSON as it is sent and stored: members in the order in which they were written, no spaces."""

import json
from typing import Any

import orjson

#: What is no JSON is an error, as it is to the standard library.
_AS_JSON = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

#: Each digit as 0, and a number that orjson may read as another: it has integers of 64 bits.
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 19


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


def read_json(text: str | bytes) -> Any:
    """Return what JSON says, as the standard library reads it, most of it in less time.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    if _LONG_NUMBER not in data.translate(_DIGITS):
        try:
            return orjson.loads(data)
        except ValueError:
            # The standard library takes halves of surrogate pairs, NaN, and other encodings.
            pass
    return json.loads(text)
