"""The tokens of a filter text.

The lexer is that of scim2-filter-parser with seven patterns restated to the grammar of RFC 7644
3.4.2.2: JSON numbers and strings with escapes, literals that are whole words (so that an attribute
may be called `trueName`), and an attribute path, URN or not, as one token. Its parser is not used:
it gives `and` and `or` one precedence, and its grammar cannot be inherited.
"""

from typing import Final, NamedTuple

from scim2_filter_parser.lexer import SCIMLexer

from scim.errors import InvalidFilter

#: Everything up to a space, a bracket or a quote.
_WORD = r'[^\s()\[\]"]+'
_WORD_END = r'(?![^\s()\[\]"])'


class _Lexer(SCIMLexer):  # type: ignore[misc]  # the package carries no types
    """The package's lexer, its operators and its brackets, with our words and literals."""

    tokens = SCIMLexer.tokens
    ignore = " \t\r\n"

    FALSE = f"false{_WORD_END}"
    TRUE = f"true{_WORD_END}"
    NULL = f"null{_WORD_END}"
    NUMBER = rf"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?{_WORD_END}"
    SCHEMA_URI = rf"[a-zA-Z]+:{_WORD}"
    ATTRNAME = _WORD
    COMP_VALUE = r'"(?:[^"\\]|\\.)*"'

    def error(self, token: object) -> None:  # noqa: ARG002  # the signature is the package's
        raise InvalidFilter(
            f"The filter cannot be read from character {self.index + 1} on: "
            "a text value needs a double quote before and after it."
        )


#: Kinds of tokens that name an attribute.
NAMES: Final = frozenset({"ATTRNAME", "SCHEMA_URI"})
COMPARISONS: Final = frozenset({"EQ", "NE", "CO", "SW", "EW", "GT", "GE", "LT", "LE"})
BRACKETS: Final = frozenset({"LPAREN", "RPAREN", "LBRACKET", "RBRACKET"})
END: Final = "END"


class Token(NamedTuple):
    """A piece of the filter as it was written."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a filter, then one of kind END.

    >>> [token.kind for token in tokenize('trueName sw "a" and not (active eq true)')]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['ATTRNAME', 'SW', 'COMP_VALUE', 'AND', 'NOT', 'LPAREN', 'ATTRNAME', 'EQ', 'TRUE', 'RPAREN',
     'END']

    Raises:
        InvalidFilter: a quote is left open.
    """
    # The package rewrites some values, for instance strips quotes that an escape put there.
    tokens = [
        Token(token.type, text[token.index : token.end], token.index, token.end)
        for token in _Lexer().tokenize(text)
    ]
    tokens.append(Token(END, "", len(text), len(text)))
    return tokens
