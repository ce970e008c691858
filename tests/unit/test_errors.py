from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import a2e_async
from a2e_async import errors, tasks
from a2e_async.errors import A2EError, APIError, DownloadFailed, SubmitUncertain, redact
from a2e_async.jobs.job import Job

from .strategies import JSON

SECRET = "eyJuYW1lIjoiQW5uIn0"
TOKEN = f"sk_eyJhbGciOiJIUzI1NiJ9.{SECRET}.c2lnbmF0dXJl"
JOB = cast("Job[Any]", SimpleNamespace(token="text_to_image:1"))

PARENTS: dict[type[A2EError], type[Exception]] = {
    errors.ConfigurationError: A2EError,
    errors.ConnectionFailed: A2EError,
    errors.APIError: A2EError,
    errors.InvalidRequest: APIError,
    errors.AuthenticationFailed: APIError,
    errors.PermissionDenied: APIError,
    errors.NotFound: APIError,
    errors.InsufficientCoins: APIError,
    errors.ContentRejected: APIError,
    errors.RateLimited: APIError,
    errors.ServerError: APIError,
    errors.ServiceBusy: APIError,
    errors.UnexpectedResponse: APIError,
    errors.SubmitUncertain: A2EError,
    errors.JobError: A2EError,
    errors.JobFailed: errors.JobError,
    errors.JobTimeout: errors.JobError,
    errors.JobNotFound: errors.JobError,
    errors.JobCancelled: errors.JobError,
    errors.Unsupported: A2EError,
    errors.BudgetExceeded: A2EError,
    errors.JournalError: A2EError,
    errors.DownloadFailed: A2EError,
    errors.UploadFailed: A2EError,
}
API_ERRORS = [kind for kind in PARENTS if issubclass(kind, APIError)]


def test_the_tree_has_every_error() -> None:
    defined = {
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert defined == {A2EError, *PARENTS}


@pytest.mark.parametrize(("kind", "parent"), PARENTS.items())
def test_the_tree(kind: type[A2EError], parent: type[Exception]) -> None:
    assert issubclass(kind, parent)
    assert kind.__name__ in str(errors.__doc__)


def test_errors_are_the_builtin_ones_where_one_fits() -> None:
    assert issubclass(errors.ConnectionFailed, ConnectionError)
    assert issubclass(errors.JobTimeout, TimeoutError)
    assert issubclass(errors.Unsupported, NotImplementedError)


def test_the_public_list_is_sorted_and_complete() -> None:
    public = a2e_async.__all__
    assert len(public) == len(set(public))
    assert set(public) == {*_typed_names(), *tasks.__all__, "__version__"}
    assert {A2EError.__name__, *(kind.__name__ for kind in PARENTS)} <= set(public)


def _typed_names() -> set[str]:
    """The names that a type checker sees in the package."""
    tree = ast.parse(Path(a2e_async.__file__).read_text("utf-8"))
    lazy = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in lazy.body if isinstance(node, ast.ImportFrom)]
    shown = [alias.name for node in imports for alias in node.names if _is_own(node)]
    return {name for name in shown if name[0] not in "_*"}


def _is_own(node: ast.ImportFrom) -> bool:
    return (node.module or "").startswith("a2e_async")


@pytest.mark.parametrize("name", a2e_async.__all__)
def test_each_public_name_is_there(name: str) -> None:
    value = getattr(a2e_async, name)
    assert name in dir(a2e_async)
    assert isinstance(value, str) or value.__name__ == name


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        getattr(a2e_async, "Nonsense")  # noqa: B009  (type checkers know that it is not)


def test_an_answer_s_parts_are_kept_and_shown() -> None:
    error = errors.InvalidRequest(
        "bad width", status=400, code=7, trace_id="t-1", body={"code": 7}, retry_after=1.5
    )
    assert (error.message, error.status, error.code, error.trace_id) == ("bad width", 400, 7, "t-1")
    assert (error.body, error.retry_after, error.retryable) == ({"code": 7}, 1.5, False)
    assert str(error) == "bad width (HTTP 400, code 7, trace t-1)"


def test_what_is_not_known_is_not_shown() -> None:
    assert str(APIError("", status=500)) == "no message (HTTP 500)"


@pytest.mark.parametrize("kind", API_ERRORS)
def test_which_errors_may_pass_by_themselves(kind: type[APIError]) -> None:
    passing = {errors.RateLimited, errors.ServerError, errors.ServiceBusy}
    assert kind("", status=400).retryable == (kind in passing)


@pytest.mark.parametrize(
    ("body", "shown"), [("<html>", "<html>"), ("", "an empty body"), ([1], "[1]")]
)
def test_an_unexpected_response_shows_what_came(body: Any, shown: str) -> None:
    assert shown in str(errors.UnexpectedResponse("not JSON", status=200, body=body))


def test_a_lost_connection_tells_whether_the_request_was_sent() -> None:
    assert errors.ConnectionFailed("lost", sent=True).sent
    assert not errors.ConnectionFailed("refused").sent
    assert str(errors.ConnectionFailed("refused")) == "refused"


@pytest.mark.parametrize("kind", [errors.JobFailed, errors.JobTimeout, errors.JobNotFound])
def test_job_errors_keep_the_job_and_show_its_token(kind: type[errors.JobError]) -> None:
    error = kind("no luck", job=JOB)
    assert error.job is JOB
    assert error.record is None
    assert str(error) == "no luck [job text_to_image:1]"
    assert str(kind("text_to_image:1: no luck", job=JOB)) == "text_to_image:1: no luck"


@pytest.mark.parametrize(
    "error", [APIError("no", status=500), errors.ConnectionFailed("no"), A2EError("no")]
)
def test_any_error_can_be_about_a_job(error: A2EError) -> None:
    assert "[job" not in str(error)
    error.concern(JOB)
    assert error.job is JOB
    assert "[job text_to_image:1]" in str(error)


def test_an_uncertain_start_keeps_what_to_look_for() -> None:
    request = object()
    error = SubmitUncertain("lost", request=request, name="a2e-1")
    assert (error.request, error.name) == (request, "a2e-1")


def test_a_failed_download_hides_the_signature() -> None:
    error = DownloadFailed("cut", url="https://example.com/a.png?sig=secret")
    assert (error.url, error.files) == ("https://example.com/a.png", ())


@given(st.text(max_size=10), st.text(max_size=10))
def test_no_token_is_left_in_a_text(before: str, after: str) -> None:
    assert SECRET not in redact(f"{before}{TOKEN}{after}")


@pytest.mark.parametrize(
    "text",
    [
        "sk_short",
        "key=sk_short",
        "Authorization: Bearer abc.def",
        "bearer\tabc.def",
        f"?auth=Bearer%20{TOKEN}",
        f"a\\n{TOKEN}",
        f"{TOKEN}{TOKEN}",
        TOKEN.removeprefix("sk_"),
    ],
)
def test_tokens_are_found(text: str) -> None:
    left = redact(text)
    assert "[token]" in left
    assert not any(secret in left for secret in ("short", "abc.def", SECRET))


@pytest.mark.parametrize(
    "text", ["", "task_id", "disk_full", "risk_score 5", "desk", "a red fox in snow", "eyJ.png"]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert redact(text) == text


@given(JSON)
def test_json_without_a_token_is_left_alone(value: Any) -> None:
    assert redact(value) == value


@given(
    st.recursive(
        st.just(TOKEN),
        lambda inner: st.lists(inner) | st.fixed_dictionaries({"a": inner, TOKEN: inner}),
        max_leaves=8,
    )
)
def test_no_token_is_left_in_json(value: Any) -> None:
    assert SECRET not in repr(redact(value))


@pytest.mark.parametrize("kind", API_ERRORS)
def test_no_token_is_left_in_an_error(kind: type[APIError]) -> None:
    text = f"bad token {TOKEN}"
    error = kind(text, status=401, code=text, trace_id=text, body={"sent": [text], text: text})
    assert SECRET not in repr((error, str(error), error.args, vars(error)))


@pytest.mark.parametrize(
    "error",
    [
        A2EError(TOKEN),
        errors.ConfigurationError(TOKEN),
        errors.ConnectionFailed(TOKEN, sent=True),
        errors.JobTimeout(TOKEN, job=JOB),
        errors.DownloadFailed(TOKEN, url="https://example.com"),
        errors.UploadFailed(TOKEN),
    ],
)
def test_no_token_is_left_in_a_message(error: A2EError) -> None:
    assert SECRET not in repr((error, str(error), error.args, error.message))
