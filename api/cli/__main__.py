"""``python -m api.cli``."""

import sys

import structlog

from api.cli import app
from api.logging import configure

configure()
try:
    app(prog_name="shouwang")
except Exception as error:  # noqa: BLE001 - its text may quote a row: what and where go to the log, no value
    structlog.get_logger("shouwang").critical("unexpected", exc_info=error)
    sys.exit(1)
