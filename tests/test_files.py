"""Reading files: every kind we know, and a clear line for every kind we do not."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from chatbot.errors import UnreadableFile
from vectorstore import files
from vectorstore.files import Source, read, read_all

TEXT = "各位代表：\n  去年新建学校三所，开放公园五个。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def pdf(pages: list[list[tuple[int, str]]], encrypted: bool = False) -> bytes:
    """A PDF whose pages hold lines of (left edge in points, text), top down."""
    objects = [
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[2 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000>>",
    ]
    kids = []
    for page in pages:
        drawn = "".join(
            f"BT /F 10 Tf {left} {700 - 20 * row} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for row, (left, text) in enumerate(page)
        ).encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<</Type/Page/Parent 99 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 1 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
        kids.append(len(objects))
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (at, item) for at, item in enumerate(objects, 1))
    refs = b" ".join(b"%d 0 R" % kid for kid in kids)
    body += b"99 0 obj<</Type/Pages/Count %d/Kids[%s]>> endobj\n98 0 obj<</Type/Catalog/Pages 99 0 R>> endobj\n" % (
        len(kids),
        refs,
    )
    secret = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)
    return body + b"trailer<</Root 98 0 R/Size 100%s>>\n%%%%EOF" % (secret if encrypted else b"")


def word(*paragraphs: str) -> docx.document.Document:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return document


def saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
def test_text_reads_alike_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "报告.txt", (TEXT * 5).encode(encoding))
    [source] = read(path)
    assert source.pages == (TEXT * 5,)
    assert (source.name, source.paged) == ("报告.txt", False)


def test_text_in_another_encoding_is_guessed(tmp_path: Path) -> None:
    text = "各位代表：去年新建學校三所，開放公園五個。我們將繼續努力，為市民服務。" * 20
    [source] = read(written(tmp_path / "a.txt", text.encode("big5")))
    assert source.pages == (text,)


def test_form_feeds_are_pages(tmp_path: Path) -> None:
    [source] = read(written(tmp_path / "a.txt", "第一页。\n\f第二页。\n\f\n".encode()))
    assert (source.pages, source.paged) == (("第一页。\n", "第二页。\n"), True)


def test_one_space_at_page_distance_is_a_page(tmp_path: Path) -> None:
    lines = [(" " if at % 30 == 0 and at else "") + f"第{at}行文字" for at in range(100)]
    [source] = read(written(tmp_path / "a.txt", "\n".join(lines).encode()))
    assert [page.split("\n")[0] for page in source.pages] == ["第0行文字", " 第30行文字", " 第60行文字", " 第90行文字"]
    assert source.paged


def test_one_space_before_every_paragraph_is_no_page(tmp_path: Path) -> None:
    lines = [(" " if at % 3 == 0 else "") + f"第{at}行文字" for at in range(100)]
    [source] = read(written(tmp_path / "a.txt", "\n".join(lines).encode()))
    assert not source.paged


def test_docx_keeps_the_order_of_paragraphs_and_tables(tmp_path: Path) -> None:
    document = word("表前。")
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "指标"
    for column, text in enumerate(("学校", "所", "3")):
        table.cell(1, column).text = text
    document.add_paragraph("表后。")
    [source] = read(written(tmp_path / "a.docx", saved(document)))
    assert source.pages == ("表前。\n指标\t\n学校\t所\t3\n表后。",)


def test_pdf_keeps_pages_and_indents(tmp_path: Path) -> None:
    long = "去年新建学校三所开放公园五个修路八条"
    [source] = read(written(tmp_path / "a.pdf", pdf([[(70, long), (50, long), (50, long)], [(50, long), (70, long)]])))
    assert source.pages == (f"　　{long}\n{long}\n{long}", f"{long}\n　　{long}")
    assert source.paged


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        pytest.param("a.txt", b"", "空文件", id="empty"),
        pytest.param("a.txt", " \n　\n".encode(), "没有文字", id="blank"),
        pytest.param("a.txt", bytes(range(256)) * 40, "不是文字文件", id="binary as txt"),
        pytest.param("a.pdf", pdf([[], []]), "扫描件", id="scan"),
        pytest.param("a.pdf", pdf([[(50, "机密")]], encrypted=True), "加了密码", id="locked pdf"),
        pytest.param("a.pdf", b"%PDF-1.4 nothing", "打不开", id="broken pdf"),
        pytest.param("a.docx", b"PK\x03\x04 nothing", "打不开", id="broken docx"),
        pytest.param("a.docx", saved(word()), "没有文字", id="docx of pictures"),
        pytest.param("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "加了密码", id="locked docx"),
        pytest.param("a.doc", OLE + b"\1" * 99, "旧版 doc", id="doc"),
        pytest.param("a.wps", b"abc", "格式读不了", id="wps"),
        pytest.param("a.png", b"\x89PNG", "类型读不了", id="picture"),
    ],
)
def test_what_cannot_be_read_is_named_with_advice(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(written(tmp_path / name, data))
    assert f"《{name}》" in caught.value.what
    assert says in caught.value.what
    assert caught.value.advice
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="找不到"):
        read(tmp_path / "没有.txt")


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as stream:
        stream.truncate(files.MAX_BYTES + 1)
    with pytest.raises(UnreadableFile, match="超过 20 MB"):
        read(tmp_path / "big.txt")


def test_a_folder_is_read_in_order_and_a_bad_file_does_not_lose_the_others(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    written(tmp_path / "b" / "2.txt", TEXT.encode())
    written(tmp_path / "c.txt", TEXT.encode("gbk"))
    written(tmp_path / "a.pdf", pdf([[]]))
    written(tmp_path / ".hidden.txt", b"x")
    found = list(read_all(tmp_path))
    assert [item.name if isinstance(item, Source) else type(item) for item in found] == [
        UnreadableFile,
        "b/2.txt",
        "c.txt",
    ]
    assert [source.name for source in read(tmp_path)] == ["b/2.txt", "c.txt"]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="没有文件"):
        read(tmp_path)


def test_a_zip_is_many_files(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", {"乙.txt": TEXT.encode(), "甲/丙.docx": saved(word("一句话。")), "__MACOSX/x": b"x"}
    )
    assert sorted(source.name for source in read(path)) == ["乙.txt", "甲/丙.docx"]


def test_gbk_names_in_a_zip_are_read_right(tmp_path: Path) -> None:
    name = "重庆报告.txt".encode("gbk")
    path = zipped(tmp_path / "a.zip", {"x" * len(name): TEXT.encode()})
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert [source.name for source in read(path)] == ["重庆报告.txt"]


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    zeros = bytes(files.MAX_BYTES + 1)
    with pytest.raises(UnreadableFile, match="超过 20 MB"):
        read(zipped(tmp_path / "one.zip", {"a.txt": zeros}))
    with pytest.raises(UnreadableFile, match="解压后过大"):
        read(zipped(tmp_path / "many.zip", {f"{at}.txt": b"" for at in range(files.MAX_MEMBERS + 1)}))


def test_a_damaged_member_does_not_lose_the_others(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"1.txt": TEXT.encode() * 9, "2.txt": TEXT.encode()})
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    found = list(read_all(written(path, bytes(data))))
    assert [type(item) for item in found] == [UnreadableFile, Source]


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared reports are not here")
def test_every_shared_report_is_read_but_the_scan() -> None:
    found = {file.name: next(read_all(file)) for file in CORPUS.iterdir()}
    assert [name for name, item in found.items() if isinstance(item, UnreadableFile)] == ["scanned-no-text-layer.pdf"]
