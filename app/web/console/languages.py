"""The language of the pages, as a person chooses it for their browser."""

from flask import Response

from app.i18n.languages import parse_language
from app.web.browsers import set_cookie
from app.web.console.addresses import go, go_to, path_of_console, public_path
from app.web.console.forms import check_form_token, written
from app.web.console.surface import blueprint
from app.web.console.words import LANGUAGE_COOKIE


@blueprint.post("/language")
def choose_language() -> Response:
    """Keep the language that was chosen, and show the page again."""
    check_form_token()
    chosen = parse_language(written("language"))
    back = path_of_console(written("next"))
    response = go("console.show_front") if back is None else go_to(public_path(back))
    set_cookie(response, LANGUAGE_COOKIE, chosen)
    return response
