"""The same people in both servers, loaded by Bulk into the product.

Of a hundred people, one is in no group.
"""

import json

from scim import urns
from tests.benchmarks import floor
from tests.benchmarks.asking import Person, Request, Subject, document_of
from tests.benchmarks.servers import Measured

#: How many operations a Bulk has, and how many members a PATCH adds.
BATCH = 500
GROUP = {"schemas": [urns.GROUP], "displayName": "Everyone"}


def fill(product: Measured, ground: Measured, size: int) -> None:
    """Load both servers with people until they have so many."""
    have = len(product.subject.population.people)
    for start in range(have, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        fill_product(product.subject, numbers)
        _fill_floor(ground, numbers)
    for measured in (product, ground):
        measured.subject.population.size = size


def fill_product(subject: Subject, numbers: range) -> None:
    """Load the people of these numbers by Bulk, and put them into the group."""
    population = subject.population
    if not population.group_id:
        made = json.loads(subject.ask(Request("POST", "/scim/v2/Groups", GROUP, 201)))
        population.group_id = made["id"]
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": str(number), "data": document_of(number)}
        for number in numbers
    ]
    bulk = {"schemas": [urns.BULK_REQUEST], "Operations": operations}
    results = json.loads(subject.ask(Request("POST", "/scim/v2/Bulk", bulk)))["Operations"]
    new = [Person(each["location"].rpartition("/")[2], int(each["bulkId"])) for each in results]
    population.people += new
    members = [{"value": person.id} for person in new if person.number % 100]
    operation = {"op": "add", "path": "members", "value": members}
    body = {"schemas": [urns.PATCH_OP], "Operations": [operation]}
    subject.ask(Request("PATCH", f"/scim/v2/Groups/{population.group_id}", body, 204))


def _fill_floor(ground: Measured, numbers: range) -> None:
    population, store = ground.subject.population, floor.Store(ground.server.file)
    address = f"{ground.server.url}/scim/v2/Users"
    with store.writing() as connection_:
        if not population.group_id:
            group = floor.stored(GROUP, address)
            population.group_id = group["id"]
            connection_.execute(floor.INSERT_GROUP, (group["id"], "everyone", floor.write(group)))
        rows = [floor.row_of(floor.stored(document_of(number), address)) for number in numbers]
        connection_.executemany(floor.INSERT_USER, rows)
        new = [Person(row[0], number) for row, number in zip(rows, numbers, strict=True)]
        population.people += new
        members = [(population.group_id, each.id) for each in new if each.number % 100]
        connection_.executemany(floor.INSERT_MEMBER, members)
    store.connection.close()
