"""Names of people as the ledger takes them, from whichever side they come: a form, a roster, another system."""

import re
from typing import Final

LONGEST_NAME: Final = 50
_NO_NAME: Final = re.compile(r"[0-9@#$%^&*=+<>/\\|~!?;:\"{}\[\]_`]")


def is_readable(name: str) -> bool:
    """Tell whether a text can be somebody's name: not a formula, a number, a note or an address."""
    return 0 < len(name) <= LONGEST_NAME and _NO_NAME.search(name) is None


__all__ = ["LONGEST_NAME", "is_readable"]
