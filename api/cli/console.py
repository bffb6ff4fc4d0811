"""What the command line says: to people on stderr with colours, results on stdout without."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.settings import Mode, Settings, faults_of

UNUSABLE = 78  # EX_CONFIG of sysexits.h: the settings do not allow it
say = Console(stderr=True, highlight=False, soft_wrap=True)


def give_up(*lines: str, code: int = 1) -> NoReturn:
    """Say why it does not go on, and end with an exit code."""
    for line in lines:
        say.print(line, style="red", markup=False)
    raise typer.Exit(code)


def settings_or_exit(*, calling: bool = False) -> Settings:
    """Read the settings; what is wrong with them is said line by line, never with a value.

    ``calling``: only where the service runs and who the demo callers are, as somebody who calls it
    needs; no database and no key, so nothing that production asks for.
    """
    try:
        return Settings(mode=Mode.DEMO) if calling else Settings()
    except ValidationError as error:
        give_up("设置有误，无法启动 / settings refused:", *(f"  {line}" for line in faults_of(error)), code=UNUSABLE)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show tasks with a spinner, a bar where the total is known, and the time they took."""
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"))
    with Progress(*columns, BarColumn(20), TimeElapsedColumn(), console=say) as shown:
        yield shown
