"""Every setting, read once at the top of a program and passed down as plain values.

Each field is an environment variable or a line in `.env`; `.env.example` lists them all. Importing changes nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from chatbot.errors import UsageError

PREFIX = "ZHENGWEN_"
CODE_FOLDER = Path(__file__).resolve().parent.parent
RECORDS = "records.sqlite3"  # in the home, unless another database is set
DATABASES = ("sqlite:///", "postgresql://", "postgres://")
# Libraries that report to their makers unless told not to. onnxruntime does so from the moment it is imported.
NO_REPORTING = {
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
ADVICE = "请改正环境变量或 .env 中的这一行（写法见 .env.example）"


class Settings(BaseSettings):
    """What can be set, with its default. An empty value means the default."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_prefix=PREFIX,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
    )

    home: Path = Path("var")
    reports_dir: Path = CODE_FOLDER / "data" / "reports"
    default_report: str = ""

    embeddings_url: str = ""
    embeddings_model: str = ""
    embeddings_key: SecretStr = SecretStr("")

    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_model: str = Field(default="", validation_alias="OPENAI_MODEL")

    model_context_tokens: int = Field(default=4000, ge=1000)
    model_connect_seconds: float = Field(default=5, gt=0)
    model_first_seconds: float = Field(default=30, gt=0)
    model_whole_seconds: float = Field(default=120, gt=0)

    database_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    keep_answers_days: int = Field(default=180, ge=0, le=36500)

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)

    api_key: SecretStr = SecretStr("")
    mcp: bool = False

    @field_validator("home", "reports_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("embeddings_url", "openai_base_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("地址要以 http:// 或 https:// 开头")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(DATABASES):
            raise ValueError(f"地址要以 {' 或 '.join(DATABASES)} 开头")
        return url

    @model_validator(mode="after")
    def _embeddings_complete(self) -> Settings:
        if bool(self.embeddings_url) != bool(self.embeddings_model):
            raise ValueError("ZHENGWEN_EMBEDDINGS_URL 与 ZHENGWEN_EMBEDDINGS_MODEL 要一起设置")
        return self

    @property
    def records_url(self) -> str:
        """Where the records are: as set, or a SQLite file in the home. May hold a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{quote(str(self.home / RECORDS))}"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment, then `env_file` (if it exists), then the defaults. Raises UsageError."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings' own argument, not a field
    except ValidationError as error:
        raise UsageError(_first_fault(error), ADVICE) from error
    except (SettingsError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"读不懂设置文件 {env_file}（要用 UTF-8 编码）", ADVICE) from error


def stop_reporting() -> None:
    """Keep the libraries from reporting to their makers. To be called before they are imported."""
    for name, value in NO_REPORTING.items():
        os.environ.setdefault(name, value)


def keep_uploads_in(folder: Path) -> None:
    """Where Gradio puts what is uploaded. To be called before a page is made."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(folder))


def setting_names() -> tuple[str, ...]:
    """The environment variables that are read, in order."""
    fields = Settings.model_fields.items()
    return tuple(str(field.validation_alias or PREFIX + name.upper()) for name, field in fields)


def _first_fault(error: ValidationError) -> str:
    """One line on the first wrong setting. The value is not repeated: it may be a secret."""
    fault = error.errors(include_input=False, include_url=False)[0]
    reason = fault["msg"].removeprefix("Value error, ") if fault["type"] == "value_error" else "不在允许的范围内"
    name = str(fault["loc"][0]) if fault["loc"] else ""
    if name and not name.isupper():
        name = PREFIX + name.upper()
    return f"设置 {name} 的值不对：{reason}" if name else f"设置不对：{reason}"
