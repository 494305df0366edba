"""From a PatchOp message to operations (RFC 7644 3.5.2).

What a client can say in several ways becomes one here: an object without a path, at an extension or
at a complex attribute is taken apart into one operation per attribute or sub-attribute. So `apply`
sees a path and one value for it, and a null inside an object clears just that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from scim import paths, urns
from scim.attributes import Attribute, Mutability, Schema, Type
from scim.errors import InvalidSyntax, InvalidValue, NoTarget, TooMany
from scim.errors import Mutability as MutabilityError
from scim.faults import REFUSE, Faults
from scim.filters import OneOf, clause_count
from scim.folding import fold
from scim.known import check_attribute, check_names, check_unknown
from scim.patch.budget import READING_STEPS, Budget
from scim.paths import Path
from scim.resource_types import AttributePath, ResourceType
from scim.values import check_named, check_required, names_nothing, parse_element, parse_value

OPERATIONS_MAX: Final = 1_000


class Op(StrEnum):
    """What an operation does."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True)
class Operation:
    """One change at one path.

    `value` is canonical: a list at a multi-valued attribute without a filter, else one element.
    None clears the target. At a read-only attribute it is as sent, to be compared.
    """

    op: Op
    path: Path
    value: object | None = None


def parse_patch(
    resource_type: ResourceType,
    message: object,
    faults: Faults = REFUSE,
    *,
    strict: bool = False,
    budget: Budget | None = None,
) -> tuple[Operation, ...]:
    """Parse a PatchOp message.

    Attributes that no schema defines are dropped from objects, as in a POST; a path must be right.

    Raises:
        InvalidSyntax: the message is not a PatchOp, or in strict mode a value names what no schema
            defines.
        TooMany: it has more than 1,000 operations, or takes more steps than the budget of the
            request has left.
        InvalidPath: a path is malformed or names an unknown attribute.
        InvalidFilter: a path's filter is malformed.
        InvalidValue: a value is missing or not of its attribute's type.
        Mutability: an operation would remove what is required or read-only.
        NoTarget: a remove has no path.
    """
    body = _members(message, "A PATCH body")
    schemas = body.get("schemas")
    if not isinstance(schemas, list) or urns.PATCH_OP.lower() not in {
        str(urn).lower() for urn in schemas
    }:
        raise InvalidSyntax(f'The "schemas" of a PATCH body must be ["{urns.PATCH_OP}"].')
    operations = body.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax('The "Operations" of a PATCH body must be an array of operations.')
    if len(operations) > OPERATIONS_MAX:
        raise TooMany(f"A PATCH can have at most {OPERATIONS_MAX:,} operations; send several.")
    places = _Places(resource_type, Budget() if budget is None else budget)
    reader = _Reader(resource_type, places, faults, strict)
    return tuple(operation for item in operations for operation in reader.read(item))


def _members(value: object, name: str) -> dict[str, object]:
    """Return an object with its keys in lower case: they compare without case (RFC 7643 2.1)."""
    if not isinstance(value, dict):
        raise InvalidSyntax(f"{name} must be a JSON object.")
    return {key.lower(): member for key, member in value.items()}


class _Places:
    """Reads the paths of one request, equal ones once."""

    def __init__(self, resource_type: ResourceType, budget: Budget) -> None:
        self._resource_type, self._budget = resource_type, budget
        self._read: dict[str, Path | Schema] = budget.paths.setdefault(id(resource_type), {})

    def at(self, path: object) -> Path | Schema | None:
        match path:
            case None:
                return None
            case str():
                return self._read.get(path) or self._new(path)
            case _:
                raise InvalidSyntax('The "path" of an operation must be a string.')

    def _new(self, text: str) -> Path | Schema:
        found = self._read[text] = paths.parse(self._resource_type, text)
        if isinstance(found, Path) and found.filter is not None:
            self._budget.spend(READING_STEPS * clause_count(found.filter))
        return found


@dataclass(frozen=True)
class _Reader:
    """Reads the operations of one message; what is faulty in them goes to `faults`."""

    resource_type: ResourceType
    places: _Places
    faults: Faults
    strict: bool

    def read(self, item: object) -> Iterator[Operation]:
        """Yield what an item of the message asks for."""
        path = item.get("path") if isinstance(item, dict) else None
        with self.faults.part(path if isinstance(path, str) else ""):
            body = _members(item, "A PATCH operation")
            op = _parse_op(body.get("op"))
            target = self.places.at(body.get("path"))
            if op is Op.REMOVE:
                yield from _removals(target, body.get("value"))
            elif "value" not in body:
                raise InvalidValue(f'"{op}" needs a "value".')
            else:
                yield from self._assignments(op, target, body["value"])

    def _assignments(
        self, op: Op, target: Path | Schema | None, value: object
    ) -> Iterator[Operation]:
        match target:
            case Path():
                check_names(self.resource_type, target.target, value, strict=self.strict)
                yield from tuple(_assignments(op, target, value))
            case Schema():
                yield from self._in_extension(op, target, value)
            case None:
                yield from self._in_resource(op, value)

    def _in_resource(self, op: Op, value: object) -> Iterator[Operation]:
        if not isinstance(value, dict):
            raise InvalidValue(
                f'"{op}" without a "path" needs an object of attributes as its "value".'
            )
        for key, member in value.items():
            with self.faults.part(key):
                yield from self._member(op, key, member)

    def _member(self, op: Op, key: str, value: object) -> Iterator[Operation]:
        attribute = self.resource_type.attribute(key)
        if attribute is None:
            check_unknown(self.resource_type, key, value, strict=self.strict)
            if extension := self.resource_type.extension(key):
                yield from self._in_extension(op, extension, value)
            return
        check_attribute(self.resource_type, attribute, value, strict=self.strict)
        if attribute.name == "id":
            yield Operation(op, Path(None, attribute), value)
        else:
            yield from _member_assignments(op, None, attribute, value)

    def _in_extension(self, op: Op, extension: Schema, value: object) -> Iterator[Operation]:
        match value:
            case None:
                yield from () if op is Op.ADD else _removals(extension, None)
            case dict():
                check_names(self.resource_type, extension, value, strict=self.strict)
                for key, member in value.items():
                    with self.faults.part(f"{extension.id}:{key}"):
                        attribute = extension.attribute(key)
                        yield from _member_assignments(op, extension, attribute, member)
            case _:
                raise InvalidValue(f"{extension.id} must be an object of attributes.")


def _parse_op(op: object) -> Op:
    try:
        return Op(str(op).lower())
    except ValueError:
        raise InvalidSyntax('The "op" of an operation must be add, remove or replace.') from None


def _member_assignments(
    op: Op, schema: Schema | None, attribute: Attribute | None, value: object
) -> tuple[Operation, ...]:
    """Return the assignments of one member of an object: all of them, or an error.

    Read-only values are passed over: clients send back whole resources that they read from us.
    """
    if attribute is None or attribute.mutability is Mutability.READ_ONLY:
        return ()
    return tuple(_assignments(op, Path(schema, attribute), value))


def _assignments(op: Op, path: Path, value: object) -> Iterator[Operation]:
    target = path.target
    if path.attribute.name == "schemas":
        return  # They follow from the data.
    if Mutability.READ_ONLY in (path.attribute.mutability, target.mutability):
        yield Operation(op, path, value)
    elif names_nothing(target, value) and not path.several:
        return
    elif target.type is Type.COMPLEX and not target.multi_valued and isinstance(value, dict):
        yield from _sub_attribute_assignments(op, path, value)
    else:
        yield from _assignment(op, path, value)


def _assignment(op: Op, path: Path, value: object) -> Iterator[Operation]:
    target = path.target
    parsed = (parse_value if path.several else parse_element)(target, value, path.name)
    if parsed is None and op is Op.ADD:
        return  # To add nothing changes nothing (RFC 7644 3.5.2.1).
    if parsed is None and isinstance(value, list):
        _check_elements(target, value, path.name)
    if target.required:
        check_required((target,), {target.name: parsed}, path.name.removesuffix(target.name))
    if target.mutability is Mutability.WRITE_ONLY:
        return  # Such a value is checked, never kept.
    if parsed is None and isinstance(value, dict):
        parsed = {}  # It names sub-attributes to clear: the element itself stays.
    yield Operation(op, path, parsed)


def _check_elements(attribute: Attribute, elements: list[object], name: str) -> None:
    """Refuse a list of nothing: only an empty list says that there shall be no values."""
    if any(element is None or names_nothing(attribute, element) for element in elements):
        raise InvalidValue(f"An element of {name} holds no value; send [] to have none.")


def _sub_attribute_assignments(
    op: Op, path: Path, values: Mapping[str, object]
) -> Iterator[Operation]:
    keyed = {key.lower(): value for key, value in values.items()}
    # In the order of the schema, so that a new `value` comes before the `$ref` sent with it.
    for key, sub_attribute in path.attribute.sub_attributes_by_key.items():
        if key in keyed and sub_attribute.mutability is not Mutability.READ_ONLY:
            yield from _assignments(op, replace(path, sub_attribute=sub_attribute), keyed[key])


def _removals(path: Path | Schema | None, value: object) -> Iterator[Operation]:
    match path:
        case None:
            raise NoTarget('"remove" needs a "path" that says what to remove.')
        case Schema():
            # Whatever is required of an extension is so only where there is one.
            for attribute in path.attributes:
                if attribute.mutability in (Mutability.READ_WRITE, Mutability.IMMUTABLE):
                    yield Operation(Op.REMOVE, Path(path, attribute))
        case Path(target=target):
            _check_removable(path)
            if target.mutability is not Mutability.WRITE_ONLY:
                yield Operation(Op.REMOVE, _narrowed(path, value))


def _check_removable(path: Path) -> None:
    target = path.target
    if target.required and not (path.filter and target is path.attribute):
        raise MutabilityError(f"{path.name} is required and cannot be removed.")
    for attribute in (path.attribute, target):
        if attribute.mutability in {Mutability.READ_ONLY, Mutability.IMMUTABLE}:
            raise MutabilityError(f"{path.name} is {attribute.mutability} and cannot be removed.")


def _narrowed(path: Path, value: object) -> Path:
    """Return a path to just the listed elements, when a remove lists them in its value.

    The RFC gives `value` no meaning here, but for some clients "remove members, value: [x]" means
    x, and emptying the attribute would be far from what was asked.
    """
    attribute = path.attribute
    if value is None or path.filter or path.sub_attribute or not attribute.multi_valued:
        return path
    sub_attribute = attribute.sub_attribute("value")
    if attribute.type is Type.COMPLEX and sub_attribute is None:
        raise InvalidValue(f"Use a filter in the path to say which {path.name} to remove.")
    check_named(value, path.name)
    parsed = parse_value(attribute, value, path.name)
    elements = parsed if isinstance(parsed, list) else []
    texts = [str(element["value"] if sub_attribute else element) for element in elements]
    case_exact = (sub_attribute or attribute).case_exact
    wanted = frozenset(texts if case_exact else map(fold, texts))
    target = AttributePath(path.schema, attribute, sub_attribute)
    return replace(path, filter=OneOf(target, wanted))
