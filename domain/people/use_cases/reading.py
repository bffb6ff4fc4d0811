"""The two reads that are decisions: a reveal, logged before release, and an explained determination."""

from typing import Final

from domain.access import Access, FieldClass, Sight
from domain.errors import Fault, Forbidden, InvalidInput
from domain.people.commands import Determine, Reveal
from domain.people.determination import determine
from domain.people.reasons import Explanation, explain
from domain.people.use_cases.consequences import event_of
from domain.unit_of_work import UnitOfWork

FIELDS: Final = {
    "identity_number": FieldClass.IDENTITY,
    "phone": FieldClass.CONTACT,
    "address": FieldClass.CONTACT,
}


async def reveal(access: Access, uow: UnitOfWork, command: Reveal) -> dict[str, str | None]:
    """Return full secrets of a person, once the log durably says who saw them and why.

    A field whose class the caller sees not even masked is refused, the whole request with it.
    """
    fields = list(dict.fromkeys(command.fields or FIELDS))
    clearance = access.grant("people:reveal").clearance
    for name in fields:
        if clearance.sight(FIELDS[name]) is Sight.NONE:
            raise Forbidden("access.field", field=name)
    async with uow.begin(access, "people:reveal") as work:
        person = await work.load("person", command.person_id, lock=False)
        found = await work.reveal("person", person, fields)
        event = event_of("person.revealed", person, subject=person["id"], purpose=command.purpose, fields=fields)
        await work.append(event)
        return await work.commit(found)


async def explain_determination(access: Access, uow: UnitOfWork, command: Determine) -> Explanation:
    """Return what a person's determination is on a day, and why; nothing is written.

    Raises ``InvalidInput`` (``rules.none_yet``) for a day before the first rules: nobody was determined then.
    """
    async with uow.begin(access, "people:read") as work:
        person = await work.load("person", command.person_id, lock=False)
        as_of = command.as_of or work.today
        async with work.as_system():
            facts = await work.facts([person["id"]], as_of)
            try:
                rules = await work.rules(person["region_code"], as_of)
            except LookupError:
                raise InvalidInput(Fault("/as_of", "rules.none_yet")) from None
        found = determine(facts[person["id"]][1], as_of, rules.parameters) if facts else ()
        return explain(person["id"], as_of, rules, found)
