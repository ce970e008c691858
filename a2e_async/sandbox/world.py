"""What the handlers share: the state of a sandbox, its options and the call at hand."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from a2e_async.sandbox.dice import dice
from a2e_async.sandbox.replies import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from a2e_async.sandbox.faults import Fault
    from a2e_async.sandbox.links import Links
    from a2e_async.sandbox.media.specs import Spec
    from a2e_async.sandbox.operations import Operation
    from a2e_async.sandbox.products import Product
    from a2e_async.sandbox.rooms import Room
    from a2e_async.sandbox.service import Service


class BatchDetail(StrEnum):
    """How batchDetail answers: its real shape is recorded nowhere."""

    LIST = "list"
    ROWS = "rows"
    MISSING = "missing"
    PARTIAL = "partial"
    ODD = "odd"


class ListShape(StrEnum):
    """How the lists answer that no special shape is known of."""

    ROWS = "rows"
    LIST = "list"
    BARE = "bare"


class OtherShape(StrEnum):
    """Where the facts tell of two shapes: the one that is not the sandbox's usual.

    START: A start answers a list of its one record.
    TERSE: A start answers the fields that the facts name for it and no more, else `_id` alone.
    DETAIL: A detail that may be an array is one.
    LIST: A list that may be rows is rows.
    RESULT: The other name of the result field.
    BARE: Fields whose place in the envelope is not documented stand outside it.
    TEXT: A bare id or URL where an object is usual, and the other way round for speech.
    """

    START = "start"
    TERSE = "terse"
    DETAIL = "detail"
    LIST = "list"
    RESULT = "result"
    BARE = "bare"
    TEXT = "text"


class BellShape(StrEnum):
    """What a webhook is sent: its real payload is recorded nowhere.

    EVENT: An object with the event's name, and the record under `data`.
    RECORD: The record.
    BARE_ID: The id as text.
    NO_ID: An object with the event's name alone.
    EMPTY: Nothing.
    """

    EVENT = "event"
    RECORD = "record"
    BARE_ID = "bare-id"
    NO_ID = "no-id"
    EMPTY = "empty"


def _shapes(names: Iterable[str]) -> frozenset[OtherShape]:
    return frozenset(map(OtherShape, names))


@attrs.frozen
class Options:
    """Peculiarities of the service that a test may choose.

    Attributes:
        classic: A text-to-image start answers one object instead of a list.
        batch_detail: Shape of batchDetail answers.
        list_shape: Shape of list answers.
        envelope: How data is wrapped.
        other_shapes: Where the second documented shape is answered.
        streaming_hosts: How many streaming rooms can be open at once; None for any number.
        webhook_payload: Shape of what a webhook is sent.
        public_webhooks: Webhooks on other hosts than local ones are called too.
    """

    classic: bool = False
    batch_detail: BatchDetail = attrs.field(default=BatchDetail.LIST, converter=BatchDetail)
    list_shape: ListShape = attrs.field(default=ListShape.ROWS, converter=ListShape)
    envelope: Envelope = attrs.field(default=Envelope.PLAIN, converter=Envelope)
    other_shapes: frozenset[OtherShape] = attrs.field(default=frozenset(), converter=_shapes)
    streaming_hosts: int | None = None
    webhook_payload: BellShape = attrs.field(default=BellShape.EVENT, converter=BellShape)
    public_webhooks: bool = False


@attrs.frozen
class Call:
    """One valid request.

    Attributes:
        operation: What it asks for.
        path: Values of the path parameters.
        query: Query parameters in their own types.
        body: The body, empty where there is none.
        fault: What was drawn for it.
    """

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    fault: Fault | None = None

    @property
    def asked_id(self) -> object:
        """The one id the request carries, in its path, query or body."""
        sources = (*self.path.values(), self.query.get("video_id"), self.query.get("_id"))
        return next((value for value in sources if value), self.body.get("_id"))


@attrs.define(eq=False)
class World:
    """The state of one sandbox.

    Attributes:
        service: Tasks and coins.
        links: Maker of asset URLs.
        options: Chosen peculiarities.
        seed: Decides everything that is drawn.
        products: The products by name; filled once the facts are read.
        shelves: Stored resources that are no tasks (faces, backgrounds…), by name, newest first.
        library: Media that belong to no task (speech, covers), by owner.
        rooms: Streaming rooms by channel, those that were left included.
        prepared: Simulated moments at which extra files of tasks are ready, by task id.
        issued: Tokens that were handed out; they are as good as the first one.
        starts: The starts that can be priced, by path in small letters; filled with the products.
        dice: Source of everything that is not an id, a duration or a fault.
    """

    service: Service
    links: Links
    options: Options
    seed: int
    products: dict[str, Product] = attrs.field(factory=dict)
    shelves: dict[str, dict[str, dict[str, Any]]] = attrs.field(factory=dict)
    library: dict[str, tuple[Spec, ...]] = attrs.field(factory=dict)
    rooms: dict[str, Room] = attrs.field(factory=dict)
    prepared: dict[str, float] = attrs.field(factory=dict)
    issued: set[str] = attrs.field(factory=set, repr=False)
    starts: dict[str, Operation] = attrs.field(factory=dict)
    dice: Random = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Seed the dice."""
        self.dice = dice(self.seed, "dice")

    def product(self, operation: Operation) -> Product:
        """Return the product of an operation."""
        return self.products[operation.family]

    def shapes(self, shape: OtherShape) -> bool:
        """Tell whether the other one of two documented shapes is wanted."""
        return shape in self.options.other_shapes

    def trace_id(self) -> str:
        """Draw a trace id in the form of a UUID."""
        digits = f"{self.dice.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def stamp(self) -> str:
        """Write the present moment the way records do."""
        return self.service.clock.iso(self.service.clock.now())
