"""Why a person has a seat or none, in words: one paragraph of history, and the next step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.exchanges.wording import provider_text, reason_text
from app.i18n.catalogues import Texts, translations
from app.i18n.formats import count_text, day_text
from app.i18n.languages import Language
from app.people.history import Fact, Happened
from app.people.why import State, Step, Why
from app.seats.wants import RefusalReason

#: How many facts a paragraph tells, the last ones.
FACTS_MAX = 8


@dataclass(frozen=True)
class Story:
    """What a person who asked why reads."""

    paragraph: str
    next_step: str


def tell(why: Why, language: Language) -> Story:
    """Return a person's story in a language."""
    teller = _Teller(why, language, translations(language))
    return Story(" ".join(teller.sentences()), teller.next_step())


@dataclass
class _Teller:
    why: Why
    language: Language
    texts: Texts
    #: The day that was named last; an instant on it is told by its time alone.
    day: date | None = None

    def sentences(self) -> Iterator[str]:
        """Yield the paragraph's sentences: how the person stands, and what happened."""
        yield self._standing()
        for fact in self.why.facts[-FACTS_MAX:]:
            yield self.texts.gettext("%(when)s: %(what)s.") % {
                "when": self._when(fact.at),
                "what": self._fact(fact),
            }
        if self.why.asked_at is not None:
            yield self._asked_last(self.why.asked_at)
        if self.why.facts:
            zone = {"zone": self.why.time_zone}
            yield self.texts.gettext("Times are those of %(zone)s.") % zone

    def next_step(self) -> str:
        """Return what to do, in the identity provider's own words where it is known."""
        match self.why.step:
            case Step.RETRY:
                return self._retry()
            case Step.BUY_AND_RETRY:
                first = self.texts.gettext("Add a seat, or free one.")
                return f"{first} {self._retry()}"
            case Step.REPAIR_LOGIN:
                return self._repair()
            case step:
                return self._plain()[step]

    def _standing(self) -> str:
        texts = self.texts
        sentences = {
            State.SEATED: texts.gettext("%(person)s has a seat."),
            State.WAITING: texts.gettext(
                "%(person)s waits for a seat, at place %(place)s of the waiting list."
            ),
            State.REFUSED: texts.gettext("%(person)s was refused and has no seat."),
            State.INACTIVE: texts.gettext(
                "%(person)s is inactive in the directory, and so has no seat."
            ),
            State.RELEASED: texts.gettext("%(person)s has no seat: an owner took it back."),
            State.REASSIGNED: texts.gettext(
                "%(person)s has no seat: an owner gave it to another person."
            ),
            State.DELETED: texts.gettext("%(person)s was deleted, and so has no seat."),
            State.GONE: texts.gettext("%(person)s has no seat, and none is asked for now."),
            State.UNKNOWN: texts.gettext(
                "Nothing is known of %(person)s: no directory or login has asked for this "
                "userName, or the person was erased."
            ),
        }
        place = "" if self.why.place is None else count_text(self.why.place, self.language)
        return sentences[self.why.state] % {"person": self.why.user_name, "place": place}

    def _fact(self, fact: Fact) -> str:
        texts = self.texts
        if fact.what is Happened.REFUSED:
            return self._refusal(fact)
        sentences = {
            Happened.PARKED: texts.gettext("put on the waiting list"),
            Happened.SEATED: texts.gettext("got a seat"),
            Happened.PROVISIONED_INACTIVE: texts.gettext("created as inactive, without a seat"),
            Happened.DEACTIVATED: texts.gettext("deactivated by the directory"),
            Happened.RELEASED: texts.gettext("an owner took the seat back"),
            Happened.REASSIGNED: texts.gettext("an owner gave the seat to another person"),
            Happened.DELETED: texts.gettext("deleted by the directory"),
            Happened.DISMISSED: texts.gettext("an owner dismissed the request"),
            Happened.GIVEN_UP: texts.gettext("given up, after 28 days without another try"),
            Happened.BOUGHT: texts.gettext("%(quantity)s seats bought (%(purchased)s in all)"),
            Happened.MISMATCHED: texts.gettext("a login contradicted the directory"),
            Happened.NOT_DONE: texts.gettext("%(provider)s asked again: %(reason)s"),
        }
        return sentences[fact.what] % {
            **fact.particulars,
            "provider": provider_text(self._named(fact), self.language),
            "reason": reason_text(fact.particulars.get("code"), self._status(fact), self.texts),
        }

    def _refusal(self, fact: Fact) -> str:
        texts, particulars = self.texts, fact.particulars
        counted = texts.gettext("refused, %(in_use)s of %(purchased)s seats in use")
        reasons = {
            RefusalReason.NO_SEAT.value: counted % particulars
            if "in_use" in particulars
            else texts.gettext("refused, every seat was in use"),
            RefusalReason.SUSPENDED.value: texts.gettext("refused, the organization is suspended"),
            RefusalReason.ENDED.value: texts.gettext("refused, the contract has ended"),
            RefusalReason.NOT_STARTED.value: texts.gettext("refused, the contract has not started"),
        }
        refusal = reasons[str(particulars["reason"])]
        if particulars.get("source") == "sso":
            return texts.gettext("%(refusal)s, at a login") % {"refusal": refusal}
        return refusal

    def _asked_last(self, asked_at: datetime) -> str:
        last = self.texts.gettext("%(provider)s has not tried again since %(when)s.")
        return last % {"provider": self._provider(), "when": self._when(asked_at)}

    def _retry(self) -> str:
        texts = self.texts
        steps = {
            "okta": texts.gettext(
                'In Okta, open Dashboard, Tasks, select the person and press "Retry Selected".'
            ),
            "entra": texts.gettext(
                "Entra ID tries again by itself, which can take hours. To hurry it, use "
                '"Provision on demand".'
            ),
        }
        other = texts.gettext("Then provision the person again in your identity provider.")
        return steps.get(self.why.provider or "", other)

    def _repair(self) -> str:
        texts = self.texts
        repairs = {
            "external_id": texts.gettext(
                "The login sends another external_id than the directory's externalId. Map "
                "externalId to objectId in the identity provider, or let the login send userName "
                "alone."
            ),
            "external_id_of_another": texts.gettext(
                "The login sends the externalId of a user under another userName. Rename the user "
                "in the directory, or correct the external_id that the login sends."
            ),
            "user_name_is_email": texts.gettext(
                "The login sends the user's e-mail address as user_name. Let it send the userName "
                "of the directory, or turn the setting login_by_email on."
            ),
            "email_of_another": texts.gettext(
                "The login sends the e-mail address of another user. Correct the address in the "
                "directory or in the login, or turn the setting login_by_email off."
            ),
        }
        return repairs[self.why.mismatch or "external_id"]

    def _plain(self) -> dict[Step, str]:
        texts = self.texts
        return {
            Step.NOTHING: texts.gettext("Nothing to do."),
            Step.ASK_VENDOR: texts.gettext(
                "The organization is suspended. Ask the vendor to let it in again."
            ),
            Step.SIGN_CONTRACT: texts.gettext(
                "The contract has ended. Agree on a new one with the vendor, then let the "
                "identity provider try again."
            ),
            Step.WAIT_FOR_START: texts.gettext(
                "The contract has not started. Let the identity provider try again from its "
                "first day on."
            ),
            Step.BUY: texts.gettext(
                "Add a seat, or free one: the next on the waiting list gets it by itself. In the "
                "identity provider there is nothing to do."
            ),
            Step.WAIT_FOR_SEATING: texts.gettext(
                "Nothing to do: seats are free, and the waiting list is served within a minute."
            ),
            Step.ACTIVATE: texts.gettext(
                "Assign the person to the application again in your identity provider."
            ),
            Step.GIVE_BACK: texts.gettext(
                "To give the person a seat again, assign them to the application anew in your "
                "identity provider; to leave it so, take them out of the application there."
            ),
            Step.PROVISION: texts.gettext(
                "Check the spelling, and that the person is assigned to the application in your "
                "identity provider. Then provision them there."
            ),
        }

    def _provider(self) -> str:
        return provider_text(self.why.provider, self.language)

    @staticmethod
    def _named(fact: Fact) -> str | None:
        provider = fact.particulars.get("provider")
        return provider if isinstance(provider, str) else None

    @staticmethod
    def _status(fact: Fact) -> int:
        status = fact.particulars.get("status")
        return status if isinstance(status, int) else 0

    def _when(self, at: datetime) -> str:
        """Return an instant, with its day where the sentence before was of another."""
        local = at.astimezone(ZoneInfo(self.why.time_zone))
        clock = f"{local:%H:%M}"
        if local.date() == self.day:
            return clock
        self.day = local.date()
        return f"{day_text(self.day, self.language)}, {clock}"
