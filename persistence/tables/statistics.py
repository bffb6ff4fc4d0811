"""The figures: what each person counts as, sums by region and cell, and what is published of them.

A *cell* is all of a person's statistical dimensions, packed into one bigint
(``domain.statistics.dimensions``). Triggers write here in the transaction of each change
(migration 0013); nothing else does, but for the jobs of ``persistence.statistics``.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import UUID as UUID_TYPE
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field

from persistence.tables.columns import Row, moment


class Xid8(UserDefinedType[int]):
    """PostgreSQL's transaction id that never wraps."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name."""
        return "xid8"


class PersonFigure(Row, table=True):
    """What one person counts as now; ``cell`` is null for who is not counted: the dead, the deregistered."""

    __tablename__ = "person_figure"
    __table_args__: Any = (
        Index("person_figure_next_band_idx", "next_band_on", postgresql_where="next_band_on IS NOT NULL"),
        Index("person_figure_region_idx", "region_code"),
    )

    person_id: UUID = Field(primary_key=True)
    region_code: int = Field(sa_type=BigInteger)
    cell: int | None = Field(default=None, sa_type=BigInteger)
    next_band_on: date | None = None  # the birthday that brings her into the next age band


class Figure(Row, table=True):
    """How many people of a region (any level, ``[lo, hi)``) fall into a cell, as far as folded."""

    __tablename__ = "figure"
    __table_args__: Any = (Index("figure_empty_idx", "lo", postgresql_where="n = 0"),)

    lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    cell: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    n: int = Field(sa_type=BigInteger)


class FigureMonth(Row, table=True):
    """By how much a figure changed in a month."""

    __tablename__ = "figure_month"
    __table_args__: Any = (Index("figure_month_empty_idx", "lo", postgresql_where="n = 0"),)

    lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    month: date = Field(primary_key=True)
    cell: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    n: int = Field(sa_type=BigInteger)


class FigureChange(Row, table=True):
    """A difference not yet folded: +n or -n of a village's cell."""

    __tablename__ = "figure_change"
    __table_args__: Any = (Index("figure_change_region_idx", "region_code"),)

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    region_code: int = Field(sa_type=BigInteger)
    month: date
    cell: int = Field(sa_type=BigInteger)
    n: int = Field(sa_type=BigInteger)


class FigureTouch(Row, table=True):
    """Whose files the open transaction touched; empty for everybody else."""

    __tablename__ = "figure_touch"
    __table_args__: Any = (Index("figure_touch_xact_idx", "xact"), {"prefixes": ["UNLOGGED"]})

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    xact: int = Field(sa_type=Xid8, sa_column_kwargs={"server_default": text("pg_current_xact_id()")})
    people: list[UUID] = Field(sa_type=ARRAY(UUID_TYPE))


class FigureState(Row, table=True):
    """The one row: the day the age bands are of, the month published last, the last recount."""

    __tablename__ = "figure_state"
    __table_args__: Any = (CheckConstraint("one", name="figure_state_one"),)

    one: bool = Field(default=True, primary_key=True, sa_column_kwargs={"server_default": text("true")})
    as_of: date
    published_for: date | None = None  # the first day of the month whose end was published last
    recounted_at: Any = moment()
    differences: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class PublishedFigure(Row, table=True):
    """A number made safe for everybody (``domain.statistics.suppression``); null: not shown."""

    __tablename__ = "published_figure"
    __table_args__: Any = (Index("published_figure_level_idx", "population", "breakdown", "lo"),)

    population: str = Field(primary_key=True)
    breakdown: str = Field(primary_key=True)
    lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    category: str = Field(primary_key=True)
    month: date
    n: int | None = Field(default=None, sa_type=BigInteger)


__all__ = [
    "Figure",
    "FigureChange",
    "FigureMonth",
    "FigureState",
    "FigureTouch",
    "PersonFigure",
    "PublishedFigure",
]
