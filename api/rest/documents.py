"""Documents that a use case makes and a view declares: who am I, why is she left behind."""

from api.door import Caller
from api.rest.parameters import day, given, unknown
from api.rest.reads import Found, read_document
from api.services import Services
from domain.agencies.me import me
from domain.view import VIEWS


async def read_me(services: Services, caller: Caller, query: bytes) -> Found:
    """Return what the service takes the caller to be."""
    unknown(given(query))
    return await read_document(services.reads, caller.access, VIEWS["Me"], me(caller.access))


async def read_determination(services: Services, caller: Caller, key: str, query: bytes) -> Found:
    """Return the determination of a person on a day, explained."""
    rest = given(query)
    as_of = rest.pop("as_of", None)
    unknown(rest)
    asked: dict[str, object] = {"person_id": key, "as_of": day(as_of, "/as_of") if as_of is not None else None}
    content = await services.determine(caller.access, asked, caller.origin)
    return await read_document(services.reads, caller.access, VIEWS["Determination"], content)
