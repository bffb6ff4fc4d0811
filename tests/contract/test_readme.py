"""The tour in both READMEs, done as a newcomer does it: a fresh service, every command, every answer shown."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.house.test_serve import FIRST_START_SECONDS, Installation, told

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
END = "-- end of a step --"
TOUR = re.compile(r"<!-- tour -->\n(.*)<!-- end of the tour -->", re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def steps(readme: str) -> list[tuple[str, str]]:
    """Every step of the tour: its commands, and what they print ("…" stands for anything)."""
    (tour,) = TOUR.findall((ROOT / readme).read_text(encoding="utf-8"))
    found: list[tuple[str, str]] = []
    for language, text in BLOCK.findall(tour):
        if language == "bash":
            found.append((text, ""))
        else:
            found[-1] = (found[-1][0], text)
    return found


def bare(text: str) -> str:
    """Leave out white space: answers are one line long, and are broken to be read."""
    return re.sub(r"\s+", "", text)


def shows(expected: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in bare(expected).split("…"))
    return re.fullmatch(pattern, bare(printed), re.DOTALL) is not None


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("readme") / "data")
    made.start()
    try:
        made.ready(FIRST_START_SECONDS)
        told(made)
        yield made
    finally:
        assert made.stop() == 0


def test_both_languages_take_the_same_tour() -> None:
    first, second = (steps(readme) for readme in READMES)
    assert len(first) > 15
    assert second == first


def test_every_step_of_the_tour_prints_what_is_shown(installation: Installation, tmp_path: Path) -> None:
    tour = steps(READMES[0])
    script = "\n".join(f"{commands}\necho '{END}'" for commands, _ in tour)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOUWANG_", "MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=kept
        | {"SHOUWANG_DATA_DIR": str(installation.folder), "PORT": str(installation.port), "TMPDIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    *printed, rest = done.stdout.split(f"{END}\n")
    assert (len(printed), rest) == (len(tour), "")
    wrong = [
        f"{commands}\nshown:\n{expected}\nprinted:\n{said}"
        for (commands, expected), said in zip(tour, printed, strict=True)
        if not shows(expected, said)
    ]
    assert wrong == [], "\n\n".join(wrong)


@pytest.mark.parametrize("readme", READMES)
def test_every_file_it_links_to_is_there(readme: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
    assert [one for one in targets if not (ROOT / one).exists()] == []
