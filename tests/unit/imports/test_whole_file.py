from uuid import UUID

from domain.ids import new_id
from domain.imports.header import find
from domain.imports.whole_file import WholeFile, mentions_of
from persistence.data.forms import vocabulary
from persistence.importing.ids import Ids

HEADINGS = ["姓名", "公民身份证号码", "父亲公民身份证号码", "母亲公民身份证号码"]


def digits(one: int) -> str:
    return f"{one:017d}X" if one else ""


def looked(rows: list[tuple[int, int, int]]) -> WholeFile:
    header = find([HEADINGS], vocabulary())
    assert header is not None
    memory = WholeFile()
    for subject, father, mother in rows:
        memory.look(["名", digits(subject), digits(father), digits(mother)], mentions_of(header))
    memory.looked()
    return memory


def test_shared_parents_join_rows_also_through_a_third() -> None:
    memory = looked([(1, 11, 21), (2, 12, 22), (3, 13, 23), (4, 11, 22)])

    homes = [
        memory.household([father, mother], row)
        for row, (father, mother) in enumerate([(11, 21), (12, 22), (13, 23), (11, 22)], 1)
    ]
    assert homes == [1, 1, 3, 1]


def test_only_the_repeated_are_remembered() -> None:
    assert looked([(1, 11, 21), (2, 11, 22), (1, 0, 0)]).repeated == {1, 11}


def test_an_operations_ids_are_its_own_ordered_and_the_same_again() -> None:
    operation = new_id()
    ids = Ids(operation)
    made = [UUID(int=ids.of(row, slot)) for row in (1, 2, 1_048_575, 1_048_576, 4_000_000_000) for slot in (0, 1, 255)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {7}
    assert {one.int >> 80 for one in made} == {operation.int >> 80}
    assert all(ids.made(one) for one in made)
    assert not Ids(new_id()).made(made[0])
    assert Ids(operation).of(7, 3) == ids.of(7, 3)
