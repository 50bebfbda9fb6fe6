"""Settings are read at the top, once, and a wrong one is said in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from chatbot.errors import UsageError
from chatbot.settings import CODE_FOLDER, Settings, load_settings, setting_names


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_env_example_lists_exactly_the_settings_that_are_read():
    example = (CODE_FOLDER / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^([A-Z_]+)=", example, re.M)) == sorted(setting_names())


def test_env_example_as_it_stands_means_the_defaults(tmp_path: Path):
    copy = env_file(tmp_path, (CODE_FOLDER / ".env.example").read_text(encoding="utf-8"))
    assert load_settings(copy) == load_settings(None)


def test_without_settings_state_lies_in_var_and_the_shipped_reports_are_beside_the_code(tmp_path: Path):
    settings = load_settings()
    assert (settings.home, settings.port) == (tmp_path / "var", 7860)
    assert settings.reports_dir == CODE_FOLDER / "data" / "reports"


def test_the_records_are_in_the_home_unless_a_database_is_set(tmp_path: Path):
    assert load_settings().records_url == f"sqlite:///{tmp_path}/var/records.sqlite3"
    env_file(tmp_path, "DATABASE_URL=postgres://u:p@h/d\n")
    assert load_settings().records_url == "postgres://u:p@h/d"


def test_a_line_in_env_file_is_a_setting(tmp_path: Path):
    env_file(tmp_path, "ZHENGWEN_PORT=8080\nOPENAI_MODEL=qwen\n")
    assert (load_settings().port, load_settings().openai_model) == (8080, "qwen")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    env_file(tmp_path, "ZHENGWEN_PORT=8080\n")
    monkeypatch.setenv("ZHENGWEN_PORT", "9090")
    assert load_settings().port == 9090


def test_a_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(home=Path("~/answers")).home == tmp_path / "answers"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("ZHENGWEN_PORT=abc", "ZHENGWEN_PORT"),
        ("ZHENGWEN_PORT=70000", "ZHENGWEN_PORT"),
        ("OPENAI_BASE_URL=localhost:8000", "OPENAI_BASE_URL"),
        ("ZHENGWEN_EMBEDDINGS_URL=http://e/v1", "ZHENGWEN_EMBEDDINGS_MODEL"),
        ("DATABASE_URL=mysql://u:secret@h/d", "DATABASE_URL"),
        ("ZHENGWEN_KEEP_ANSWERS_DAYS=-1", "ZHENGWEN_KEEP_ANSWERS_DAYS"),
        ("ZHENGWEN_MCP=maybe", "ZHENGWEN_MCP"),
    ],
    ids=[
        "not a number",
        "no such port",
        "no scheme",
        "half an endpoint",
        "no such database",
        "negative days",
        "no switch",
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(tmp_path: Path, line: str, named: str):
    with pytest.raises(UsageError) as caught:
        load_settings(env_file(tmp_path, line))
    assert named in str(caught.value)
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


def test_a_settings_file_in_another_encoding_is_a_usage_error(tmp_path: Path):
    (tmp_path / ".env").write_bytes("ZHENGWEN_HOME=政府".encode("gbk"))
    with pytest.raises(UsageError, match="UTF-8"):
        load_settings()


def test_keys_are_never_printed():
    settings = Settings(
        openai_api_key="sk-secret",
        embeddings_key="sk-secret",
        database_url="postgresql://u:sk-secret@h/d",
        api_key="sk-secret",
    )
    assert "sk-secret" not in repr(settings) + str(settings)


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().port = 1
