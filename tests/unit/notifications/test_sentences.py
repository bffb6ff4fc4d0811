"""Every kind of notice says something, in both languages."""

from domain.notifications.model import NoticeKind
from domain.notifications.sentences import SENTENCES


def test_every_kind_is_told() -> None:
    assert SENTENCES.keys() == {*NoticeKind}
    assert len({chinese for chinese, _ in SENTENCES.values()}) == len(SENTENCES)
    for chinese, english in SENTENCES.values():
        assert not chinese.isascii()
        assert english.isascii()
        assert not set("{}") & set(chinese + english)
