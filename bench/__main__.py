"""``make bench``: the API against its goals, then imports against COPY."""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path

from bench.run import Options, run

IMPORTS = Path(__file__).parent / "import_copy.py"


def main() -> None:
    """Read the options and run both."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=200_000, help="200 to a village, 20,000 to a county")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--only", default="", help="part of a workload's or caller's name, e.g. \"a:\"")
    parser.add_argument("--import-rows", type=int, default=20_000, help="roster rows of the import; 0: none")
    given = parser.parse_args()
    asyncio.run(run(Options(given.people, given.rounds, given.seconds, given.only)))
    if given.import_rows and not given.only:
        root = IMPORTS.parents[1]
        command = [sys.executable, str(IMPORTS), str(given.import_rows), str(min(given.rounds, 3))]
        subprocess.run(command, check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})


if __name__ == "__main__":
    main()
