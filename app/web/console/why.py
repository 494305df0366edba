"""Why: a person's history in one paragraph, and what to do next."""

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.people.why import why
from app.people.why_words import tell
from app.web.console.forms import Problems
from app.web.console.lists import asked_for
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, language

_UNPROCESSABLE = 422


@blueprint.get("/<organization_id>/why")
@page(Permission.READ_PEOPLE)
def show_why(context: Context) -> Response:
    """Tell why a person has a seat or none; without a name, ask for one."""
    name = asked_for("name")
    if name is None:
        return _question(asked="name" in request.args)
    answer = why(context, name)
    return render("why.html", name=name, answer=answer, story=tell(answer, language()))


def _question(*, asked: bool) -> Response:
    problems = Problems()
    if asked:
        sentence = gettext("Enter a userName or an e-mail address, such as alice@example.com.")
        problems.add("name", sentence)
    status = _UNPROCESSABLE if asked else 200
    return render("why.html", status, name="", answer=None, story=None, problems=problems)
