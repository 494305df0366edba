"""A request for seats: what was asked, what it costs today, and the answer."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing import seat_requests
from app.billing.proposals import proposal_for
from app.billing.quoting import QuoteRequest
from app.billing.seat_request_lookups import answerable
from app.errors import RequestOver
from app.web.console.addresses import go
from app.web.console.forms import written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext
from app.web.context import seatgate


@blueprint.get("/<organization_id>/seats/requests/<request_id>")
@page(Permission.READ_SEATS)
def show_seat_request(context: Context, request_id: str) -> Response:
    """Show a request to those who may answer it, and to who asked."""
    known = answerable(context, request_id)
    return render(
        "seat_request.html",
        known=known,
        asked=known.request,
        sees_people=context.may(Permission.READ_PEOPLE),
        sees_purchases=context.may(Permission.READ_BILLING),
    )


@blueprint.get("/<organization_id>/seats/requests/<request_id>/proposal.pdf")
@page(Permission.READ_SEATS)
def show_proposal(context: Context, request_id: str) -> Response:
    """Send today's price and those of the next days as a PDF, to those who may see prices."""
    from app.billing.invoices.proposal_pdf import proposal_pdf  # costs time and memory elsewhere

    proposal = proposal_for(context, answerable(context, request_id))
    headers = {"Content-Disposition": f'inline; filename="{request_id}.pdf"'}
    return Response(proposal_pdf(proposal), headers=headers, mimetype="application/pdf")


@blueprint.post("/<organization_id>/seats/requests/<request_id>")
@page(Permission.READ_SEATS)
def answer_request(context: Context, request_id: str) -> Response:
    """Make today's quote and lead to its review, or decline."""
    known = answerable(context, request_id)
    try:
        if written("action") == "decline":
            seat_requests.decline_request(context, request_id)
            leave_note(gettext("The request is declined. Nothing was bought."))
            return go("console.show_seat_request", request_id=request_id)
        most = seatgate().config.quote_quantity_max
        wanted = QuoteRequest(
            known.request.quantity, known.request.purchase_order, quantity_max=most
        )
        quote = seat_requests.answer_with_quote(context, request_id, wanted)
    except RequestOver:
        return go("console.show_seat_request", request_id=request_id)
    return go("console.show_review", quote_id=quote.id)
