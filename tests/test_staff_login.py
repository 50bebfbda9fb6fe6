"""Who comes into the staff room, and that nothing of it is to be had without a login."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from records_postgres import Watch, opened
from staff_room import LI, PASSWORDS, WANG, enter, logged_in, open_room, staffed
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from web_fakes import FakeBot
from web_server import serving

from chatbot.errors import IndexMissing
from chatbot.job_runner import Runner
from chatbot.jobs import Jobs
from chatbot.web.server import Doors
from chatbot.web.staff.login import COOKIE, Guard, is_from_here, local
from chatbot.web.staff.staff import Staff
from chatbot.web.staff.texts import StaffTexts

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ZH, EN = StaffTexts.of("zh"), StaffTexts.of("en")
ROUTES = [
    ("GET", "/staff"),
    ("GET", "/staff/"),
    ("GET", "/staff/en/"),
    ("GET", "/staff/config"),
    ("GET", "/staff/gradio_api/info"),
    ("POST", "/staff/gradio_api/queue/join"),
    ("GET", "/staff/gradio_api/queue/data?session_hash=abc"),
    ("POST", "/staff/gradio_api/run/predict"),
    ("POST", "/staff/gradio_api/upload"),
    ("GET", "/staff/gradio_api/file=/etc/hostname"),
    ("GET", "/staff/file=/etc/hostname"),
    ("GET", "/staff/theme.css"),
    ("GET", "/staff/assets/index.js"),
    ("GET", "/staff/figures.xlsx?report=town-2024"),
    ("GET", "/staff/figures.csv?report=town-2024"),
    ("GET", "/staff/jobs/0123456789abcdef.xlsx"),
    ("GET", "/staff/%2e%2e/staff/"),
    ("PUT", "/staff/anything"),
]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def staff(tmp_path: Path, watch: Watch) -> Iterator[Staff]:
    with staffed(tmp_path, watch) as staff:
        yield staff


@pytest.fixture
def address(staff: Staff) -> Iterator[str]:
    with open_room(staff) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        yield client


def test_every_route_of_the_room_is_closed_without_a_login(client: httpx.Client) -> None:
    answers = [(method, path, client.request(method, path)) for method, path in ROUTES]
    assert {(method, path, answer.status_code) for method, path, answer in answers} == {
        (*route, 401) for route in ROUTES
    }
    assert all(answer.json() == {"error": ZH.login.needed} for _, path, answer in answers if "/en/" not in path)


@pytest.mark.parametrize("root", ["", "/sta", "/staff", "/zw"])
def test_the_guard_sees_the_path_that_the_routes_see(staff: Staff, root: str) -> None:
    """A prefix of the site's own (`root_path`) is cut off as Starlette does it, and never inside a name."""
    app = Guard(PlainTextResponse("inside"), staff.records.accounts)
    client = TestClient(app, root_path=root)
    path = "/zw/staff/" if root == "/zw" else "/staff/staff/" if root == "/staff" else "/staff/"
    assert client.get(path).status_code == 401
    assert client.get("/elsewhere").text == "inside"


def test_a_token_that_is_none_opens_nothing(client: httpx.Client) -> None:
    client.cookies.set(COOKIE, "x" * 43)
    assert client.get("/staff/config").status_code == 401


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/staff", "/login?next=/staff/&lang=zh"),
        ("/staff/", "/login?next=/staff/&lang=zh"),
        ("/staff/en/", "/login?next=/staff/en/&lang=en"),
        ("/staff/gradio_api/info", "/login?next=/staff/gradio_api/info&lang=zh"),
    ],
)
def test_a_person_who_opens_a_page_is_sent_to_the_login(client: httpx.Client, path: str, there: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, str(answer.next_request.url.raw_path, "ascii")) == (303, there)


def test_the_login_page_is_a_form_that_needs_no_script(client: httpx.Client) -> None:
    page = client.get("/login?next=/staff/en/").text
    assert '<form method="post" action="login">' in page and "<script" not in page
    assert 'name="next" value="/staff/en/"' in page and 'lang="zh-CN"' in page
    labelled = re.findall(r'<label for="([^"]+)"', page)
    assert labelled == re.findall(r'<input id="([^"]+)"', page) == ["zw-name", "zw-password"]


def test_the_login_page_speaks_english_too(client: httpx.Client) -> None:
    page = client.get("/login?lang=en").text
    assert EN.login.password in page and 'lang="en"' in page


def test_a_login_opens_the_room_and_everything_in_it(client: httpx.Client) -> None:
    answer = enter(client)
    assert (answer.status_code, answer.next_request.url.path) == (303, "/staff/")
    assert client.get("/staff/", headers=BROWSER).status_code == 200
    assert client.get("/staff/en/", headers=BROWSER).status_code == 200
    assert client.get("/staff/config").json()["dependencies"]


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: httpx.Client) -> None:
    cookie = enter(client).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie, "over plain http a browser would drop it"


def test_behind_https_the_cookie_goes_over_https_only(client: httpx.Client) -> None:
    """uvicorn takes the scheme from a proxy on this machine."""
    form = {"name": WANG, "password": PASSWORDS[WANG]}
    answer = client.post("/login", data=form, headers={"x-forwarded-proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


def test_what_the_room_shows_is_not_stored(client: httpx.Client) -> None:
    enter(client)
    assert client.get("/staff/", headers=BROWSER).headers["cache-control"] == "no-store"
    assert client.get("/login").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "next",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "/staff//elsewhere.example",
        "/staff/../../elsewhere",
        "/staffing",
        "/",
        "javascript:alert(1)",
        "/staff/\r\nset-cookie: a=b",
        "/staff/?next=//elsewhere.example",
        "staff/",
        "",
    ],
)
def test_after_the_login_nobody_is_sent_elsewhere(client: httpx.Client, next: str) -> None:
    answer = enter(client, next=next)
    assert answer.next_request.url.host == client.base_url.host
    assert answer.next_request.url.path == "/staff/" and "set-cookie: a=b" not in str(answer.headers)


def test_after_the_login_one_is_where_one_wanted_to_be(client: httpx.Client) -> None:
    assert enter(client, next="/staff/en/").next_request.url.path == "/staff/en/"
    assert local("/staff/jobs/0123456789abcdef.xlsx") == "/staff/jobs/0123456789abcdef.xlsx"


@pytest.mark.parametrize(("name", "password"), [(WANG, PASSWORDS[LI]), ("nobody", "x" * 12), ("'; DROP", "y" * 12)])
def test_a_wrong_login_gets_one_calm_line_whatever_was_wrong(client: httpx.Client, name: str, password: str) -> None:
    answer = enter(client, name, password)
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert answer.text.count('role="alert"') == 1 and "用户名或密码不对，或账号已暂时锁定" in answer.text
    assert password not in answer.text


def test_five_wrong_passwords_lock_the_account_for_a_while(client: httpx.Client, watch: Watch) -> None:
    for _ in range(5):
        enter(client, WANG, "x" * 12)
    assert enter(client).status_code == 401
    assert enter(client, LI).status_code == 303, "the other account is not locked"
    watch.go_on(minutes=16)
    assert enter(client).status_code == 303


def test_a_name_with_markup_is_shown_as_text(client: httpx.Client) -> None:
    page = enter(client, '"><img src=x>', "x" * 12).text
    assert "<img" not in page and "&quot;&gt;&lt;img src=x&gt;" in page


def test_logging_out_ends_the_login_for_a_copy_of_the_cookie_too(client: httpx.Client, address: str) -> None:
    enter(client)
    copy = client.cookies[COOKIE]
    answer = client.post("/logout")
    assert (answer.status_code, answer.next_request.url.path) == (303, "/login")
    assert COOKIE not in client.cookies
    assert httpx.get(f"{address}/staff/config", headers={"cookie": f"{COOKIE}={copy}"}).status_code == 401


def test_two_people_are_told_apart_and_one_may_leave(address: str, staff: Staff) -> None:
    with logged_in(address, WANG) as wang, logged_in(address, LI) as li:
        accounts = staff.records.accounts
        assert [accounts.account_of(each.cookies[COOKIE]).name for each in (wang, li)] == [WANG, LI]
        wang.post("/logout")
        assert [each.get("/staff/config").status_code for each in (wang, li)] == [401, 200]


def test_a_removed_account_is_out_at_once(address: str, staff: Staff) -> None:
    with logged_in(address, WANG) as wang:
        staff.records.accounts.remove(WANG)
        assert wang.get("/staff/config").status_code == 401


def test_a_login_ends_after_twelve_hours(address: str, watch: Watch) -> None:
    with logged_in(address, WANG) as wang:
        watch.go_on(hours=11)
        assert wang.get("/staff/config").status_code == 200
        watch.go_on(hours=2)
        assert wang.get("/staff/config").status_code == 401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://[", "http://127.0.0.1:1"])
def test_another_site_can_neither_log_in_nor_out_nor_act(client: httpx.Client, origin: str) -> None:
    form, headers = {"name": WANG, "password": PASSWORDS[WANG]}, {"origin": origin}
    assert client.post("/login", data=form, headers=headers).status_code == 403
    enter(client)
    assert client.post("/logout", headers=headers).status_code == 403
    assert client.post("/staff/gradio_api/queue/join", json={}, headers=headers).status_code == 403
    assert client.get("/staff/config").status_code == 200, "the login still stands"


def test_our_own_pages_may_post_behind_a_proxy_too(client: httpx.Client, address: str) -> None:
    form = {"name": WANG, "password": PASSWORDS[WANG]}
    assert client.post("/login", data=form, headers={"origin": address}).status_code == 303
    proxied = {"host": "127.0.0.1:7860", "origin": "https://zw.example", "x-forwarded-host": "zw.example"}
    assert is_from_here(proxied)
    assert not is_from_here({"host": "zw.example", "sec-fetch-site": "cross-site"})


@pytest.mark.parametrize(
    ("body", "type"),
    [
        (b"x" * 5000, "application/x-www-form-urlencoded"),
        (b"\xff\xfe=%ff", "application/x-www-form-urlencoded"),
        (b"name=%ff%fe&password=%00", "application/x-www-form-urlencoded"),
        (b"&".join([b"a=1"] * 50), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"name=%ED%A0%80&password=%00%00%00", "application/x-www-form-urlencoded"),
    ],
)
def test_a_hostile_form_gets_a_line(client: httpx.Client, body: bytes, type: str) -> None:
    answer = client.post("/login", content=body, headers={"content-type": type})
    assert answer.status_code in (400, 401) and 'role="alert"' in answer.text


def test_passwords_and_names_are_in_no_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    enter(client, WANG, "secret-that-is-wrong")
    enter(client, "secret-typed-as-name", "x" * 12)
    enter(client)
    assert not re.search("secret|春眠|%E6%98%A5", caplog.text)


def test_without_any_account_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as records:
        doors = Doors(staff=Staff(records, Runner(Jobs(tmp_path / "jobs"))))
        with serving(FakeBot(), doors) as url:
            assert "python -m chatbot user add NAME" in httpx.get(f"{url}/login").text
            assert "python -m chatbot user add NAME" in httpx.get(f"{url}/login?lang=en").text


def test_the_room_opens_without_an_index(staff: Staff) -> None:
    """Its tab of reports is where one is added."""
    with open_room(staff, IndexMissing("还没有建立索引", "请添加报告")) as url, logged_in(url) as wang:
        assert wang.get("/staff/", headers=BROWSER).status_code == 200
        assert "还没有建立索引" in wang.get("/staff/figures.csv?report=x").text


def test_a_server_without_a_room_has_no_login() -> None:
    with serving(FakeBot()) as url:
        assert httpx.get(f"{url}/staff/", headers=BROWSER).status_code == 404


def test_an_upload_of_the_staff_is_not_served_by_the_public_pages(address: str) -> None:
    with logged_in(address) as wang:
        [path] = wang.post("/staff/gradio_api/upload", files={"files": ("q.csv", b"secret")}).json()
        assert wang.get(f"/staff/gradio_api/file={path}").text == "secret"
        for public in ("/gradio_api", "/en/gradio_api"):
            assert wang.get(f"{public}/file={path}").status_code == 403
    assert httpx.get(f"{address}/staff/gradio_api/file={path}").status_code == 401
    Path(path).unlink()


def test_uploads_are_taken_by_the_room_only_and_have_a_limit(address: str) -> None:
    large = {"files": ("q.csv", b"x" * (20 * 1024 * 1024 + 1))}
    small = {"files": ("q.csv", b"question")}
    with logged_in(address) as wang:
        assert wang.post("/staff/gradio_api/upload", files=large).status_code == 413
        assert wang.post("/gradio_api/upload", files=small).status_code == 413


def test_both_languages_say_the_same_things() -> None:
    """Each name is in both tables: texts.py would not read them otherwise. Braces are filled in alike."""
    assert braces(ZH) == braces(EN)


def braces(texts: object) -> list[list[str]]:
    return [sorted(re.findall(r"\{(\w+)\}", word)) for word in words_of(texts)]


def words_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from words_of(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from words_of(each)
    else:
        for name in value.__dataclass_fields__:  # type: ignore[attr-defined]
            yield from words_of(getattr(value, name))
