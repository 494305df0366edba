"""`seatgate why`: why a person has a seat or has none."""

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.options import as_json as json_option
from app.commands.options import organization_option
from app.commands.output import show
from app.commands.session import session
from app.i18n.languages import choose_language, parse_language
from app.organizations.settings import find_organization
from app.people.why import Why, why
from app.people.why_words import Story, tell


@click.command("why")
@click.argument("name")
@organization_option
@click.option("--language", metavar="TAG", help="en or fr; without it the organization's.")
@json_option
def explain(name: str, organization_id: str, language: str | None, *, as_json: bool) -> None:
    """Tell why the person NAME has a seat or has none, and what to do next."""
    with session() as at:
        organization = find_organization(organization_id)
        spoken = parse_language(language) if language else choose_language(organization.language)
        answer = why(acting(operator_for(organization_id), at=at), name)
    story = tell(answer, spoken)
    if as_json:
        show(_facts(answer, story), as_json=True)
    else:
        click.echo(f"{story.paragraph}\n{story.next_step}")


def _facts(answer: Why, story: Story) -> dict[str, object]:
    return {
        "user_name": answer.user_name,
        "user_id": answer.user_id,
        "state": answer.state.value,
        "facts": [
            {"at": fact.at, "what": fact.what.value, "particulars": dict(fact.particulars)}
            for fact in answer.facts
        ],
        "step": answer.step.value,
        "provider": answer.provider,
        "paragraph": story.paragraph,
        "next_step": story.next_step,
    }
