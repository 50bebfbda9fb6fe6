"""The command line of the reports held: what is indexed, what is added, what is removed.

usage: python -m vectorstore build
       python -m vectorstore add PATH… [--region R --year Y --title T]
       python -m vectorstore list | remove ID | check
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from chatbot.errors import IndexMissing, SetupError, UnreadableFile, ZhengwenError
from chatbot.settings import Settings, load_settings, stop_reporting
from vectorstore.associations import open_associations
from vectorstore.embed import open_embedder
from vectorstore.files import Source, read_all
from vectorstore.index import IndexSummary, build, live_manifests, open_index
from vectorstore.library import Library
from vectorstore.shard import ShardManifest

FIRST_YEAR, LAST_YEAR = 1900, 2200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 2 usage, 3 set-up, 4 upstream."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    stop_reporting()
    try:
        status: int = options.run(load_settings(), options)
    except ZhengwenError as error:
        _complain(error)
        return error.exit_status
    except OSError as error:
        _complain(SetupError(f"读写失败：{error.filename or ''} {error.strerror or error}", "请检查磁盘空间和权限"))
        return SetupError.exit_status
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vectorstore", description="管理可以提问的政府工作报告。")
    commands = parser.add_subparsers(required=True, metavar="{build,add,list,remove,check}")
    commands.add_parser("build", help="建立或更新索引").set_defaults(run=_build)
    add = commands.add_parser("add", help="添加报告（txt、docx、pdf，文件夹或 zip）并更新索引")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--region", default="", help="地区，如 四川省（不写则由正文判断）")
    add.add_argument("--year", type=_year, help="报告的年份，如 2024")
    add.add_argument("--title", default="", help="标题")
    add.set_defaults(run=_add)
    commands.add_parser("list", help="列出现有报告").set_defaults(run=_list)
    remove = commands.add_parser("remove", help="移除一份报告")
    remove.add_argument("id", metavar="ID")
    remove.set_defaults(run=_remove)
    commands.add_parser("check", help="检查模型与索引是否完好").set_defaults(run=_check)
    return parser


def _year(text: str) -> int:
    if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”不是年份")


def _build(settings: Settings, _: argparse.Namespace) -> int:
    summary = _built(settings)
    for shard in summary.shards:
        print(_line(shard))
    for error in summary.failures:
        _complain(error)
    return SetupError.exit_status if summary.failures and not summary.shards else 0


def _add(settings: Settings, options: argparse.Namespace) -> int:
    added: list[str] = []
    failed = 0
    for path in options.paths:
        for item in _sources(path):
            try:
                added.append(_added(settings, item, options))
            except UnreadableFile as error:
                _complain(error)
                failed += 1
    if added:
        for shard in _built(settings).shards:
            if shard.report_id in added:
                print(_line(shard))
    return UnreadableFile.exit_status if failed else 0


def _sources(path: Path) -> list[Source | UnreadableFile]:
    if not path.exists():
        return [UnreadableFile(f"没有这个文件：{path}", "请检查路径")]
    return list(read_all(path))


def _added(settings: Settings, item: Source | UnreadableFile, options: argparse.Namespace) -> str:
    if isinstance(item, UnreadableFile):
        raise item
    return Library(settings).add(item, options.region, options.year, options.title).id


def _list(settings: Settings, _: argparse.Namespace) -> int:
    indexed = live_manifests(settings)
    for report in Library(settings).reports():
        unindexed = f"{report.id}\t{report.title}\t{report.region}\t{report.year or '年份不详'}\t还没有编入索引"
        print(_line(indexed[report.id]) if report.id in indexed else unindexed)
    return 0


def _remove(settings: Settings, options: argparse.Namespace) -> int:
    report, hidden, _ = Library(settings).remove(options.id)
    _built(settings)
    title = f"《{report.title}》" if report else ""
    print(f"已移除 {options.id}{title}{'（随附的报告：只是不再使用，文件仍在）' if hidden else ''}")
    return 0


def _check(settings: Settings, _: argparse.Namespace) -> int:
    embedder = open_embedder(settings)
    with open_index(settings, embedder) as index:
        for report in index.reports:
            shard = index.shard(report.id)
            if any(p.span.of(report.text) != p.text for p in shard.passages):
                raise IndexMissing(f"索引与报告 {report.id} 的正文不一致", "请执行 python -m vectorstore build")
            print(f"{report.id}\t{report.title}\t{len(shard.passages)} 句\t完好")
    return 0


def _built(settings: Settings) -> IndexSummary:
    embedder = open_embedder(settings)
    summary = build(settings, embedder, _tell)
    open_associations(settings.home / "index", embedder)  # so that the first question need not embed the sayings
    return summary


def _line(shard: ShardManifest) -> str:
    pages = f"，{shard.pages} 页" if shard.pages else ""
    made = f"{shard.sections} 节，{shard.passages} 句，{shard.indicators} 项指标{pages}"
    return f"{shard.report_id}\t{shard.title}\t{shard.region or '地区不详'}\t{shard.year or '年份不详'}\t{made}"


def _tell(line: str) -> None:
    """Progress goes to stderr, so that what a command prints can be used."""
    print(line, file=sys.stderr, flush=True)


def _complain(error: ZhengwenError) -> None:
    print(error, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
