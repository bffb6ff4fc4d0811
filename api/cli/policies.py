"""Policy documents from the command line: load one, list those that are there."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import give_up, say
from api.cli.reaching import on_database
from api.faults import read_faults
from api.messages import MESSAGES
from api.settings import Settings
from domain.errors import Fault

app = typer.Typer(help="政策文件 / policy documents.", no_args_is_help=True)
DONE = {"inserted": "已载入 / loaded", "replaced": "已替换 / replaced", "unchanged": "没有变化 / unchanged"}


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML: docs/policy-form.md.")],
) -> None:
    """载入政策文件 / Load a policy document; one of the same code is replaced.

    Every fault is told with its line, and then nothing is loaded (exit code 1).
    """
    from persistence.loading.policies import load_file
    from persistence.loading.policy_files import Lines, MalformedPolicy, PolicyRefused, read_policy

    content = file.read_bytes()
    try:
        read_policy(content)  # what is wrong with the file is told without a database
        done = on_database(lambda known: _as_owner(known, lambda connection: load_file(connection, content)))
    except MalformedPolicy as error:
        lines = Lines(content)
        found = (*read_faults(error.error.errors(), in_request=False), *error.also)
        faults = [(lines.of(one.pointer), one) for one in found]
        give_up(*_told(file, sorted(faults, key=lambda one: (one[0], one[1].pointer))))
    except PolicyRefused as error:
        give_up(*_told(file, error.faults))
    say.print(f"{DONE[done.done]}: {done.code}, {done.measures} 项措施 / measures")


@app.command("list")
def list_() -> None:
    """列出政策文件 / List the documents: code, status, region, validity, measures, title."""
    for row in on_database(lambda known: _as_owner(known, lambda connection: connection.fetch(_LISTED))):
        held = f"{row['valid_from'] or '…'} – {row['valid_to'] or '…'}"
        print(row["code"], row["status"], row["region"], held, row["measures"], row["title"], sep="\t")  # noqa: T201 - the result


def _told(file: Path, faults: list[tuple[int, Fault]]) -> list[str]:
    """Return a line for each fault: where, what, in both languages."""
    return [
        f"{file.name}:{line}: {one.pointer or '/'} {one.code}: "
        f"{MESSAGES[one.code].sentence('zh', one.parameters)} / {MESSAGES[one.code].sentence('en', one.parameters)}"
        for line, one in faults
    ]


async def _as_owner(settings: Settings, work: Any) -> Any:
    from persistence.engine import connect

    connection = await connect(settings.owner_url)
    try:
        return await work(connection)
    finally:
        await connection.close()


_LISTED = """
SELECT d.code, d.status, region_text(d.region_code) AS region, d.valid_from, d.valid_to, d.title,
  (SELECT count(*) FROM policy_measure m WHERE m.document_id = d.id AND NOT m.dropped) AS measures
FROM policy_document d ORDER BY d.code
"""
