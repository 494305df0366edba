"""The kinds of values in requests, each with a refusal in our own words."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from app.db.periods import Period
from scim.storable import NOT_STORABLE

TEXT_LENGTH_MAX = 500
FIRST_YEAR, LAST_YEAR = 1970, 2999
PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_MAX = 1000


class RequestSchema(Schema):
    """A body or query; what it does not know is refused, so that a misspelt name is not lost."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012  # marshmallow's interface
        "unknown": "This field is not known here. Check its spelling, or leave it out.",
        "type": "Send a JSON object.",
    }


class QuerySchema(Schema):
    """The query of an address; `requires` has refused what the address does not know."""

    error_messages = {"type": "Send a JSON object."}  # noqa: RUF012  # marshmallow's interface


class Text(fields.String):
    """A string of at most 500 characters that can be stored."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "invalid": "Send a string.",
        "invalid_utf8": "Send a string.",
        "empty": "This field must not be empty.",
        "length": f"Send at most {TEXT_LENGTH_MAX} characters.",
        "unstorable": "Leave out NUL characters and broken surrogate pairs.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if self.required and not text.strip():
            raise self.make_error("empty")
        if len(text) > TEXT_LENGTH_MAX:
            raise self.make_error("length")
        if NOT_STORABLE.search(text):
            raise self.make_error("unstorable")
        return text


class Integer(fields.Integer):
    """A whole number, as a JSON number; true, "5" and 5.0 are none."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "invalid": "Send a whole number, such as 5.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """True or false."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "invalid": "Send true or false.",
    }


def instant_shown(at: datetime) -> str:
    """Return an instant as answers show it.

    >>> instant_shown(datetime(2026, 3, 1, 9, tzinfo=UTC))
    '2026-03-01T09:00:00Z'
    """
    return at.isoformat().replace("+00:00", "Z")


class Instant(fields.AwareDateTime):
    """An instant with its offset."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "invalid": "Send an instant with its offset, such as 2026-03-01T09:00:00Z.",
        "invalid_awareness": "Send an instant with its offset, such as 2026-03-01T09:00:00Z.",
        "format": "Send an instant with its offset, such as 2026-03-01T09:00:00Z.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        instant: datetime = super()._deserialize(value, attr, data, **kwargs)
        # Beyond these years a time zone's reckoning runs off the calendar.
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise self.make_error("invalid", obj_type=self.OBJ_TYPE)
        return instant

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return None if value is None else instant_shown(value)


class List(fields.List[Any]):
    """A list of values of one kind."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "invalid": "Send a list.",
    }


class Part(fields.Nested):
    """An object within the body."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "required": "This field is required.",
        "null": "This field needs a value.",
        "type": "Send an object.",
    }


class Choice(Text):
    """One of a few words."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        """Accept just these words."""
        one_of = validate.OneOf(words, error=f"Send one of {', '.join(words)}.")
        super().__init__(validate=one_of, **kwargs)


class Count(fields.Integer):
    """How many entries a page has, as text in a query: digits and nothing else."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "invalid": f"Send a whole number from 1 to {PAGE_SIZE_MAX}.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch("[0-9]{1,9}", value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class PageQuery(QuerySchema):
    """Which part of a list to return: `count` entries after the one that `cursor` names."""

    cursor = Text(load_default=None)
    count = Count(
        load_default=PAGE_SIZE_DEFAULT,
        validate=validate.Range(
            1, PAGE_SIZE_MAX, error=f"Send a whole number from 1 to {PAGE_SIZE_MAX}."
        ),
    )


class Day(fields.Date):
    """A calendar day, such as 2026-03-01."""

    default_error_messages = {  # noqa: RUF012  # marshmallow's interface
        "invalid": "Send a day, such as 2026-03-01.",
        "format": "Send a day, such as 2026-03-01.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return day


class Bound(Instant):
    """The first or the last instant of a period, or a day of UTC, all of which is within it.

    It is read as the instant at which the period begins, or the one before which it ends.
    """

    def __init__(self, *, last: bool, **kwargs: Any) -> None:
        """Be the last instant of a period, or the first."""
        super().__init__(**kwargs)
        self.last = last

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            day = Day().deserialize(value)
        except ValidationError:
            instant = super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
            return instant + datetime.resolution if self.last else instant
        return datetime.combine(day + timedelta(days=self.last), time.min, UTC)


class PeriodQuery(QuerySchema):
    """When what is listed happened, both ends included."""

    starts_at = Bound(
        last=False,
        data_key="from",
        load_default=None,
        metadata={"description": "Not before this instant, or this day of UTC."},
    )
    ends_at = Bound(
        last=True,
        data_key="to",
        load_default=None,
        metadata={"description": "Not after this instant, or this day of UTC."},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_kwargs: object) -> None:
        check_order(data["starts_at"], data["ends_at"])


def check_order(first: date | None, end: date | None) -> None:
    """Check that a half-open period has something in it.

    Raises:
        ValidationError: it ends before it begins.
    """
    if first is not None and end is not None and end <= first:
        raise ValidationError("The period ends before it begins. Send from before to.", "to")


def period_of(query: dict[str, Any]) -> Period:
    """Return the period that a `PeriodQuery` names."""
    return Period(query["starts_at"], query["ends_at"])
