"""Setting the parameters of the determination for a region, from a day on."""

from typing import Final

from domain.access import Access
from domain.errors import Fault, InvalidInput
from domain.events import Event
from domain.people.commands import AdoptRules
from domain.people.facts import RuleParameters
from domain.unit_of_work import Saved, UnitOfWork

WRITE: Final = "rules:write"


async def adopt_rules(access: Access, uow: UnitOfWork, command: AdoptRules) -> Saved:
    """Put a rule set into force for a region, or everywhere; what it does not name keeps the default.

    It begins today or later: statuses already decided stay as they were decided. The nightly review
    decides anew from its first day on.
    """
    async with uow.begin(access, WRITE) as work:
        if command.valid_from < work.today:
            raise InvalidInput(Fault("/valid_from", "rules.past"))
        region = 0
        if command.region is not None:
            found = await work.region(command.region, work.today)
            if found is None:
                raise InvalidInput(Fault("/region", "region.unknown"))
            region = found
        # All of them, not only those named: a row says everything it decides by.
        parameters = RuleParameters(**command.parameters.given()).model_dump(mode="json")
        row = await work.insert(
            "rule_set",
            {
                "region_code": region,
                "valid_from": command.valid_from,
                "source": command.source,
                "parameters": parameters,
            },
        )
        named = sorted(command.parameters.model_fields_set)
        await work.append(Event("rule_set.adopted", "rule_set", row["id"], region or None, data={"changed": named}))
        return await work.commit(Saved("rule_set", row["id"], 1))
