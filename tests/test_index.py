"""The index: built in one step, kept while nothing changes, never half there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from index_fakes import HashEmbedder, NoEmbedder, report_text, settings_in, silent

from chatbot.errors import IndexMissing, UnknownReport, UpstreamError
from chatbot.settings import CODE_FOLDER, Settings
from vectorstore.embed import OnnxEmbedder
from vectorstore.index import build, open_index
from vectorstore.keys import clause_entries
from vectorstore.passages import clauses
from vectorstore.shard import Shard

QUESTION = "轨道交通新增里程多少公里"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path, ("云川市", 2031))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of two reports; tests copy it or leave it as it is."""
    settings = settings_in(tmp_path_factory.mktemp("built"), ("云川市", 2031), ("海湾市", 2032))
    build(settings, HashEmbedder(), silent)
    return settings


@pytest.fixture
def copy(built: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(built.home, tmp_path / "home")
    return built.model_copy(update={"home": tmp_path / "home"})


def shards(settings: Settings) -> dict[str, int]:
    """Shard folders with the moment each was made."""
    return {path.name: path.stat().st_ino for path in (settings.home / "index" / "shards").iterdir()}


def write_report(settings: Settings, region: str, year: int) -> None:
    (settings.reports_dir / f"{region}{year}.txt").write_text(report_text(region, year), encoding="utf-8")


def answers(settings: Settings) -> bool:
    """Whether the index opens and finds the sentence asked for."""
    embedder = HashEmbedder()
    with open_index(settings, embedder) as index:
        shard = index.shard(index.reports[0].id)
        hit = shard.nearest(embedder.embed_query(QUESTION), 1)[0]
        return "21公里" in shard.passages[hit.passage].text


def test_every_report_is_there_with_its_passages_in_place(built: Settings):
    with open_index(built, NoEmbedder()) as index:
        assert [report.year for report in index.reports] == [2031, 2032]
        for report in index.reports:
            assert all(p.span.of(report.text) == p.text for p in index.shard(report.id).passages)
            assert index.shard(report.id).sections[-1].span.end == len(report.text)


def test_a_question_finds_its_sentence_by_meaning_and_by_words(built: Settings):
    assert answers(built)
    with open_index(built, NoEmbedder()) as index:
        shard = index.shard(index.reports[1].id)
        assert "21公里" in shard.passages[int(shard.lexical.scores(QUESTION).argmax())].text


def test_hits_are_cosines_best_first_and_their_spans_lie_in_their_passages(built: Settings):
    embedder = HashEmbedder()
    with open_index(built, embedder) as index:
        shard = index.shard(index.reports[0].id)
        hits = shard.nearest(embedder.embed_query(QUESTION), 20)
        assert [h.similarity for h in hits] == sorted((h.similarity for h in hits), reverse=True)
        assert all(shard.passages[h.passage].span.holds(h.span) for h in hits)
        assert {h.kind for h in hits} == {"sentence", "clause"}
        text = hits[0].span.of(shard.report.text)
        expected = float(np.dot(embedder.embed_query(QUESTION), embedder.embed_query(text)))
        assert hits[0].similarity == pytest.approx(expected, abs=1e-5)


def test_more_neighbours_than_there_are_keys_gives_them_all(built: Settings):
    with open_index(built, NoEmbedder()) as index:
        shard = index.shard(index.reports[0].id)
        hits = shard.nearest(HashEmbedder().embed_query("公园"), 10_000)
    assert len(hits) == len({(hit.passage, hit.span) for hit in hits}) >= len(shard.passages)


def test_vectors_are_those_of_the_passages_in_the_order_asked_for(built: Settings):
    embedder = HashEmbedder()
    with open_index(built, embedder) as index:
        shard = index.shard(index.reports[0].id)
        places = [5, 0, 5]
        expected = embedder.embed_array([shard.passages[place].text for place in places])
        assert np.allclose(shard.vectors(places), expected, atol=1e-6)
        assert shard.vectors([]).size == 0


def test_clause_vectors_are_one_a_clause_in_the_order_of_the_report(built: Settings):
    with open_index(built, NoEmbedder()) as index:
        shard = index.shard(index.reports[0].id)
        texts = [passage.slice(span) for passage in shard.passages for span in clauses(passage)]
        # Of a passage with one clause, the vector is that of the whole sentence.
        keys = [entry.text for i, passage in enumerate(shard.passages) for entry in clause_entries(i, passage)]
        assert len(shard.clause_vectors()) == len(texts) > len(shard.passages)
        assert np.allclose(shard.clause_vectors(), HashEmbedder().embed_array(keys), atol=1e-6)
        assert all(text in key for text, key in zip(texts, keys, strict=True))


def test_several_threads_may_ask_at_once(built: Settings):
    vector = HashEmbedder().embed_query(QUESTION)
    with open_index(built, NoEmbedder()) as index:
        ids = [report.id for report in index.reports] * 8
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda i=i: found.append(len(index.shard(i).nearest(vector, 5)))) for i in ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [5] * len(ids)


def test_opening_a_shard_writes_none_of_its_vectors(copy: Settings):
    """Another process may be checking them; a small report is the one that Chroma would not have synced."""
    with open_index(copy, NoEmbedder()) as index:
        report_id = index.reports[0].id
        files = list((copy.home / "index" / "shards").rglob("*.bin"))
        before = {path: path.stat().st_mtime_ns for path in files}
        index.shard(report_id).nearest(HashEmbedder().embed_query(QUESTION), 5)
    assert len(files) >= 4
    assert {path: path.stat().st_mtime_ns for path in files} == before


def test_several_processes_may_open_the_same_index(built: Settings):
    code = (
        "e = HashEmbedder(); index = open_index(settings, e)\n"
        "print(sum(len(index.shard(r.id).nearest(e.embed_query('公园'), 5)) for r in index.reports))\n"
    )
    runs = [run_python(code, built) for _ in range(3)]
    assert [run.communicate()[0].strip() for run in runs] == ["10"] * 3


def run_python(code: str, settings: Settings) -> subprocess.Popen[str]:
    """A program of its own that knows these settings."""
    opening = (
        "from pathlib import Path, PosixPath; import time; from index_fakes import *\n"
        "from vectorstore.index import build, open_index\n"
        f"settings = Settings(home={settings.home!r}, reports_dir={settings.reports_dir!r}, _env_file=None)\n"
    )
    env = {"PYTHONPATH": os.pathsep.join((str(CODE_FOLDER), str(CODE_FOLDER / "tests"))), "PATH": os.defpath}
    return subprocess.Popen([sys.executable, "-c", opening + code], stdout=subprocess.PIPE, text=True, env=env)


def test_building_again_makes_and_embeds_nothing(copy: Settings):
    before = shards(copy)
    assert build(copy, NoEmbedder(), silent).made == ()
    assert shards(copy) == before


def test_only_what_is_new_is_embedded(settings: Settings):
    build(settings, HashEmbedder(), silent)
    before = shards(settings)
    write_report(settings, "海湾市", 2032)
    assert len(build(settings, HashEmbedder(), silent).made) == 1
    assert before.items() <= shards(settings).items()


def test_the_summary_counts_what_was_made(built: Settings):
    summary = build(built, NoEmbedder(), silent)
    assert [(s.region[:2], s.year) for s in summary.shards] == [("云川", 2031), ("海湾", 2032)]
    assert all(s.sections > 1 and s.passages > 10 and s.indicators > 0 for s in summary.shards)


def test_progress_is_told(settings: Settings):
    said: list[str] = []
    build(settings, HashEmbedder(), said.append)
    assert len(said) >= 2


def test_without_an_index_the_command_is_named(settings: Settings):
    with pytest.raises(IndexMissing, match="python -m vectorstore build"):
        open_index(settings, NoEmbedder())


def test_opening_a_missing_index_leaves_nothing_behind(settings: Settings):
    with pytest.raises(IndexMissing):
        open_index(settings, NoEmbedder())
    assert not settings.home.exists()


def test_a_report_that_is_not_indexed_yet_makes_the_index_stale(settings: Settings):
    build(settings, HashEmbedder(), silent)
    write_report(settings, "海湾市", 2032)
    with pytest.raises(IndexMissing, match="build"):
        open_index(settings, NoEmbedder())


def test_another_encoder_makes_the_index_stale_and_a_build_mends_it(copy: Settings):
    with pytest.raises(IndexMissing, match="build"):
        open_index(copy, NoEmbedder("another"))
    build(copy, HashEmbedder("another"), silent)
    open_index(copy, NoEmbedder("another")).close()


def test_an_unknown_report_is_said(built: Settings):
    with open_index(built, NoEmbedder()) as index, pytest.raises(UnknownReport):
        index.shard("no-such-report")


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    """The same size, other bytes."""
    path.write_bytes(b"x" * path.stat().st_size)


def fewer_passages(path: Path) -> None:
    """Good JSON of the same size with one passage less."""
    data = json.dumps(json.loads(path.read_bytes())[:-1], ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(data + b" " * (path.stat().st_size - len(data)))


@pytest.mark.parametrize("damage", [delete, truncate, scribble])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "report.json",
        "passages.json",
        "sections.json",
        "lexical/vocab.index.json",
        "chroma/chroma.sqlite3",
    ],
)
def test_a_damaged_index_names_the_command_and_the_command_mends_it(copy: Settings, damage, name: str):
    check_mends(copy, damage, name)


@pytest.mark.parametrize(
    ("damage", "name"),
    [(truncate, "chroma/*/data_level0.bin"), (delete, "chroma/*/header.bin"), (fewer_passages, "passages.json")],
)
def test_damage_that_chroma_would_not_notice_is_noticed(copy: Settings, damage, name: str):
    check_mends(copy, damage, name)


def check_mends(settings: Settings, damage, name: str) -> None:
    damage(next((settings.home / "index" / "shards").glob(f"*/{name}")))
    with pytest.raises(IndexMissing, match="python -m vectorstore build"):
        open_all(settings)
    build(settings, HashEmbedder(), silent)
    open_all(settings)


def open_all(settings: Settings) -> None:
    with open_index(settings, NoEmbedder()) as index:
        for report in index.reports:
            index.shard(report.id)


def test_a_damaged_pointer_names_the_command_and_the_command_mends_it(copy: Settings):
    (copy.home / "index" / "CURRENT.json").write_text("{")
    with pytest.raises(IndexMissing, match="build"):
        open_index(copy, NoEmbedder())
    build(copy, NoEmbedder(), silent)
    open_all(copy)


def test_a_file_that_is_no_report_does_not_keep_the_others_out(settings: Settings):
    (settings.reports_dir / "空.txt").write_text("12345", encoding="utf-8")
    summary = build(settings, HashEmbedder(), silent)
    assert (len(summary.shards), len(summary.failures)) == (1, 1)
    assert answers(settings)


def test_no_reports_at_all_make_an_empty_index(settings: Settings):
    shutil.rmtree(settings.reports_dir)
    build(settings, NoEmbedder(), silent)
    with open_index(settings, NoEmbedder()) as index:
        assert index.reports == ()


class FailingEmbedder(HashEmbedder):
    def embed_array(self, texts):
        raise UpstreamError("嵌入服务不可用")


def test_an_encoder_that_fails_leaves_the_old_index_as_it_was(settings: Settings):
    build(settings, HashEmbedder(), silent)
    pointer = (settings.home / "index" / "CURRENT.json").read_bytes()
    write_report(settings, "海湾市", 2032)
    with pytest.raises(UpstreamError):
        build(settings, FailingEmbedder(), silent)
    assert (settings.home / "index" / "CURRENT.json").read_bytes() == pointer


def test_a_running_program_keeps_its_shards_through_the_next_build(copy: Settings):
    embedder = HashEmbedder()
    with open_index(copy, embedder) as index:
        build(copy, HashEmbedder("another"), silent)
        shard = index.shard(index.reports[0].id)
        assert "21公里" in shard.passages[shard.nearest(embedder.embed_query(QUESTION), 1)[0].passage].text


def test_shards_of_the_index_before_the_last_are_cleared_away(copy: Settings):
    first = shards(copy)
    for name in ("second", "third"):
        build(copy, HashEmbedder(name), silent)
    assert not first.keys() & shards(copy).keys()
    assert len(shards(copy)) == 4


def test_a_build_killed_half_way_leaves_the_old_index_answering(settings: Settings):
    build(settings, HashEmbedder(), silent)
    old = (settings.home / "index" / "CURRENT.json").read_bytes()
    write_report(settings, "海湾市", 2032)
    run = run_python(
        "class Slow(HashEmbedder):\n"
        "    def embed_array(self, texts):\n"
        "        print('embedding', flush=True); time.sleep(60); raise SystemExit\n"
        "build(settings, Slow(), silent)\n",
        settings,
    )
    assert run.stdout and run.stdout.readline().strip() == "embedding"
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert any(name.startswith("tmp-") for name in shards(settings))
    assert (settings.home / "index" / "CURRENT.json").read_bytes() == old
    (settings.reports_dir / "海湾市2032.txt").unlink()
    assert answers(settings)
    write_report(settings, "海湾市", 2032)
    build(settings, HashEmbedder(), silent)
    assert answers(settings)
    assert not any(name.startswith("tmp-") for name in shards(settings))


def test_two_builds_at_once_wait_for_each_other(settings: Settings):
    class Waiting(HashEmbedder):
        def embed_array(self, texts):
            time.sleep(0.5)
            return super().embed_array(texts)

    said: list[str] = []
    embedders = [Waiting(), Waiting()]
    threads = [threading.Thread(target=build, args=(settings, e, said.append)) for e in embedders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(e.embedded > 0 for e in embedders) == [False, True]
    assert any("等" in line for line in said)


def test_a_closed_shard_can_be_opened_again(built: Settings):
    folder = next((built.home / "index" / "shards").iterdir())
    for _ in range(2):
        shard = Shard(folder)
        assert shard.nearest(HashEmbedder().embed_query("公园"), 1)
        shard.close()


def test_with_the_real_encoder_a_question_in_other_words_finds_its_sentence(settings: Settings):
    embedder = OnnxEmbedder()
    build(settings, embedder, silent)
    with open_index(settings, embedder) as index:
        shard = index.shard(index.reports[0].id)
        hit = shard.nearest(embedder.embed_query("How many jobs were created in the city?"), 1)[0]
        assert "就业" in shard.passages[hit.passage].text
