"""Who is responsible: the question as callers put it, and the answer with its reasons."""

from datetime import date
from typing import Annotated, Any

from domain.access import Access
from domain.commands import Command, Day, RegionCode, choice
from domain.errors import Fault, InvalidInput
from domain.policy.matrix import Question, answer
from domain.policy.model import Audience, CaseCategory
from domain.policy.sentences import explained
from domain.regions.codes import padded
from domain.unit_of_work import UnitOfWork

PERMISSION = "policy:read"


class AskResponsibility(Command):
    """Where a matter would go: of a category, about somebody, in a place, on a day (today)."""

    category: Annotated[CaseCategory, choice(CaseCategory)]
    audience: Annotated[Audience, choice(Audience)] = Audience.WOMAN
    region: RegionCode | None = None  # the caller's own
    on: Day | None = None


async def responsibility(access: Access, uow: UnitOfWork, ask: AskResponsibility, today: date) -> dict[str, Any]:
    """Return the document of ``Routing``. Raises ``InvalidInput`` for a division that is none."""
    code = ask.region or access.region
    if code is None:
        raise InvalidInput(Fault("/region", "field.required"))
    on = ask.on or today
    async with uow.begin(access, PERMISSION) as work:
        if await work.region(code, today) is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        question = Question(ask.category, ask.audience, padded(code), on)
        around = await work.around(question)
    found = answer(question, around.candidates, around.default, around.offices)
    return {
        "category": question.category, "audience": question.audience, "region": code, "on": on.isoformat(),
    } | explained(found, around.laws)  # fmt: skip


__all__ = ["PERMISSION", "AskResponsibility", "responsibility"]
