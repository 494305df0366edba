"""Who held a seat when a term ended: the evidence for what the next one is invoiced."""

from peewee import ModelSelect, Value

from app.models import ContractTerm, RenewalHolder, SeatAssignment


def keep_evidence(held: "ModelSelect[SeatAssignment]", term: ContractTerm) -> None:
    """Keep who held a seat, for which the term's invoice answers. Call inside a transaction."""
    holders = held.select(
        SeatAssignment.organization_id,
        Value(term.contract_id),
        Value(term.number),
        SeatAssignment.id,
        SeatAssignment.user_id,
    )
    RenewalHolder.insert_from(
        holders,
        [
            RenewalHolder.organization_id,
            RenewalHolder.contract_id,
            RenewalHolder.term_number,
            RenewalHolder.assignment_id,
            RenewalHolder.user_id,
        ],
    ).execute()
