from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from a2e_async import errors, wire
from a2e_async.http.envelope import Envelope, read

from .strategies import SCALARS, objects_of

HTML = b"<!DOCTYPE html><html><body>Cannot GET /api/v1/nothing</body></html>"

ENVELOPE_KEYS = st.sampled_from(
    ["code", "data", "success", "result", "message", "msg", "errors", "error", "trace_id", "_id"]
)


def answer(body: Any, status: int = 200) -> Envelope | errors.APIError:
    return read(status, json.dumps(body).encode())


def success(body: Any, status: int = 200) -> Envelope:
    outcome = answer(body, status)
    assert isinstance(outcome, Envelope), outcome
    return outcome


def failure(body: Any, status: int = 200) -> errors.APIError:
    outcome = answer(body, status)
    assert isinstance(outcome, errors.APIError), outcome
    return outcome


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ({"code": 0, "data": {"_id": "1"}, "trace_id": "t"}, {"_id": "1"}),
        ({"code": 0, "data": [{"_id": "1"}, {"_id": "2"}]}, [{"_id": "1"}, {"_id": "2"}]),
        ({"code": 0, "data": []}, []),
        ({"code": 0, "data": "https://example.com/a.mp3"}, "https://example.com/a.mp3"),
        ({"code": 0, "data": {"rows": [], "count": 0}}, {"rows": [], "count": 0}),
        ({"code": 0, "data": None}, None),
        ({"code": 0}, None),
        ({"code": "0", "data": 7}, 7),
        ({"code": 0, "data": 1, "message": "success"}, 1),
        ({"success": True, "result": {"_id": "1"}}, {"_id": "1"}),
        ({"success": True, "data": {"_id": "1"}}, {"_id": "1"}),
        ({"success": True}, None),
        ({"data": {"_id": "1", "failed_message": "a failed task"}}, ...),
        ([{"_id": "1"}], [{"_id": "1"}]),
        ([], []),
        ({"_id": "1", "current_status": "sent"}, {"_id": "1", "current_status": "sent"}),
        ("https://example.com/a.mp3", "https://example.com/a.mp3"),
    ],
)
def test_success_in_every_shape(body: Any, data: Any) -> None:
    expected = body["data"] if data is ... else data
    assert success(body).data == expected
    assert success(body, 201).data == expected


def test_success_keeps_the_trace_and_the_whole_body() -> None:
    body = {"code": 0, "data": 1, "trace_id": "t-1", "more": True}
    assert success(body) == Envelope(1, "t-1", body)
    assert success({"code": 0, "data": 1}).trace_id is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"code": 40000, "message": "bad width"}, "bad width"),
        ({"code": 40000, "msg": "bad width"}, "bad width"),
        ({"code": 40000, "message": "", "msg": "bad width"}, "bad width"),
        ({"code": 40000, "errors": ["bad width", "bad height"]}, "bad width; bad height"),
        ({"code": 40000, "errors": [{"message": "bad width"}]}, "bad width"),
        ({"code": 40000, "errors": {"width": "too large"}}, "width: too large"),
        ({"code": 40000, "errors": "bad width"}, "bad width"),
        ({"code": 40000, "error": {"message": "bad width"}}, "bad width"),
        ({"code": 40000, "error": "bad width"}, "bad width"),
        ({"code": 40000, "data": {"failed_message": "bad width"}}, "bad width"),
        ({"success": False, "message": "bad width"}, "bad width"),
        ({"success": False, "code": 0, "message": "bad width"}, "bad width"),
        ({"error": "bad width"}, "bad width"),
        ({"code": 40000}, "no message"),
    ],
)
def test_refusal_under_200_says_why(body: dict[str, Any], message: str) -> None:
    error = failure(body)
    assert type(error) is errors.APIError
    assert (error.message, error.status, error.body) == (message, 200, body)
    assert not error.retryable


@pytest.mark.parametrize(
    ("body", "message"), [("bad width", "bad width"), ([1], "no message"), (None, "no message")]
)
def test_failure_without_an_object(body: Any, message: str) -> None:
    error = failure(body, 400)
    assert isinstance(error, errors.InvalidRequest)
    assert (error.message, error.code) == (message, None)


def test_failure_keeps_every_part() -> None:
    content = b'{"code": "30005", "message": "one background", "trace_id": "t-1"}'
    error = read(400, content, retry_after=2.5)
    assert isinstance(error, errors.InvalidRequest)
    assert (error.status, error.code, error.trace_id) == (400, 30005, "t-1")
    assert error.retry_after == 2.5


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("1001", 1001),
        (1001.0, 1001),
        ("E_BUSY", "E_BUSY"),
        (1.5, "1.5"),
        (None, None),
        (True, None),
    ],
)
def test_code_is_a_number_where_it_can_be_one(sent: Any, code: int | str | None) -> None:
    error = failure({"code": sent, "message": "no"}, 400)
    assert error.code == code
    assert type(error.code) is type(code)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.AuthenticationFailed),
        (402, errors.InsufficientCoins),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (405, errors.NotFound),
        (409, errors.APIError),
        (422, errors.InvalidRequest),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServiceBusy),
        (520, errors.ServerError),
    ],
)
@pytest.mark.parametrize("content", [b"", HTML, b'{"message": "?"}', b"{}", b'{"code": 0}'])
def test_class_by_status_whatever_the_body(
    status: int, kind: type[errors.APIError], content: bytes
) -> None:
    assert type(read(status, content)) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, errors.AuthenticationFailed),
        (403, errors.AuthenticationFailed),
        ("401", errors.AuthenticationFailed),
        (404, errors.NotFound),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (1001, errors.ServiceBusy),
        ("1001", errors.ServiceBusy),
        (1003, errors.ContentRejected),
        (1004, errors.ContentRejected),
        (30005, errors.InvalidRequest),
    ],
)
def test_class_by_the_inner_code(code: int | str, kind: type[errors.APIError]) -> None:
    assert type(failure({"code": code, "msg": "no"})) is kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Insufficient coins", errors.InsufficientCoins),
        ("not enough credits", errors.InsufficientCoins),
        ("Not enough A2E coins, please top up", errors.InsufficientCoins),
        ("Your balance is insufficient", errors.InsufficientCoins),
        ("user coins not enough", errors.InsufficientCoins),
        ("INSUFFICIENT_BALANCE", errors.InsufficientCoins),
        ("余额不足", errors.InsufficientCoins),
        ("Too many requests", errors.RateLimited),
        ("Rate limit exceeded", errors.RateLimited),
        ("The server is busy, try again later", errors.ServiceBusy),
        ("all hosts are occupied", errors.ServiceBusy),
        ("NSFW content detected", errors.ContentRejected),
        ("Your prompt violates our content policy", errors.ContentRejected),
        ("inappropriate content", errors.ContentRejected),
        ("upgrade your plan to use this", None),
        ("insufficient permissions", None),
        ("invalid prompt", None),
    ],
)
@pytest.mark.parametrize(
    ("status", "plain"),
    [(200, errors.APIError), (400, errors.InvalidRequest), (403, errors.PermissionDenied)],
)
def test_class_by_wording_where_the_status_leaves_it_open(
    message: str, kind: type[errors.APIError] | None, status: int, plain: type[errors.APIError]
) -> None:
    assert type(failure({"code": 9, "message": message}, status)) is (kind or plain)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"code": "403", "msg": "Invalid token"}, errors.AuthenticationFailed),
        (200, {"code": 1, "message": "invalid token"}, errors.AuthenticationFailed),
        (403, {"message": "token expired"}, errors.AuthenticationFailed),
        (200, {"code": 403, "msg": "You have no permission"}, errors.PermissionDenied),
        (403, {"message": "Your plan allows 3 concurrent tasks"}, errors.PermissionDenied),
        (500, {"code": 401, "message": "no"}, errors.AuthenticationFailed),
        (500, {"code": 500, "message": "no"}, errors.ServerError),
        (200, {"code": 500, "message": "Insufficient coins"}, errors.InsufficientCoins),
        (403, {"message": "You don't have enough coins"}, errors.InsufficientCoins),
        (400, {"message": "no credit card on file"}, errors.InvalidRequest),
        (400, {"message": "width violates the maximum"}, errors.InvalidRequest),
        (400, {"message": "rate_limit must be a number"}, errors.InvalidRequest),
        (403, {"message": "illegal content"}, errors.ContentRejected),
    ],
)
def test_class_of_what_a_person_would_read(
    status: int, body: dict[str, Any], kind: type[errors.APIError]
) -> None:
    assert type(failure(body, status)) is kind


def test_a_final_status_is_believed_before_the_words() -> None:
    assert type(failure({"message": "server busy"}, 401)) is errors.AuthenticationFailed
    assert type(failure({"message": "not enough coins"}, 429)) is errors.RateLimited
    assert type(failure({"code": 403, "message": "server busy"}, 401)) is (
        errors.AuthenticationFailed
    )


@pytest.mark.parametrize("content", [b"", b"  \n", HTML, b'{"code": 0', b"\xff\xfe\x00"])
def test_unreadable_success_is_unexpected(content: bytes) -> None:
    error = read(200, content)
    assert isinstance(error, errors.UnexpectedResponse)
    assert error.body == content.decode("utf-8", "replace")


def test_html_tells_its_beginning_only() -> None:
    error = read(200, HTML + b"x" * 100_000)
    assert isinstance(error, errors.UnexpectedResponse)
    assert len(error.body) < 5_000
    assert "<!DOCTYPE html>" in str(error)
    assert len(str(error)) < 1_000


def test_redirect_asks_about_the_address() -> None:
    error = read(302, b"")
    assert isinstance(error, errors.UnexpectedResponse)
    assert "base_url" in str(error)


@given(st.integers(200, 599), st.binary(max_size=60))
@example(200, b'{"code": 1e999}')
@example(200, b'{"code": NaN}')
@example(200, b'{"code": ' + b"9" * 5_000 + b"}")
@example(200, b'{"code": [], "message": {"message": 1}}')
def test_reading_never_raises(status: int, content: bytes) -> None:
    outcome = read(status, content)
    assert isinstance(outcome, (Envelope, errors.APIError))
    assert str(outcome)


# Without hypothesis, which raises the recursion limit.
@pytest.mark.parametrize("codec", ["orjson", "json"])
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "content",
    [
        b'{"code":1,"errors":' + b'{"errors":' * 900 + b'"no"' + b"}" * 901,
        b'{"code":1,"errors":' + b"[" * 900 + b"]" * 900 + b"}",
        b"[" * 900 + b"]" * 900,
        b"[" * 100_000,
    ],
    ids=["objects", "lists", "bare", "endless"],
)
def test_a_deep_answer_is_no_crash(
    content: bytes, status: int, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if codec == "json":
        monkeypatch.setattr(wire, "_orjson", None)
    assert isinstance(read(status, content), (Envelope, errors.APIError))


@given(st.integers(200, 599), objects_of(ENVELOPE_KEYS))
def test_an_envelope_is_a_2xx_without_a_refusal(status: int, body: dict[str, Any]) -> None:
    outcome = answer(body, status)
    if isinstance(outcome, Envelope):
        assert status < 300
        assert body.get("success") is not False
        code = body.get("code")
        assert code in (None, "") or isinstance(code, bool) or float(code) in (0, 200)
    else:
        assert (outcome.status, outcome.body) == (status, body)


def test_no_content_is_a_success_without_data() -> None:
    outcome = read(204, b"")
    assert isinstance(outcome, Envelope)
    assert outcome.data is None


def test_the_code_of_http_s_own_success_is_one_too() -> None:
    outcome = answer({"code": 200, "data": {"_id": "x"}})
    assert isinstance(outcome, Envelope)
    assert outcome.data == {"_id": "x"}


@given(
    st.integers(-(10**9), 10**9).filter(lambda code: code not in (0, 200)), st.booleans(), SCALARS
)
def test_any_other_code_is_a_refusal(code: int, as_text: bool, data: Any) -> None:
    failure({"code": str(code) if as_text else code, "data": data})


@given(st.integers(300, 599), SCALARS)
def test_no_body_makes_a_success_of_a_failed_request(status: int, data: Any) -> None:
    assert failure({"code": 0, "success": True, "data": data}, status).status == status
