"""One name for one thing in every transport: ``snake_case`` in REST and SQL, ``camelCase`` in GraphQL."""

from functools import cache


@cache
def camel(name: str) -> str:
    """``birth_date`` → ``birthDate``."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@cache
def snake(name: str) -> str:
    """``LeftBehindStatus`` → ``left_behind_status``."""
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and index else letter.lower() for index, letter in enumerate(name)
    )
