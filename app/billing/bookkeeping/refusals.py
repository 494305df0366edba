"""What books lack: the seller has not entered something that they are kept on."""

from app.errors import BillingError


class AccountsMissing(BillingError):
    """The seller has not entered the accounts that entries are booked on."""

    code = "accounts_missing"


class EuroRateMissing(BillingError):
    """An amount is wanted in euros, and no rate of its currency is known for its day."""

    code = "euro_rate_missing"
