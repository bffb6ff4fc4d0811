"""The command line: ``python -m api.cli --help``."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli import backups, casework, masters, policies, seals, statistics
from api.cli.console import UNUSABLE, give_up, progress, say, settings_or_exit
from api.cli.reaching import on_database
from api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

app = typer.Typer(
    name="shouwang",
    help="守望：农村留守妇女、儿童、老年人关爱服务接口。设置取自环境变量 SHOUWANG_*，见 api/settings.py。\n\n"
    "Shouwang, the API of care services for rural left-behind people. Settings come from SHOUWANG_* variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # the log has the last word (__main__): no local variables, no text of the error
    rich_markup_mode="markdown",
)
regions = typer.Typer(help="行政区划 / administrative divisions.", no_args_is_help=True)
keys = typer.Typer(help="密钥：令牌签名、字段加密 / the keys that sign tokens and seal fields.", no_args_is_help=True)
agencies = typer.Typer(help="机构 / agencies.", no_args_is_help=True)
accounts = typer.Typer(help="账号 / accounts of staff.", no_args_is_help=True)
clients = typer.Typer(help="接入方 / OAuth2 clients.", no_args_is_help=True)
app.add_typer(regions, name="regions")
app.add_typer(keys, name="keys")
app.add_typer(agencies, name="agency")
app.add_typer(accounts, name="account")
app.add_typer(clients, name="client")
app.add_typer(statistics.app, name="statistics")
app.add_typer(policies.app, name="policy")
app.add_typer(casework.app, name="cases")
app.add_typer(seals.app, name="seal")
backups.register(app)
masters.register(keys)


@app.command()
def serve(
    jobs: Annotated[bool, typer.Option(help="Also run the job process.")] = True,
) -> None:
    """启动全部：数据库、接口、后台任务 / Start everything; Ctrl-C stops everything.

    Without DATABASE_URL a demo installation runs its own PostgreSQL under `.shouwang/`; with it,
    that server is used. HOST and PORT say where to listen (127.0.0.1:8000).
    """
    from api.cli import serving
    from api.cli.preparing import PreparationFailed, SchemaBehind, prepare
    from api.embedded import EmbeddedFailed
    from api.logging import configure
    from api.processes import PARENT_VARIABLE, AlreadyRunning, ChildFailed, PortTaken, end_with_parent

    if PARENT_VARIABLE in os.environ:
        end_with_parent()  # make, which would leave us behind when it is killed
    settings = settings_or_exit()
    configure(settings.log_level, settings.log_format)
    try:
        asyncio.run(serving.serve(settings, prepare, jobs=jobs))
    except PortTaken as error:
        give_up(
            f"端口已被占用：{error}。换一个端口：make serve PORT={settings.port + 1}",
            f"port taken: {error}; try PORT={settings.port + 1}",
        )
    except AlreadyRunning as error:
        give_up(f"已在此目录运行（{error}）。先停止它 / already running here ({error}): stop it first")
    except SchemaBehind as error:
        give_up(
            f"数据库结构不是最新（{error}），先运行 / database schema is not the newest, first run: shouwang migrate",
            code=UNUSABLE,
        )
    except PreparationFailed:
        give_up("数据库准备失败，原因见上 / the database could not be prepared; the reason stands above")
    except EmbeddedFailed as error:
        give_up(str(error))
    except ChildFailed as error:
        give_up(f"进程无法运行，原因见上 / a process does not stay up, the reason stands above: {error}")


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="Revision to upgrade to.")] = "head",
) -> None:
    """升级数据库结构、代码表和政策文件 / Upgrade schema, code lists and policy documents.

    As the owner: SHOUWANG_DATABASE_OWNER_URL.
    """
    from api.cli.preparing import load_code_lists, load_policy_documents
    from persistence.migrate import migrate as upgrade

    async def work(known: Settings) -> None:
        await upgrade(known.owner_url, revision)
        if revision == "head":
            await load_code_lists(known)
            await load_policy_documents(known)

    on_database(work)
    say.print("数据库结构已是最新 / schema upgraded")


@app.command()
def worker() -> None:
    """运行后台任务进程 / Run the job process: imports, daily determinations, upkeep; SIGTERM ends it in order."""
    from api.processes import end_with_parent

    end_with_parent()
    from api.cli.admin import access_now, rotation_of
    from api.cli.keyring import cipher_of
    from api.logging import configure
    from persistence.jobs.worker import Sealing, run_worker

    settings = settings_or_exit()
    configure(settings.log_level, settings.log_format)
    grace = float(settings.shutdown_seconds)
    cipher, daily = cipher_of(settings), {"signing_keys": rotation_of(settings)}
    role, sealing = settings.database_role, Sealing(settings.roots_file, settings.seal_seconds)
    working = run_worker(
        settings.direct_url, cipher, role=role, grace=grace, also_daily=daily, access_now=access_now, sealing=sealing
    )
    asyncio.run(working)


@app.command()
def prepare() -> None:
    """准备演示数据库 / Bring a demo database up: schema, divisions, code lists, demo county.

    `serve` does this by itself when something is missing or newer.
    """
    from api.cli.preparing import bring_up
    from api.processes import end_with_parent

    end_with_parent()
    settings = settings_or_exit()
    if not settings.demo:
        give_up(
            "仅限演示模式 / demo mode only (SHOUWANG_MODE=demo); in production: migrate, regions load", code=UNUSABLE
        )
    asyncio.run(bring_up(settings))


@app.command()
def demo() -> None:
    """载入演示县 / Load the invented demo county into DATABASE_URL and write .shouwang/demo-callers.json.

    Only in demo mode, and only into a database that holds nobody; where the county is there already,
    the callers get new secrets.
    """
    from api.cli.preparing import load_demo_county
    from persistence.demo.load import NotEmpty

    settings = settings_or_exit()
    if not settings.demo:
        give_up("演示数据只在演示模式载入 / demo data is loaded in demo mode only (SHOUWANG_MODE=demo)", code=UNUSABLE)
    try:
        asyncio.run(load_demo_county(settings))
    except NotEmpty:
        give_up("数据库中已有真实人员，不载入演示数据 / the database holds people already")
    except LookupError:
        give_up("先载入行政区划 / load the divisions first: shouwang regions load")
    say.print(f"演示县已载入 / demo county loaded: {settings.data_dir}/demo-callers.json")


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="A name of the table that `serve` prints.")],
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "",
) -> None:
    """打印一个新令牌 / Print a fresh access token of a demo caller: TOKEN=$(make token NAME=village_worker)."""
    settings = settings_or_exit(calling=True)
    print(fresh_token(settings, name, url.rstrip("/") or settings.issuer_url))  # noqa: T201 - the result


def fresh_token(settings: Settings, name: str, base: str) -> str:
    """Return a new token of a demo caller, or end saying why there is none."""
    from api.cli import callers

    known = {one["name"]: one for one in callers.read(settings.data_dir)}
    if not known:
        give_up("没有演示调用方：先运行 make serve / no demo callers here: run make serve first")
    if name not in known:
        give_up(f"没有 {name}。可用 / no {name}; there are: {', '.join(known)}")
    one = known[name]
    try:
        return callers.token(base, one["client_id"], one["client_secret"])
    except callers.TokenRefused as error:
        give_up(f"令牌被拒绝 / token refused: {error}")
    except OSError:
        give_up(f"服务没有应答 / no answer at {base}: make serve, or --url")


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917 - its options
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX, XLS or CSV.")],
    caller: Annotated[str, typer.Option("--as", help="A demo caller's name; or set SHOUWANG_TOKEN.")] = "",
    form: Annotated[str, typer.Option(help="child, woman, elder, or auto: recognised from the header.")] = "auto",
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it the roster is only looked at.")] = False,
    as_of: Annotated[str, typer.Option(help="The day the roster describes, YYYY-MM-DD; default today.")] = "",
    save: Annotated[Path | None, typer.Option("--report", help="Where to save the report (XLSX).")] = None,
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "",
) -> None:
    """导入摸底花名册 / Upload a census roster to a running service, follow it, save the report of its faults."""
    from api.cli import importing

    settings = settings_or_exit(calling=True)
    base = url.rstrip("/") or settings.issuer_url
    access_token = os.environ.get("SHOUWANG_TOKEN") or fresh_token(settings, caller, base)
    roster = importing.Roster(file, form, "apply" if apply else "validate", as_of or None)
    try:
        with progress() as shown:
            task = shown.add_task(file.name, total=None)
            for operation in importing.follow(base, access_token, importing.upload(base, access_token, roster)):
                steps = operation["progress"] or {}
                shown.update(task, total=steps.get("total"), completed=steps.get("done") or 0)
        if save is not None and operation["status"] == "succeeded":
            save.write_bytes(importing.report(base, access_token, operation["id"]))
    except importing.Refused as error:
        give_up(str(error))
    except OSError:
        give_up(f"服务没有应答 / no answer at {base}: make serve, or --url")
    if operation["status"] != "succeeded":
        give_up(str((operation["problem"] or {}).get("message") or operation["status"]))
    print(json.dumps(operation["result"], ensure_ascii=False))  # noqa: T201 - the result


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write.")] = ROOT / "openapi",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a file is not what the code says.")
    ] = False,
) -> None:
    """导出契约 / Write the contract: openapi.json, schema.graphql, problems.md, access-matrix.md."""
    from api.contract import contract
    from persistence import stored

    files = {folder / name: text.encode() for name, text in contract().items()}
    files[stored.FILE] = stored.declared()  # what the tables' declarations say, for processes that load none
    changed = {path: text for path, text in files.items() if not path.exists() or path.read_bytes() != text}
    named = ", ".join(path.name for path in changed)
    if check:
        if changed:
            give_up(f"与代码不一致 / not what the code says: {named}; make export")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in changed.items():
        path.write_bytes(text)
    say.print(f"契约 / contract: {named or '没有变化 / unchanged'} → {folder}")


@regions.command("load")
def regions_load() -> None:
    """载入行政区划 / Load the shipped divisions (NBS 2023; 665,276).

    A newer list inserts, renames and closes; it never deletes.
    """
    from api.cli.preparing import load_divisions

    with progress() as shown:
        shown.add_task("行政区划 / divisions", total=None)
        on_database(load_divisions)
    say.print("行政区划已是最新 / divisions loaded")


@keys.command("rotate")
def keys_rotate(
    leaked: Annotated[str, typer.Option(help="Retire this key (kid) at once, its tokens with it: it leaked.")] = "",
    fields: Annotated[bool, typer.Option("--fields", help="The master key that seals fields instead.")] = False,
) -> None:
    """换发密钥 / Publish a new signing key; with --fields, put a new master key to use.

    A signing key signs ten minutes later, when everybody has seen it; the old one verifies until its
    tokens end. After --fields the job process seals every field anew (keys status), then: keys retire.
    """
    if fields:
        try:
            made = on_database(masters.rotate_fields)
        except masters.KeysRefused as error:
            give_up(str(error))
        say.print(f"字段主密钥 {made} 已启用，后台正在重新加密：keys status / in use, fields are being sealed anew")
        return
    from api.cli.admin import rotate_keys

    if not on_database(lambda known: rotate_keys(known, leaked or None)):
        give_up("没有这个密钥，或另一进程刚刚换过 / no such key, or another process has just rotated")
    say.print("签名密钥已换发 / signing key rotated")


@agencies.command("create")
def agency_create(
    name: Annotated[str, typer.Argument(help="Its full name.")],
    kind: Annotated[str, typer.Option("--type", help="civil_affairs, womens_federation, platform_operator, …")],
    region: Annotated[str, typer.Option(help="Its region, 2 to 12 digits.")],
) -> None:
    """登记机构 / Enter an agency and print its id: the first one; the others are entered through the API."""
    from api.cli.admin import create_agency
    from domain.errors import InvalidInput, ShouwangError

    try:
        print(on_database(lambda known: create_agency(known, type_=kind, name=name, region=region)))  # noqa: T201
    except InvalidInput as error:
        give_up(*(f"{fault.pointer}: {fault.code}" for fault in error.faults))
    except ShouwangError as error:
        give_up(error.code)


@clients.command("create")
def client_create(
    client_id: Annotated[str, typer.Argument(help="Its OAuth2 client_id: letters, digits, . _ -")],
    agency: Annotated[str, typer.Option(help="Whose system it is: id, credit code or exact name.")],
    role: Annotated[list[str], typer.Option(help="A role of auth/policy.py; may be repeated.")],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    region: Annotated[str, typer.Option(help="Narrower than the agency's region, 2 to 12 digits.")] = "",
    scope: Annotated[str, typer.Option(help="Only these permissions, e.g. 'people:read codes:read'.")] = "",
) -> None:
    """登记接入系统 / Register a system and print its secret, once, on stdout."""
    from api.cli.admin import create_client
    from domain.errors import InvalidInput, ShouwangError
    from persistence.clients import NewClient

    wanted = NewClient(client_id, name or client_id, agency, tuple(role), region or None, tuple(scope.split()))
    try:
        print(on_database(lambda known: create_client(known, wanted)))  # noqa: T201 - the result
    except InvalidInput as error:
        give_up(*(f"{fault.pointer}: {fault.code}" for fault in error.faults))
    except ShouwangError as error:
        give_up(error.code)
    say.print("密钥只显示这一次，请妥善保存 / the secret is shown this once", style="yellow")


@accounts.command("create")
def account_create(
    login: Annotated[str, typer.Argument(help="Her login name: a-z 0-9 . _ -")],
    agency: Annotated[str, typer.Option(help="Her agency: its id.")],
    name: Annotated[str, typer.Option(help="Her name; she is entered as a member of staff.")],
    role: Annotated[list[str], typer.Option(help="A role of auth/policy.py; may be repeated.")],
) -> None:
    """开设账号 / Open an account with its member of staff and print the initial password, once: the first ones.

    The others are opened by the agency's administrator (role agency_admin), through the API.
    """
    from api.cli.admin import create_account
    from domain.errors import InvalidInput, ShouwangError

    try:
        print(on_database(lambda known: create_account(known, login=login, agency=agency, name=name, roles=role)))  # noqa: T201 - the result
    except InvalidInput as error:
        give_up(*(f"{fault.pointer}: {fault.code}" for fault in error.faults))
    except ShouwangError as error:
        give_up(error.code)
    say.print(
        "初始密码只显示这一次，首次登录时必须修改 / shown this once; to be changed at first sign-in", style="yellow"
    )


@accounts.command("reset")
def account_reset(
    login: Annotated[str, typer.Argument(help="Whose.")],
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Take the second factor away, too.")] = False,
) -> None:
    """重置密码 / Give an account a new initial password: for an agency's only administrator who lost hers."""
    from api.cli.admin import reset_account
    from domain.errors import ShouwangError

    try:
        print(on_database(lambda known: reset_account(known, login, second_factor=second_factor)))  # noqa: T201
    except ShouwangError as error:
        give_up(error.code)
