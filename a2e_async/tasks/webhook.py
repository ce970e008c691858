"""The webhook: where the service calls when a task ends, and what it says then."""

from __future__ import annotations

import secrets
from typing import Any

import attrs

from a2e_async.tasks import checks

TOKEN_HEADER = "X-A2e-Webhook-Token"  # noqa: S105  (its name)
"""The header in which the token comes back."""

URL = checks.HttpsUrl(2048)
TOKEN = checks.Text(most=256, secret=True)

_TOKEN_BYTES = 32


def new_token() -> str:
    """Draw a token that nobody can guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _check_it_comes_back(_: object, field: attrs.Attribute[Any], value: str) -> None:
    if value != value.strip() or not value.isprintable():
        raise ValueError(
            f"{field.name}: expected a text that a header can hold, without space around it, "
            "got one that would not come back as it is"
        )


@attrs.frozen(kw_only=True)
class Webhook:
    """Where the service calls when a task of a client ends: ``A2E(webhook=Webhook(url=…))``.

    The two are sent with each start. A call is a hint only, to look at the task now; the receiver
    is `WebhookReceiver`. Where several processes share an address, or calls are to count after a
    restart too, give all of them the same token.

    Attributes:
        url: ``https`` address of the receiver, at most 2048 characters, which the service can
            reach; plain http only to this machine or a private network, as for the sandbox.
        token: at most 256 characters that come back in the header ``X-A2e-Webhook-Token``. Left
            out, a random one, so that the receiver listens to nobody else. It is in no repr.
    """

    url: str = attrs.field(validator=URL)
    token: str = attrs.field(factory=new_token, repr=False, validator=[TOKEN, _check_it_comes_back])

    def fields(self) -> dict[str, str]:
        """Give the fields of a start, by their names on the wire."""
        return {"webhook_url": self.url, "webhook_token": self.token}


def check_webhook(value: object) -> None:
    """Raise `TypeError` unless this is a webhook or None. It is not shown: it may be a token."""
    if value is not None and not isinstance(value, Webhook):
        kind = type(value).__name__
        raise TypeError(f"webhook: expected Webhook(url='https://…', token=…), got {kind}")
