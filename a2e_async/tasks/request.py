"""What every request of a product has in common."""

from __future__ import annotations

import reprlib
from typing import Any, ClassVar, Generic, TypeVar

import attrs

from a2e_async.tasks import checks, fields, media, webhook
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record
from a2e_async.wire import wire_names

R_co = TypeVar("R_co", bound=Record, covariant=True)

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 200
_SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxlist = 10


def _short(value: Any) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, tuple) and any(isinstance(item, bytes) for item in value):
        return f"({', '.join(map(_short, value))})"
    return _SHORT.repr(value)


@attrs.frozen(kw_only=True, repr=False)
class Request(Generic[R_co]):
    """The arguments of a start, checked. Each product has its own class."""

    product: ClassVar[Product[Any]]

    def __repr__(self) -> str:
        """Show what is given, without secrets, and shortened: media may be large and private."""
        shown = (
            (field.name, getattr(self, field.name))
            for field in attrs.fields(type(self))
            if field.repr
        )
        given = ", ".join(f"{name}={_short(value)}" for name, value in shown if value is not None)
        return f"{type(self).__name__}({given})"

    @classmethod
    def name_field(cls) -> str | None:
        """Name the field that holds the task's name, or None if its tasks have none."""
        named = cls.product.name_field
        fields = attrs.fields(cls)
        return next((f.name for f in fields if wire_names(f)[0] == named), None)

    @property
    def expected_tasks(self) -> int:
        """How many tasks the service makes of this request."""
        return 1

    @property
    def has_local_media(self) -> bool:
        """Whether media of the request has to be uploaded before it can be sent."""
        for name in media.media_fields(type(self)):
            value = getattr(self, name)
            if value is not None and any(media.local_media(name, value)):
                return True
        return False


# Of two bases of one class, only one can have slots.
@attrs.frozen(kw_only=True, slots=False, repr=False)
class NamedRequest(Request[R_co]):
    """A request whose task has a name.

    Attributes:
        name: name of the task. It should be unique: a task whose start was not answered is found
            again under it. Left out, a unique one is made.
    """

    name: str | None = attrs.field(default=None, validator=checks.Text())


@attrs.frozen(kw_only=True, repr=False)
class NotifyingRequest(Request[R_co]):
    """A request whose task rings a webhook when it ends.

    Attributes:
        webhook_url: ``https`` address, at most 2048 characters, that the service calls once when
            the task ends. It counts for API tokens only, and is a hint: the task's record is the
            truth.
        webhook_token: at most 256 characters that come back in the header
            ``X-A2e-Webhook-Token``. It is in no repr.
    """

    webhook_url: str | None = attrs.field(default=None, validator=webhook.URL)
    webhook_token: str | None = attrs.field(default=None, repr=False, validator=webhook.TOKEN)


@attrs.frozen(kw_only=True, slots=False, repr=False)
class AgeCheckedRequest(Request[R_co]):
    """A request whose pictures the service checks for minors.

    Attributes:
        minor_suspected_skip: True goes on although somebody looks 10 to 14 years old, which the
            service refuses with code 1004. The service asks for this decision; it is never taken
            here. Under 10 it always refuses, with code 1003.
    """

    minor_suspected_skip: bool | None = fields.flag(default=False)
