"""The people of a chunk as lines of the staging table: one record each, sealed and with search keys."""

from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import orjson

from domain.codes.phone import tail
from domain.imports.roster import Individual
from domain.people.masks import mask_address, mask_identity_number, mask_phone
from domain.people.model import Situation
from domain.people.priority import priority_of
from domain.pinyin import name_keys
from persistence.crypto import FieldCipher
from persistence.importing import copy_text as pg

# The facts a row may state of somebody; their bits in ``StagedPerson.stated``.
STATED: Final = tuple(one.name for one in fields(Individual) if one.name != "identity_number")
_AWAY: Final = 1 << STATED.index("away")


class Home(NamedTuple):
    """How a person belongs to the row's household: is she a member, does her own household count for it."""

    household: int | None
    ties: bool
    remit: int


@dataclass(slots=True)
class StagedPerson:
    """A person of this chunk: what its rows say of her, first statement first."""

    key: int
    row: int
    subject: bool
    region_code: int
    household: int | None
    ties: bool
    again: bool
    stated: int
    remit: int
    said: Individual


class PeopleLines:
    """Writes the lines of a chunk's people."""

    def __init__(self, form: str, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._blinds: dict[str, bytes] = {}
        own = (f"{form}_profile", "guardianship", "kinship", "left_behind_status")
        self._parts = {
            (subject, away): orjson.dumps(
                {"changed": sorted((*(own if subject else ()), *(("absence",) if away else ())))}
            ).decode()
            for subject in (True, False)
            for away in (True, False)
        }

    def start(self) -> None:
        """Begin a chunk."""
        self._blinds = {}

    def blind(self, number: str) -> bytes:
        """Return a number's blind index; a chunk asks for a subject's twice."""
        known = self._blinds.get(number)
        if known is None:
            known = self._blinds[number] = self._cipher.blind("identity_number", number)
        return known

    def person(self, one: StagedPerson) -> str:
        """Return a person's line."""
        said = one.said
        name = said.name or None
        pinyin, initials = name_keys(name) if name else (None, None)
        hardship = said.hardship or ()
        living = said.situation is Situation.LIVING
        return "\t".join(
            (
                pg.key(one.key),
                str(one.row),
                "t" if one.subject else "f",
                str(one.region_code),
                pg.key(one.household),
                "t" if one.ties else "f",
                "t" if one.again else "f",
                str(one.stated),
                str(one.remit),
                str(
                    priority_of(hardship, said.disability_category or said.disability_grade, said.health, said.illness)
                ),
                self._parts[one.subject, said.away is not None],
                pg.number(said.registered_region_code),
                pg.text(name),
                pg.text(pinyin),
                pg.text(initials),
                said.sex or pg.NULL,
                pg.number(said.birth_date),
                said.ethnicity or pg.NULL,
                said.education or pg.NULL,
                said.marital_status or pg.NULL,
                said.health or pg.NULL,
                pg.text(said.disability_category),
                pg.number(said.disability_grade),
                pg.text(said.illness),
                pg.array(said.hardship),
                pg.flag(said.capable),
                pg.NULL if living else said.situation,
                pg.number(said.died_on),
                *self._sealed(one.key, said),
            )
        )

    def _sealed(self, key: int, said: Individual) -> tuple[str, ...]:
        """Return the nine columns of identity number, phone and address."""
        seal, blind, row = self._cipher.seal_bytes, self._cipher.blind, key.to_bytes(16)
        sealed = [pg.NULL] * 9
        if (number := said.identity_number) is not None:
            sealed[0] = pg.octets(seal("person", "identity_number_cipher", row, number.encode()))
            sealed[1] = pg.octets(self.blind(number))
            sealed[2] = mask_identity_number(number)
        if (phone := said.phone) is not None:
            sealed[3] = pg.octets(seal("person", "phone_cipher", row, phone.encode()))
            sealed[4] = pg.octets(blind("phone", phone))
            sealed[5] = mask_phone(phone)
            sealed[6] = pg.octets(blind("phone_tail", tail(phone)))
        if (address := said.address) is not None:
            sealed[7] = pg.octets(seal("person", "address_cipher", row, address.encode()))
            sealed[8] = pg.text(mask_address(address))
        return tuple(sealed)

    @staticmethod
    def absence(one: StagedPerson) -> str | None:
        """Return the line of a person's absence, None if no row speaks of one."""
        away = one.said.away
        if away is None:
            return None
        return "\t".join(
            (
                str(one.row),
                pg.key(one.key),
                str(away.since),
                away.reason or pg.NULL,
                pg.text(away.destination),
                pg.number(away.destination_code),
                pg.text(away.contact_frequency),
                str(one.region_code),
                "t" if one.stated & _AWAY else "f",
            )
        )


def _unsaid(value: object) -> bool:
    return value is None or value == "" or value is Situation.LIVING


def stated(said: Individual) -> int:
    """Return which facts a row states, a bit each."""
    return sum(1 << bit for bit, name in enumerate(STATED) if not _unsaid(getattr(said, name)))


def fill(known: Individual, said: Individual) -> None:
    """Add what a later row says where the earlier ones say nothing."""
    for name in STATED:
        if _unsaid(getattr(known, name)):
            setattr(known, name, getattr(said, name))


__all__ = ["STATED", "Home", "PeopleLines", "StagedPerson", "fill", "stated"]
