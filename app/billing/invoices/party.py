"""The seller and the buyer as invoices name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller or the buyer; an empty text is a particular that was not given.

    `country` is an ISO 3166 code, and an electronic address `SCHEME:ADDRESS` with a scheme of the
    list EAS. The bank's particulars, those of the register and the terms of payment are the
    seller's only; the reference, and the number that the seller's systems have for the customer,
    are the buyer's only.
    """

    legal_name: str = ""
    address_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""
    siren: str = ""
    registration: str = ""
    electronic_address: str = ""
    buyer_reference: str = ""
    email: str = ""
    legal_form: str = ""
    share_capital: str = ""
    #: The city of the register of companies (RCS), whose number is the SIREN.
    rcs_city: str = ""
    #: The address of the registered office, where the invoice's address is another.
    registered_office: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    #: A year's rate of a late payment: percent, or `ECB+` and points.
    late_rate: str = ""
    #: The seller's own words of a term of payment, in place of the usual ones.
    late_penalties: str = ""
    recovery_costs: str = ""
    early_payment: str = ""
    #: `yes` where the tax is due when it is invoiced, not when it is paid.
    vat_on_debits: str = ""
    customer_number: str = ""

    @property
    def has_address(self) -> bool:
        """Whether a letter would arrive."""
        return all((any(self.address_lines), self.city, self.country))

    @property
    def electronic_scheme(self) -> str:
        """The scheme of the electronic address, such as 0225, or ""."""
        return self.electronic_address.partition(":")[0]

    @property
    def electronic_identifier(self) -> str:
        """The electronic address within its scheme, or ""."""
        return self.electronic_address.partition(":")[2]


def party_of(particulars: dict[str, object]) -> Party:
    """Return a party from its stored particulars."""
    known = {**particulars, "address_lines": tuple(particulars.get("address_lines", ()))}  # type: ignore[arg-type]  # a list in JSON
    return Party(**known)  # type: ignore[arg-type]  # written by `organizations` from a Party
