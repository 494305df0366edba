"""Why a person has a seat or has none."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.i18n.languages import choose_language, parse_language
from app.organizations.settings import find_organization
from app.people.history import Fact, Happened
from app.people.why import State, Step, why
from app.people.why_words import tell
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, QuerySchema, Text
from app.web.owner.surface import surface


class WhyQuery(QuerySchema):
    """Whom the question is about, and in which language to answer."""

    name = Text(
        required=True, metadata={"description": "A userName in any case, or an e-mail address."}
    )
    language = Text(
        load_default=None, metadata={"description": "en or fr; the organization's without it."}
    )


class FactSchema(Schema):
    """One thing that happened to the person."""

    at = Instant()
    what = Choice(*Happened)
    particulars = fields.Dict()


class WhySchema(Schema):
    """A person's history, how they stand now, and the next step."""

    user_name = Text()
    user_id = Text(allow_none=True)
    state = Choice(*State)
    facts = fields.List(fields.Nested(FactSchema))
    step = Choice(*Step)
    provider = Text(allow_none=True)
    place = Integer(allow_none=True, metadata={"description": "The place on the waiting list."})
    paragraph = Text(metadata={"description": "The history in words."})
    next_step = Text(metadata={"description": "What to do, in words."})


@surface.get("/why")
@requires(Permission.READ_PEOPLE)
@surface.arguments(WhyQuery, location="query")
@surface.response(200, WhySchema)
def explain(context: Context, query: dict[str, Any]) -> Any:
    """Tell why a person has a seat or has none, and what to do next."""
    organization = find_organization(context.organization_id)
    given = query["language"]
    language = choose_language(organization.language) if given is None else parse_language(given)
    answer = why(context, query["name"])
    story = tell(answer, language)
    return {
        "user_name": answer.user_name,
        "user_id": answer.user_id,
        "state": answer.state.value,
        "facts": [_fact(fact) for fact in answer.facts],
        "step": answer.step.value,
        "provider": answer.provider,
        "place": answer.place,
        "paragraph": story.paragraph,
        "next_step": story.next_step,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    particulars = {
        name: Instant().serialize(name, fact.particulars) if name.endswith("_at") else value
        for name, value in fact.particulars.items()
    }
    return {"at": fact.at, "what": fact.what.value, "particulars": particulars}
