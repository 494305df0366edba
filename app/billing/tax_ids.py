"""VAT identification numbers: format and check digits, without asking any register."""

from stdnum import vatin
from stdnum.exceptions import ValidationError

from app.errors import InvalidInput
from app.sentences import says


def parse_tax_id(text: str, *, field: str = "vat_id") -> str:
    """Return a VAT number without separators, in capitals, if its form and check digits are right.

    Greek numbers get the prefix EL, which VAT uses in place of the country's code.

    Raises:
        InvalidInput: the prefix names no country that has VAT numbers, or the number is mistyped.

    >>> parse_tax_id("fr 40 303 265 045")
    'FR40303265045'
    """
    try:
        number = vatin.validate(text)
    except ValidationError:
        raise InvalidInput(
            field,
            says(
                "%(given)s is not a valid VAT number; give it with its country prefix, "
                "such as FR40303265045, and check it for typing errors.",
                given=repr(text),
            ),
        ) from None
    return f"EL{number[2:]}" if number.startswith("GR") else number
