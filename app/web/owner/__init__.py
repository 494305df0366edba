"""`/owner/v1`: what an organization's owners see and buy, a module for each noun.

Each module holds the schemas of its requests and answers, which check them and are the OpenAPI
document, then its views.
"""

from app.web.owner import (
    alerts,
    audit_events,
    books,
    contract,
    denials,
    exchanges,
    exports,
    forecast,
    identity_mismatches,
    invoices,
    mail,
    members,
    owners,
    preflight,
    purchases,
    seats,
    settings,
    sign_in,
    tokens,
    why,
)
from app.web.owner.surface import surface

__all__ = [
    "alerts",
    "audit_events",
    "books",
    "contract",
    "denials",
    "exchanges",
    "exports",
    "forecast",
    "identity_mismatches",
    "invoices",
    "mail",
    "members",
    "owners",
    "preflight",
    "purchases",
    "seats",
    "settings",
    "sign_in",
    "surface",
    "tokens",
    "why",
]
