"""`python -m vectorstore`: one line a report, one line an error, the exit status of the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from index_fakes import HashEmbedder, report_text, silent

from chatbot.settings import CODE_FOLDER, Settings, setting_names
from vectorstore.__main__ import main
from vectorstore.index import build, open_index

Run = Callable[..., tuple[int, str, str]]


class Embeddings(BaseHTTPRequestHandler):
    """An OpenAI-compatible embeddings service over the hashing encoder."""

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        vectors = HashEmbedder().embed_documents(texts)
        data = [{"index": i, "embedding": vector, "object": "embedding"} for i, vector in enumerate(vectors)]
        reply = json.dumps({"data": data, "model": "hash", "object": "list"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Embeddings)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str) -> Path:
    """An environment of its own: one shipped report, and the service above for vectors."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "云川市2031.txt").write_text(report_text(), encoding="utf-8")
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHENGWEN_REPORTS_DIR", str(tmp_path / "shipped"))
    monkeypatch.setenv("ZHENGWEN_EMBEDDINGS_URL", service)
    monkeypatch.setenv("ZHENGWEN_EMBEDDINGS_MODEL", "hash")
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status, stdout and stderr of one command."""

    def run_it(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as stop:  # argparse
            status = int(str(stop.code))
        out, err = capsys.readouterr()
        return status, out, err

    return run_it


def report_file(folder: Path, region: str = "海湾市", year: int = 2032) -> Path:
    path = folder / f"{region}.txt"
    path.write_text(report_text(region, year), encoding="utf-8")
    return path


def pointer(home: Path) -> bytes:
    return (home / "home" / "index" / "CURRENT.json").read_bytes()


def test_build_prints_a_line_a_report(run: Run):
    status, out, _ = run("build")
    assert (status, len(out.splitlines())) == (0, 1)
    assert all(word in out for word in ("云川", "2031", "节", "句", "指标"))


def test_building_again_says_the_same_and_makes_nothing(run: Run, home: Path):
    first = run("build")[1]
    before = pointer(home)
    status, out, err = run("build")
    assert (status, out, pointer(home)) == (0, first, before)
    assert "已编入" not in err


def test_add_indexes_a_file_and_prints_what_it_made_of_it(run: Run, home: Path):
    status, out, _ = run("add", str(report_file(home)))
    assert (status, len(out.splitlines())) == (0, 1)
    assert "海湾" in out
    assert len(run("list")[1].splitlines()) == 2


def test_add_believes_the_options(run: Run, home: Path):
    out = run("add", str(report_file(home)), "--region", "某某市", "--year", "2040", "--title", "另一个标题")[1]
    assert all(word in out for word in ("某某市", "2040", "另一个标题"))


def test_a_bad_file_is_refused_in_one_line_and_the_index_stays(run: Run, home: Path):
    run("build")
    before = pointer(home)
    (home / "坏.docx").write_bytes(b"not a document")
    status, out, err = run("add", str(home / "坏.docx"))
    assert (status, out, len(err.splitlines())) == (3, "", 1)
    assert pointer(home) == before


def test_the_good_files_of_a_folder_are_added_although_one_is_bad(run: Run, home: Path):
    folder = home / "new"
    folder.mkdir()
    report_file(folder)
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 nothing")
    status, out, err = run("add", str(folder))
    assert (status, len(out.splitlines())) == (3, 1)
    assert "坏.pdf" in err


def test_a_zip_of_reports_is_added(run: Run, home: Path):
    with zipfile.ZipFile(home / "reports.zip", "w") as archive:
        archive.writestr("海湾市.txt", report_text("海湾市", 2032))
        archive.writestr("山前县.txt", report_text("山前县", 2033))
    status, out, _ = run("add", str(home / "reports.zip"))
    assert (status, len(out.splitlines())) == (0, 2)


def test_a_path_that_is_not_there_is_one_line(run: Run):
    status, _, err = run("add", "没有.txt")
    assert (status, len(err.splitlines())) == (3, 1)


def test_a_removed_report_is_gone_from_list_and_index(run: Run, home: Path):
    added = run("add", str(report_file(home)))[1].split("\t")[0]
    assert run("remove", added)[0] == 0
    assert added not in run("list")[1]
    assert added not in run("check")[1]


def test_removing_a_shipped_report_says_that_its_file_stays(run: Run, home: Path):
    shipped = run("build")[1].split("\t")[0]
    status, out, _ = run("remove", shipped)
    assert status == 0
    assert "文件仍在" in out
    assert run("list")[1] == ""


def test_check_passes_a_whole_index(run: Run):
    run("build")
    status, out, _ = run("check")
    assert (status, "完好" in out) == (0, True)


def test_check_without_an_index_names_the_command(run: Run):
    status, _, err = run("check")
    assert (status, "python -m vectorstore build" in err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), 2),
        (("fly",), 2),
        (("add",), 2),
        (("add", "x.txt", "--year", "去年"), 2),
        (("remove", "no-such-report"), 3),
    ],
    ids=["no command", "unknown command", "no path", "not a year", "unknown report"],
)
def test_the_exit_status_says_what_kind_of_failure(run: Run, arguments: tuple[str, ...], expected: int):
    status, _, err = run(*arguments)
    assert status == expected
    assert err


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ZHENGWEN_PORT", "abc", 2),
        ("ZHENGWEN_HOME", "/proc/nowhere", 3),
        ("ZHENGWEN_EMBEDDINGS_URL", "http://127.0.0.1:9/v1", 4),
    ],
    ids=["a bad setting", "a home that cannot be made", "a service that is not there"],
)
def test_a_failure_of_the_surroundings_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: int
):
    monkeypatch.setenv(name, value)
    status, out, err = run("build")
    assert (status, out) == (expected, "")
    assert err.splitlines()[-1].count("。") >= 1
    assert "Traceback" not in err


def test_a_shipped_file_that_is_no_report_is_named_and_the_rest_is_built(run: Run, home: Path):
    (home / "shipped" / "空.txt").write_text("123", encoding="utf-8")
    status, out, err = run("build")
    assert (status, len(out.splitlines())) == (0, 1)
    assert "空.txt" in err


def test_nothing_but_the_state_folder_is_written(run: Run, home: Path):
    before = {path for path in home.rglob("*") if home / "home" not in path.parents}
    run("build")
    after = {path for path in home.rglob("*") if home / "home" not in path.parents}
    assert after - before == {home / "home"}


def test_python_m_vectorstore_runs_it(home: Path):
    env = {name: value for name, value in os.environ.items() if name.startswith("ZHENGWEN_")}
    command = [sys.executable, "-m", "vectorstore", "list"]
    done = subprocess.run(command, env=env | {"PYTHONPATH": str(CODE_FOLDER)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "云川" in done.stdout


def test_an_index_opens_again_in_the_program_that_built_it(home: Path):
    settings = Settings(home=home / "home", reports_dir=home / "shipped", _env_file=None)
    build(settings, HashEmbedder(), silent)
    with open_index(settings, HashEmbedder()) as index:
        assert index.shard(index.reports[0].id).nearest(HashEmbedder().embed_query("公园"), 1)
