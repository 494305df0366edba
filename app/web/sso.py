"""`/sso/v1`: what a login service asks before it lets a person in."""

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.json_text import json_text
from app.organizations.speaking import speaking_for_one
from app.people.login_messages import LoginReason
from app.people.sign_in import Decision, Login, Mode, decide
from app.web.admission import admit
from app.web.context import SSO_PREFIX, requires
from app.web.fields import Choice, Flag, Instant, RequestSchema, Text, instant_shown
from app.web.openapi import Surface
from app.web.responses import JSON_TYPE, WholeAnswer

surface = Surface("sso", __name__, url_prefix=SSO_PREFIX, description="SSO login decisions")


class DecisionRequestSchema(RequestSchema):
    """Who wants to come in."""

    user_name = Text(
        required=True, metadata={"description": "The userName that SCIM uses, in any case."}
    )
    email = Text(
        load_default=None,
        metadata={
            "description": "Stored with a new user; it identifies nobody, unless the organization "
            "sets login_by_email."
        },
    )
    external_id = Text(load_default=None)
    display_name = Text(load_default=None)
    mode = Choice(*Mode, load_default=Mode.CLAIM.value)
    hold = Flag(
        load_default=False,
        metadata={"description": "Whether a check keeps a free seat for the person for 120 s."},
    )
    locale = Text(
        load_default=None,
        metadata={
            "description": "The person's language for the message, as a BCP 47 tag such as fr-CA; "
            "the organization's where there is none, or no message in it."
        },
    )
    organization = Text(
        load_default=None,
        metadata={
            "description": "The id of the organization: required with a token for all "
            "organizations, and with another it can only be the token's own."
        },
    )
    request_id = Text(
        load_default=None,
        metadata={"description": "Your own reference; it is returned as it came."},
    )


class DecisionSchema(Schema):
    """The answer. Only `allow` lets the person in."""

    allow = fields.Boolean()
    reason = Choice(*LoginReason)
    claimable = fields.Boolean(metadata={"description": "Whether a claim would let the person in."})
    user_id = Text(allow_none=True)
    hold_expires_at = Instant(allow_none=True)
    message = Text(metadata={"description": "What to tell the person."})
    message_code = Text(
        metadata={"description": "Which message it is, for those who write their own."}
    )
    request_id = Text(allow_none=True)


@surface.post("/decisions")
@requires(Permission.DECIDE_LOGINS)
@surface.arguments(DecisionRequestSchema)
@surface.response(200, DecisionSchema)
def decide_login(context: Context, body: dict[str, Any]) -> Response:
    """Decide whether a person may log in, and claim a seat for a new one."""
    speaker = speaking_for_one(context, body["organization"])
    admit(speaker.organization_id)
    decision = decide(speaker, _login(body))
    answer = {**_answer(decision), "request_id": body["request_id"]}
    # As the schema says, but not by it, which takes longer: every login waits for this.
    return WholeAnswer(json_text(answer), HTTPStatus.OK, JSON_TYPE)


def _login(body: dict[str, Any]) -> Login:
    return Login(
        user_name=body["user_name"],
        email=body["email"],
        external_id=body["external_id"],
        display_name=body["display_name"],
        mode=Mode(body["mode"]),
        hold=body["hold"],
        locale=body["locale"],
    )


def _answer(decision: Decision) -> dict[str, Any]:
    held_until = decision.hold_expires_at
    return {
        "allow": decision.allow,
        "reason": decision.reason.value,
        "claimable": decision.claimable,
        "user_id": decision.user_id,
        "hold_expires_at": None if held_until is None else instant_shown(held_until),
        "message": decision.message,
        "message_code": decision.message_code,
    }
