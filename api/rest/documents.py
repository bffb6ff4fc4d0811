"""Documents that a use case makes and a view declares: who am I, why is she left behind."""

from api.door import Caller
from api.rest.parameters import boolean, day, given, unknown
from api.rest.reads import Found, read_document
from api.services import Services
from domain.access import Access
from domain.agencies.me import me
from domain.policy.asking import AskResponsibility
from domain.statistics.questions import AskStatistics
from domain.view import VIEWS


async def read_me(services: Services, caller: Caller, query: bytes) -> Found:
    """Return what the service takes the caller to be."""
    unknown(given(query))
    return await read_document(services.reads, caller.access, VIEWS["Me"], me(caller.access))


async def read_statistics(services: Services, caller: Caller, query: bytes) -> Found:
    """Return counts of the ledger."""
    return await counted(services, caller.access, query)


async def counted(services: Services, access: Access, query: bytes) -> Found:
    """Return counts of the ledger for whoever has a grant, with a token or without."""
    content = await services.statistics.answer(access, statistics_asked(query))
    return await read_document(services.reads, access, VIEWS["Statistics"], content)


def statistics_asked(query: bytes) -> dict[str, object]:
    """Return a question about the figures as its parameters say; lists are comma-separated."""
    rest = given(query)
    asked: dict[str, object] = {name: rest.pop(name) for name in AskStatistics.model_fields if name in rest}
    unknown(rest)
    if "group_by" in asked:
        asked["group_by"] = str(asked["group_by"]).split(",")
    if "left_behind" in asked:
        asked["left_behind"] = boolean(str(asked["left_behind"]), "/left_behind")
    return asked


async def read_responsibility(services: Services, caller: Caller, query: bytes) -> Found:
    """Return who is responsible for a matter, and why."""
    rest = given(query)
    asked: dict[str, object] = {name: rest.pop(name) for name in AskResponsibility.model_fields if name in rest}
    unknown(rest)
    content = await services.responsible(caller.access, asked)
    return await read_document(services.reads, caller.access, VIEWS["Routing"], content)


async def read_work(services: Services, caller: Caller, query: bytes) -> Found:
    """Return what waits on the caller's desk."""
    unknown(given(query))
    content = await services.desk(caller.access, {})
    return await read_document(services.reads, caller.access, VIEWS["Desk"], content)


async def read_proof(services: Services, caller: Caller, key: str, query: bytes) -> Found:
    """Return the proof that an event is sealed."""
    unknown(given(query))
    content = await services.prove(caller.access, {"id": key})
    return await read_document(services.reads, caller.access, VIEWS["EventProof"], content)


async def read_determination(services: Services, caller: Caller, key: str, query: bytes) -> Found:
    """Return the determination of a person on a day, explained."""
    rest = given(query)
    as_of = rest.pop("as_of", None)
    unknown(rest)
    asked: dict[str, object] = {"person_id": key, "as_of": day(as_of, "/as_of") if as_of is not None else None}
    content = await services.determine(caller.access, asked, caller.origin)
    return await read_document(services.reads, caller.access, VIEWS["Determination"], content)
