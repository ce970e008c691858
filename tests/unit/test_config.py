from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import ConfigurationError
from a2e_async.config import (
    DEFAULT_BASE_URL,
    Settings,
    from_environment,
    is_local,
    read_base_url,
    read_seconds,
    read_token,
    user_agent,
)

TOKEN = "sk_eyJhbGciOiJIUzI1NiJ9.eyJuYW1lIjoiQW5uIn0.c2ln"
KEY, OTHER = "A2E_API_KEY", "A2E_API_TOKEN"


@pytest.mark.parametrize(
    ("given", "environ", "token"),
    [
        ("sk_arg", {KEY: "sk_key", OTHER: "sk_other"}, "sk_arg"),
        (None, {KEY: "sk_key", OTHER: "sk_other"}, "sk_key"),
        (None, {OTHER: "sk_other"}, "sk_other"),
        (None, {KEY: "", OTHER: "sk_other"}, "sk_other"),
        (None, {KEY: " \n", OTHER: "sk_other"}, "sk_other"),
        (None, {KEY: " sk_key\n"}, "sk_key"),
        ("\tsk_arg ", {}, "sk_arg"),
        ("Bearer sk_arg", {}, "sk_arg"),
        ("bearer  sk_arg ", {}, "sk_arg"),
        (None, {KEY: "Bearer sk_key"}, "sk_key"),
        ("sk_Bearer", {}, "sk_Bearer"),
        (TOKEN, {}, TOKEN),
    ],
)
def test_where_the_token_comes_from(given: str | None, environ: dict[str, str], token: str) -> None:
    assert read_token(given, environ) == token


@pytest.mark.parametrize("given", ["", "  ", "Bearer", "Bearer "])
def test_a_token_that_is_given_blank_is_not_replaced(given: str) -> None:
    with pytest.raises(ConfigurationError, match="none given"):
        read_token(given, {KEY: "sk_key"})


def test_without_a_token_it_is_said_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"A2E_API_KEY or A2E_API_TOKEN.*sandbox"):
        read_token(None, {KEY: "  "})


def test_a_token_of_another_type_is_not_shown() -> None:
    secret: Any = TOKEN.encode()
    with pytest.raises(ConfigurationError, match="got bytes") as caught:
        read_token(secret, {})
    assert TOKEN not in str(caught.value)


@given(st.text(max_size=8), st.characters(exclude_categories=["Nd", "L", "Zs"], min_codepoint=128))
def test_a_token_that_cannot_be_sent_is_refused_unseen(text: str, odd: str) -> None:
    secret = f"sk_secret{text}{odd}end"
    with pytest.raises(ConfigurationError) as caught:
        read_token(secret, {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("secret", ["sk_a sk_b", "sk_a\nX-Evil: 1", "sk_ключ"])
def test_a_token_is_one_printable_word(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="one word") as caught:
        read_token(secret, {})
    assert secret not in str(caught.value)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_any_printable_word_is_a_token(word: str) -> None:
    assert read_token(f" Bearer {word}\n", {}) == word


@pytest.mark.parametrize(
    ("given", "environ", "url"),
    [
        (None, {}, DEFAULT_BASE_URL),
        (None, {"A2E_BASE_URL": ""}, DEFAULT_BASE_URL),
        (None, {"A2E_BASE_URL": "https://makefun.ai"}, "https://makefun.ai"),
        ("https://video.a2e.com.cn", {"A2E_BASE_URL": "https://x.ai"}, "https://video.a2e.com.cn"),
        ("https://video.a2e.ai/", {}, "https://video.a2e.ai"),
        (" https://video.a2e.ai/api/v1 ", {}, "https://video.a2e.ai"),
        ("https://video.a2e.ai/api/v1/", {}, "https://video.a2e.ai"),
        ("https://proxy.example.com/a2e/api/v1", {}, "https://proxy.example.com/a2e"),
        ("https://example.com:8443", {}, "https://example.com:8443"),
        ("http://localhost:8080", {}, "http://localhost:8080"),
        ("http://127.0.0.1:1/", {}, "http://127.0.0.1:1"),
        ("http://[::1]:8080", {}, "http://[::1]:8080"),
        ("http://192.168.1.7", {}, "http://192.168.1.7"),
        ("http://a2e-sandbox:8080", {}, "http://a2e-sandbox:8080"),
        ("http://a2e.test", {}, "http://a2e.test"),
    ],
)
def test_where_the_service_is(given: str | None, environ: dict[str, str], url: str) -> None:
    assert read_base_url(given, environ) == url


@pytest.mark.parametrize(
    "url",
    [
        "video.a2e.ai",
        "ftp://video.a2e.ai",
        "https://",
        "https://:443",
        "https://h:port",
        "https://h:99999",
        "https://[::1",
        "https://h?x=1",
        "https://h?",
        "https://h#top",
        "https://ho st",
        "https://h\n.ai",
        "nonsense",
        "  ",
    ],
)
def test_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"base_url: expected an address such as https://"):
        read_base_url(url, {})


@pytest.mark.parametrize("url", ["https://api.a2e.ai", "http://API.a2e.ai/api/v1", None])
def test_the_documentation_is_not_the_service(url: str | None) -> None:
    with pytest.raises(ConfigurationError, match=r"documentation only.*https://video\.a2e\.ai"):
        read_base_url(url, {"A2E_BASE_URL": "https://api.a2e.ai/"})


@pytest.mark.parametrize(
    "url", ["http://video.a2e.ai", "http://8.8.8.8", "http://localhost.evil.ai"]
)
def test_no_token_in_clear_to_a_public_host(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plain http.*use https://"):
        read_base_url(url, {})


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:hunter2@video.a2e.ai",
        "https://hunter2@video.a2e.ai",
        "https://ann:hunter2/x@video.a2e.ai",
        "https://ann:hunter2@x@video.a2e.ai",
        "ann:hunter2@video.a2e.ai",
        "http://ann:hunter2@video.a2e.ai",
    ],
)
def test_userinfo_is_refused_unseen(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        read_base_url(url, {})
    assert "hunter2" not in str(caught.value)


@given(st.text())
def test_an_address_is_read_or_refused(text: str) -> None:
    try:
        url = read_base_url(f"https://{text}", {})
    except ConfigurationError:
        return
    assert url.startswith("https://")
    assert not set(url) & set("?# \n\t")
    assert not url.endswith("/")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("db.localhost", True),
        ("10.1.2.3", True),
        ("fd00::1", True),
        ("printer.local", True),
        ("sandbox", True),
        ("1.1.1.1", False),
        ("2606:4700::1111", False),
        ("example.com", False),
        ("local.example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_local_hosts(host: str | None, local: bool) -> None:
    assert is_local(host) is local


def test_settings_send_the_token_and_never_show_it() -> None:
    settings = from_environment(environ={KEY: TOKEN}, language="en-US", user_agent="ua")
    assert settings.headers() == {
        "Authorization": f"Bearer {TOKEN}",
        "User-Agent": "ua",
        "x-lang": "en-US",
    }
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings)
    assert settings.base_url == DEFAULT_BASE_URL


def test_the_process_s_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OTHER, "sk_other")
    monkeypatch.setenv("A2E_BASE_URL", "https://makefun.ai")
    settings = from_environment()
    assert (settings.token, settings.base_url) == ("sk_other", "https://makefun.ai")
    assert "x-lang" not in settings.headers()


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"language": "english please"}, ValueError),
        ({"language": "en\r\nX: 1"}, ValueError),
        ({"language": 5}, TypeError),
        ({"connect_timeout": 0}, ValueError),
        ({"connect_timeout": None}, TypeError),
        ({"read_timeout": -1.0}, ValueError),
        ({"read_timeout": float("nan")}, ValueError),
        ({"read_timeout": "60"}, TypeError),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], kind: type[Exception]) -> None:
    ((field, value),) = options.items()
    with pytest.raises(kind, match=field) as caught:
        Settings(token=TOKEN, **options)
    assert repr(value) in str(caught.value) or value is None


@given(st.floats() | st.integers(-(10**9), 10**9))
def test_seconds_are_finite_and_above_0(value: float) -> None:
    if 0 < value < float("inf"):
        assert read_seconds("timeout", value) == value
    else:
        with pytest.raises(ValueError, match="timeout: expected seconds above 0"):
            read_seconds("timeout", value)


@pytest.mark.parametrize("value", ["5", True, [5], object()])
def test_seconds_are_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match="timeout: expected seconds"):
        read_seconds("timeout", value)


def test_seconds_that_may_be_left_out_or_0() -> None:
    assert read_seconds("timeout", None) is None
    assert read_seconds("timeout", 0, zero=True) == 0.0


def test_the_user_agent_names_the_package() -> None:
    assert user_agent("1.2.3").startswith("a2e-async/1.2.3 Python/3.")
