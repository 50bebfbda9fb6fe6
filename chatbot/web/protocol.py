"""OpenAI's chat protocol as far as we speak it, and the contract's object in it, as FastAPI reads and describes them.

Fields that we do not know are let pass: clients send many that make no difference here (temperature, tools, …).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from chatbot.present import as_json
from chatbot.types import Answer

MODES = {"zhengwen": "auto", "zhengwen-extractive": "extractive", "zhengwen-model": "model"}  # model → the bot's mode


class TextPart(BaseModel):
    """消息里的一段文字。"""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """一条消息。system、developer 消息不起作用：报告和指令在这里都只是文字。"""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool | None = Field(None, description="最后另发一段用量")


class ChatRequest(BaseModel):
    """一次提问。未列出的字段（temperature、tools 等）不起作用。"""

    model: str = Field(description="、".join(MODES) + "：自动、只摘原文、由语言模型整理")
    messages: list[ChatMessage] = Field(min_length=1, description="最后一条 user 消息是问题，之前的是上文")
    stream: bool | None = Field(None, description="逐句返回；每一句都已核对过")
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, description="只能是 1")
    report_ids: list[str] | None = Field(None, description="只查这几份报告；不写则由问题判断")


class CitationObject(BaseModel):
    """一处引文：报告全文的第 start 到 end 个字，逐字相同。"""

    marker: int
    quote: str
    report_id: str
    path: list[str] = Field(description="所在的各级标题")
    page: int | None = Field(description="页码；原文件不分页时为空")
    start: int
    end: int


class DroppedObject(BaseModel):
    """没有通过核对、因而未予显示的一句草稿。"""

    text: str
    reason: str


class AnswerObject(BaseModel):
    """政问的回答，与命令行、/ask 返回的是同一个对象。"""

    status: Literal["answered", "partial", "refused", "out_of_scope", "blocked"]
    answer: str = Field(description="人读的回答，句末的 [1] 指向 citations")
    citations: list[CitationObject]
    mode: str = Field(description="extractive 摘取原文，model 由语言模型整理")
    timing_ms: dict[str, float]
    note: str = Field(description="答案之外的提示，例如报告中最接近的内容")
    dropped: list[DroppedObject]
    receipt: dict[str, Any] = Field(description="这个答案怎么来的：问题的理解、查过的段落")

    @classmethod
    def of(cls, answer: Answer) -> AnswerObject:
        return cls.model_validate(sound(as_json(answer)))


class Usage(BaseModel):
    """语言模型的用量；没有用到模型时都是 0。"""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0

    @classmethod
    def of(cls, answer: AnswerObject) -> Usage:
        told = answer.receipt.get("model") or {}
        prompt, written = told.get("prompt_tokens") or 0, told.get("answer_tokens") or 0
        return cls(prompt_tokens=prompt, completion_tokens=written, total_tokens=prompt + written)


class AnswerMessage(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str
    zhengwen: AnswerObject


class Choice(BaseModel):
    index: Literal[0] = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatCompletion(BaseModel):
    """整个回答。报告没有提到的，也是一个普通的回答：看 zhengwen.status。"""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Delta(BaseModel):
    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(BaseModel):
    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None


class ChatChunk(BaseModel):
    """逐句返回时的一段。带 finish_reason 的那一段有 zhengwen。"""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    zhengwen: AnswerObject | None = None


class ModelObject(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "zhengwen"


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelObject]


class ErrorObject(BaseModel):
    message: str = Field(description="一句话：出了什么事，该怎么办")
    type: str
    param: None = None
    code: str


class ErrorBody(BaseModel):
    error: ErrorObject


def sound(value: Any) -> Any:
    """`value` with half characters (lone surrogates, which a language model may write) turned into question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {sound(key): sound(item) for key, item in value.items()}
    return [sound(item) for item in value] if isinstance(value, list | tuple) else value
