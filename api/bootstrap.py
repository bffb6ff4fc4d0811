"""The only place that wires: settings in, services out. Nothing else in ``api`` imports ``persistence``."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg

from api.graphql.documents import Documents
from api.graphql.endpoint import Endpoint
from api.graphql.executor import Executor, Provider
from api.graphql.limits import Limits as DocumentLimits
from api.graphql.mutations import Mutations, mutation_type
from api.graphql.registered import Registered
from api.graphql.schema import build
from api.messages import labels
from api.operations import WRITES
from api.scanning import scanner
from api.services import AnswersStatistics, Services
from api.settings import Settings
from api.statistics import Statistics
from api.writing import Writer
from auth.authentication import Authenticator
from auth.credentials import Credentials
from auth.keys import utc_now
from auth.oauth import AuthorizationServer
from auth.policy import under_break_glass
from auth.rotation import ensure_key
from auth.sign_in import SignIn
from auth.tokens import Realm
from domain.access import Access
from domain.agencies.me import me
from domain.break_glass.use_cases import note_read, opening_of
from domain.cases.desk import desk
from domain.cases.use_cases.attachments import Attached, read_attachment
from domain.errors import Conflict, NotFound
from domain.events import Origin
from domain.exports.use_cases import download_export
from domain.imports.model import RosterForm
from domain.imports.use_cases import read_report
from domain.people.commands import Determine
from domain.people.days import today
from domain.people.use_cases import explain_determination
from domain.policy.asking import PERMISSION as READ_POLICY
from domain.policy.asking import AskResponsibility, responsibility
from domain.reading import NOWHERE, row_key
from domain.view import VIEWS
from persistence.account_store import AccountStore
from persistence.auth_store import AuthStore
from persistence.auth_watch import watching
from persistence.crypto import FieldCipher, KeyRing
from persistence.engine import open_pool, open_reads, scope_settings, set_scope
from persistence.idempotency import IdempotencyKeys
from persistence.keys.ring_file import watched_cipher
from persistence.limits import RateLimits
from persistence.loading.codes import items as published
from persistence.migrate import newest
from persistence.reading.desk import PostgresDesk
from persistence.reading.reader import Reader, Witness
from persistence.sealing.proof import prove as proof_of
from persistence.searching.questions import Questions
from persistence.statistics.figures import PostgresFigures
from persistence.writing.unit_of_work import PostgresUnitOfWork


@dataclass(frozen=True, slots=True)
class Wired:
    """A running installation, as one API process sees it."""

    services: Services
    graphql: Endpoint
    authenticator: Authenticator
    authorization_server: AuthorizationServer
    sign_in: SignIn


@asynccontextmanager
async def wired(settings: Settings) -> AsyncIterator[Wired]:
    """Open what one API process needs, and close it at the end."""
    labels.learn(published())
    async with AsyncExitStack() as stack:
        pool = await open_pool(
            settings.pooled_url, role=settings.database_role, size=settings.database_pool_size,
            statement_cache=settings.database_statement_cache,
        )  # fmt: skip
        stack.push_async_callback(pool.close)
        cipher = watched_cipher(
            settings.ring_path,
            lambda: KeyRing(settings.master_key_id, settings.master_keys, settings.index_key_id),
            settings.cipher_profile,
        )
        store = AuthStore(pool, cipher)
        await ensure_key(store, Origin("cli"))
        authenticator = Authenticator(
            store, Realm(settings.issuer_url, settings.audience, settings.access_token_seconds)
        )
        await authenticator.refresh()
        direct = watching(settings.direct_url, authenticator.refresh, role=settings.database_role)
        await stack.enter_async_context(direct)
        reads = open_reads(
            settings.pooled_url, role=settings.database_role, size=settings.database_read_connections,
            statement_cache=settings.database_statement_cache,
        )  # fmt: skip
        stack.push_async_callback(reads.close)
        reader = Reader(reads, cipher.key_for("page_token").hex(), _witness(pool, cipher))
        accounts = AccountStore(
            pool, cipher, session_life=timedelta(hours=settings.session_hours),
            idle=timedelta(hours=settings.session_idle_hours),
        )  # fmt: skip
        credentials = Credentials(accounts)
        documents = Documents(build(mutation_type(WRITES)), DocumentLimits())
        writer = Writer(_units(pool, cipher, credentials, documents))
        determine, prove, responsible = _determine(pool, cipher), _prove(pool), _responsible(pool, cipher)
        waiting = _desk(pool)
        search = Questions(pool, cipher)
        counts = Statistics(PostgresFigures(pool), _summary_book)
        services = Services(
            settings=settings,
            authenticator=authenticator,
            limits=RateLimits(pool, settings.rate_per_minute, settings.rate_burst),
            idempotency=IdempotencyKeys(cipher),
            reads=reader,
            search=search,
            writer=writer,
            break_glass=_break_glass(pool, cipher),
            determine=determine,
            statistics=counts,
            prove=prove,
            desk=waiting,
            responsible=responsible,
            report=_report(pool, cipher),
            export=_export(pool, cipher),
            attachment=_attachment(pool, cipher),
            scan=scanner(settings.attachment_scanner, settings.attachment_scan_seconds),
            template=_template,
            ready=_ready(pool, authenticator),
        )
        executor = Executor(documents, reader, _providers(determine, prove, responsible, counts, waiting), search)
        mutations = Mutations(executor, WRITES, writer)
        graphql = Endpoint(executor, mutations, Registered(store), introspection=settings.introspection)
        server = AuthorizationServer(store, authenticator, accounts)
        sign_in = SignIn(store, accounts, credentials, settings.issuer_url, cipher.key_for("sign_in"))
        yield Wired(services, graphql, authenticator, server, sign_in)


def _providers(
    determine: "Determines", prove: Provider, responsible: Provider, counts: AnswersStatistics, waiting: Provider
) -> dict[str, Provider]:
    """Return what makes GraphQL's documents: the roots whose rows a use case makes."""

    async def who(access: Access, asked: Mapping[str, object]) -> object:
        del asked
        return me(access)

    async def determination(access: Access, asked: Mapping[str, object]) -> object:
        return await determine(access, asked, Origin("graphql"))

    return {
        "me": who,
        "determination": determination,
        "eventProof": prove,
        "work": waiting,
        "responsibility": responsible,
        "statistics": counts.answer,
        "statisticsSummary": counts.summary,
    }


Determines = Callable[[Access, Mapping[str, object], Origin], Awaitable[object]]


def _units(pool: asyncpg.Pool, cipher: FieldCipher, secrets: Credentials, documents: Documents) -> Any:
    def make(origin: Origin, on_begin: Any, before_commit: Any) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(
            pool, cipher, origin, on_begin=on_begin, before_commit=before_commit, secrets=secrets, documents=documents
        )

    return make


def _determine(pool: asyncpg.Pool, cipher: FieldCipher) -> Determines:
    async def determine(access: Access, asked: Mapping[str, object], origin: Origin) -> object:
        person_id = row_key(VIEWS["Person"], str(asked["person_id"]))
        if person_id == NOWHERE:
            raise NotFound
        command = Determine.model_validate({**asked, "person_id": person_id})
        found = await explain_determination(access, PostgresUnitOfWork(pool, cipher, origin), command)
        return found.model_dump(mode="json")

    return determine


def _break_glass(pool: asyncpg.Pool, cipher: FieldCipher) -> Callable[[Access, Any, Origin], Awaitable[Access]]:
    async def enter(access: Access, opening_id: Any, origin: Origin) -> Access:
        """Return what is left of an access for a request that names an opening of the caller's."""
        uow = PostgresUnitOfWork(pool, cipher, origin)
        return under_break_glass(access, await opening_of(access, uow, opening_id, origin))

    return enter


def _witness(pool: asyncpg.Pool, cipher: FieldCipher) -> Witness:
    async def note(access: Access, views: Sequence[str]) -> None:
        origin = access.opening.origin if access.opening else None
        await note_read(access, PostgresUnitOfWork(pool, cipher, origin), views)

    return note


def _prove(pool: asyncpg.Pool) -> Provider:
    async def prove(access: Access, asked: Mapping[str, object]) -> object:
        """Return the inclusion proof of an event the caller sees. Raises ``Conflict`` while it is not sealed."""
        scope = scope_settings(access, "events:read")
        async with pool.acquire() as connection, connection.transaction(readonly=True):
            await set_scope(connection, scope)
            try:
                found = await proof_of(connection, row_key(VIEWS["Event"], str(asked["id"])))
            except LookupError:
                raise NotFound from None
        if found is None:
            raise Conflict("event.not_sealed")
        return found

    return prove


def _responsible(pool: asyncpg.Pool, cipher: FieldCipher) -> Provider:
    async def responsible(access: Access, asked: Mapping[str, object]) -> object:
        """Say who is responsible for a matter; whoever may not ask is told so before what was wrong."""
        access.grant(READ_POLICY)
        ask = AskResponsibility.model_validate(asked)
        return await responsibility(access, PostgresUnitOfWork(pool, cipher), ask, today())

    return responsible


def _desk(pool: asyncpg.Pool) -> Provider:
    async def waiting(access: Access, asked: Mapping[str, object]) -> object:
        del asked
        return await desk(access, PostgresDesk(pool))

    return waiting


def _report(pool: asyncpg.Pool, cipher: FieldCipher) -> Callable[[Access, UUID], Awaitable[bytes]]:
    async def report(access: Access, operation_id: UUID) -> bytes:
        return await read_report(access, PostgresUnitOfWork(pool, cipher), operation_id)

    return report


def _export(pool: asyncpg.Pool, cipher: FieldCipher) -> Callable[[Access, Any, Origin], Awaitable[bytes]]:
    async def export(access: Access, operation_id: Any, origin: Origin) -> bytes:
        return await download_export(access, PostgresUnitOfWork(pool, cipher, origin), operation_id)

    return export


def _attachment(pool: asyncpg.Pool, cipher: FieldCipher) -> Callable[[Access, UUID, Origin], Awaitable[Attached]]:
    async def attachment(access: Access, attachment_id: UUID, origin: Origin) -> Attached:
        return await read_attachment(access, PostgresUnitOfWork(pool, cipher, origin), attachment_id)

    return attachment


def _summary_book(content: Mapping[str, Any]) -> bytes:
    from persistence.sheets.summary import build_summary

    return build_summary(content)


@cache
def _blank(form: RosterForm) -> bytes:
    from persistence.sheets.templates import build_template

    return build_template(form)


async def _template(form: RosterForm) -> bytes:
    """Return a blank form, made once."""
    return await asyncio.to_thread(_blank, form)


def _ready(pool: asyncpg.Pool, authenticator: Authenticator) -> Callable[[], Awaitable[dict[str, str]]]:
    async def ready() -> dict[str, str]:
        """Return each part's state, ``ok`` or what is wrong, without any detail that is a secret."""
        states = dict.fromkeys(("database", "migrations", "keys", "queue"), "ok")
        try:
            async with pool.acquire(timeout=2) as connection:
                revision = await connection.fetchval("SELECT version_num FROM alembic_version")
                queue = await connection.fetchval("SELECT to_regclass('pgqueuer') IS NOT NULL")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return states | {"database": "unreachable"}
        if revision != newest():
            states["migrations"] = "behind"
        if authenticator.keys.signing(utc_now()) is None:
            states["keys"] = "missing"
        if not queue:
            states["queue"] = "missing"
        return states

    return ready
