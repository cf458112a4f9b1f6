"""Files that come again: the same one changes nothing, a corrected one replaces, and what was replaced is kept."""

from __future__ import annotations

from typing import Any

import pytest

HEADING = ["姓名", "身份证号", "死亡日期"]


@pytest.fixture
def first(write_xlsx: Any, person: Any) -> Any:
    return write_xlsx("一/2025年10月死亡.xlsx", [HEADING, ["赵甲", person(1), "2025-10-03"]])


@pytest.fixture
def corrected(write_xlsx: Any, person: Any) -> Any:
    return write_xlsx("二/2025年10月死亡.xlsx", [HEADING, ["赵甲", person(1), "2025-10-04"]])


class TestTheSameFileTwice:
    def test_changes_nothing(self, first: Any, take: Any, store: Any) -> None:
        take(first)
        before = {path: path.stat().st_mtime_ns for path in store.folder.rglob("*") if path.is_file()}
        assert take(first).state == "unchanged"
        assert before == {path: path.stat().st_mtime_ns for path in store.folder.rglob("*") if path.is_file()}

    def test_under_another_name_changes_nothing_either(self, first: Any, take: Any) -> None:
        take(first)
        copy = first.with_name("死亡（最终版）2025年10月.xlsx")
        copy.write_bytes(first.read_bytes())
        assert take(copy).state == "unchanged"


class TestACorrectedFile:
    def test_replaces_the_earlier_one_which_is_kept(self, first: Any, corrected: Any, take: Any, store: Any, rows_of: Any) -> None:
        old = take(first).manifest
        new = take(corrected).manifest
        assert new.supersedes == (old.id,)
        assert [row["died_on"].day for row in rows_of("deaths")] == [4]
        assert [one.id for one in store.manifests("deaths", "2025-10")] == [new.id]
        assert [one.id for one in store.manifests("deaths", "2025-10", with_earlier=True)] == [old.id, new.id]
        assert store.part_is_kept("deaths", "2025-10", old.id)
        assert [version["manifests"] for version in store.versions("deaths", "2025-10")] == [[old.id], [new.id]]

    def test_of_another_sender_stands_beside(self, first: Any, corrected: Any, take: Any, store: Any) -> None:
        take(first, sender="大桥镇")
        take(corrected, sender="小河镇")
        assert len(store.paths("deaths", "2025-10")) == 2

    def test_of_another_month_stands_beside(self, first: Any, corrected: Any, take: Any, store: Any) -> None:
        take(first)
        take(corrected, month="2025-09")
        assert store.months("deaths") == ["2025-09", "2025-10"]
        assert len(store.paths("deaths")) == 2

    def test_stands_beside_when_it_was_to_be_added(self, first: Any, corrected: Any, take: Any, store: Any) -> None:
        take(first)
        assert take(corrected, add=True).manifest.supersedes == ()
        assert len(store.paths("deaths", "2025-10")) == 2

    def test_two_files_of_one_delivery_do_not_replace_each_other(
        self, first: Any, corrected: Any, take_all: Any, store: Any
    ) -> None:
        take_all(first, corrected)
        assert len(store.paths("deaths", "2025-10")) == 2

    def test_the_earlier_file_sent_again_replaces_the_correction(
        self, first: Any, corrected: Any, take: Any, rows_of: Any
    ) -> None:
        for path in (first, corrected, first):
            assert take(path).state == "taken"
        assert [row["died_on"].day for row in rows_of("deaths")] == [3]


class TestAStoreThatIsInterrupted:
    def test_keeps_the_last_good_result(
        self, first: Any, corrected: Any, take: Any, store: Any, rows_of: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take(first)

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("doudi.hub.tables.store.write_json", dies)
            with pytest.raises(KeyboardInterrupt):
                take(corrected)
        assert [row["died_on"].day for row in rows_of("deaths")] == [3]
        assert list(store.folder.glob(".work-*")) == []
        assert take(corrected).state == "taken"
        assert [row["died_on"].day for row in rows_of("deaths")] == [4]

    def test_is_not_written_by_two_commands_at_once(self, first: Any, take: Any, store: Any) -> None:
        from doudi.hub.tables.store import StoreIsBusy

        with store.locked(), pytest.raises(StoreIsBusy, match="另一个命令"):
            take(first)


class TestTheOriginal:
    def test_is_kept_as_it_came_under_its_digest(self, first: Any, take: Any, store: Any) -> None:
        manifest = take(first).manifest
        kept = store.folder / manifest.received_as
        assert kept.read_bytes() == first.read_bytes()
        assert kept.name == f"{manifest.source_digest}.xlsx"
