"""Tokens by the service's old way (documented under "Get Tokens").

The service has deprecated it: tokens are made in its web app now, under "API Token".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from a2e_async import wire
from a2e_async.http.hiding import hiding, unreadable
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks

_LOGIN = Operation("POST", "/api/login/account")
_GENERATE = Operation("POST", "/api/v1/token/generate")
_TOKEN_KEYS = ("token", "access_token", "accessToken", "login_token", "loginToken", "jwt")


@attrs.frozen(kw_only=True)
class LoginToken:
    """What a login gives.

    Attributes:
        token: the login token; None where the answer has none under a name that is known. It is in
            no repr.
        raw: what the service answered, which is not documented. It is in no repr.
    """

    token: str | None = attrs.field(default=None, repr=False)
    raw: Any = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class ApiToken:
    """An API token.

    Attributes:
        id: id of the token's record.
        token: the token, for ``A2E(token=…)``. It is in no repr.
        raw: the service's JSON object. It is in no repr.
    """

    id: str | None
    token: str = attrs.field(repr=False)
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


class Tokens(Resource):
    """Tokens. Reached from the client: ``a2e.tokens``. No log and no error shows one."""

    @carries_out(_LOGIN)
    async def login(self, fields: Mapping[str, Any]) -> LoginToken:
        """Log in (``POST /api/login/account``). The service has deprecated this.

        Args:
            fields: the JSON object to send. Which fields it wants is not documented. No error shows
                their values, unless the service repeats them in its own message.

        Returns:
            The login token, which a client of its own makes an API token with: see `generate`.

        Raises:
            TypeError: no mapping with text keys.
            ValueError: a value that JSON cannot hold.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        wrong = _what_is_wrong(fields)
        if wrong is not None:
            # Raised here, so that the check's own words, which show the value, are no part of it.
            raise wrong(f"fields: expected {checks.JsonObject().allowed}")
        with hiding():
            # A retry would log what came instead of an answer.
            answer = await self._session.call(_LOGIN.call(json={**fields}), effect=Effect.START)
        return LoginToken(token=_token_in(answer.data), raw=answer.data)

    @carries_out(_GENERATE)
    async def generate(self, alias: str) -> ApiToken:
        """Make an API token (``POST /api/v1/token/generate``). The service has deprecated this.

        The client has to have a login token in place of an API token:
        ``A2E(token=login.token)``. It is never sent twice.

        Args:
            alias: name of the token.

        Returns:
            The token.

        Raises:
            TypeError: the alias is no text.
            ValueError: it is blank.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; a token may have been made.
        """
        checks.Text().check("alias", alias)
        call = _GENERATE.call(json={"alias": alias})
        with uncertain_if_lost(f"a token named {alias!r} may have been made", call.json), hiding():
            answer = await self._session.call(call, effect=Effect.START)
            data, token = answer.data, _token_in(answer.data)
            if token is None:
                raise unreadable(answer, "the answer holds no token")
        raw = data if isinstance(data, dict) else {}
        return ApiToken(id=wire.read_text(raw.get("_id")), token=token, raw=raw)


def _what_is_wrong(fields: object) -> type[Exception] | None:
    try:
        checks.JsonObject().check("fields", fields)
    except (TypeError, ValueError) as error:
        return type(error)
    return None


def _token_in(data: Any) -> str | None:
    if isinstance(data, str):
        return data or None
    found = data if isinstance(data, dict) else {}
    tokens = (found[key] for key in _TOKEN_KEYS if isinstance(found.get(key), str))
    return next(filter(None, tokens), None)
