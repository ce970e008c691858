"""Short videos that show their title. Needs Pillow and PyAV."""

from __future__ import annotations

import math
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from a2e_async.sandbox.dice import dice
from a2e_async.sandbox.media import painting, speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import OutputContainer
    from PIL import Image

    from a2e_async.sandbox.media.specs import VideoSpec

FRAMES_PER_SECOND = 12
SECONDS = 2.5
SOUND_RATE = 24_000
SAMPLES_PER_FRAME = 1024


def render(spec: VideoSpec) -> bytes:
    """Film a disc that passes behind the title, with a soft chord.

    Returns:
        The bytes of an MP4 file: H.264 (yuv420p) and AAC, index first, about 2.5 seconds.
    """
    # The index can be moved to the front in a real file only.
    with tempfile.TemporaryDirectory(prefix="a2e-sandbox-") as directory:
        path = Path(directory, "video.mp4")
        with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
            _film(container, spec)
        return path.read_bytes()


def frames(spec: VideoSpec) -> Iterator[Image.Image]:
    """Paint the frames one after the other."""
    random = dice(spec.seed)
    size = (spec.width, spec.height)
    scene = painting.background(size, painting.palette(random), random)
    title = painting.label(size, spec.text, f"A2E sandbox  ·  {spec.width} x {spec.height}")
    box = title.getbbox()
    text = title.crop(box)
    ball = painting.disc(max(16, min(size) // 3), 90)
    total = int(FRAMES_PER_SECOND * SECONDS)
    for number in range(total):
        frame = scene.copy()
        frame.paste(painting.WHITE, _spot(size, ball, number / total), ball)
        frame.paste(text, box, text)
        yield frame


def _spot(size: tuple[int, int], ball: Image.Image, share: float) -> tuple[int, int, int, int]:
    left = int((size[0] + ball.width) * share) - ball.width
    top = int((size[1] - ball.height) * (0.75 - 0.5 * math.sin(math.pi * share)))
    return left, top, left + ball.width, top + ball.height


def _film(container: OutputContainer, spec: VideoSpec) -> None:
    video = container.add_stream("libx264", FRAMES_PER_SECOND)
    video.width, video.height, video.pix_fmt = spec.width, spec.height, "yuv420p"
    video.options = {"preset": "veryfast", "crf": "27"}
    sound = container.add_stream("aac", SOUND_RATE, layout="mono")
    sound.bit_rate = 48_000
    for picture in frames(spec):
        frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
        container.mux(video.encode(frame))
    for chunk in _sound(spec.seed):
        container.mux(sound.encode(chunk))
    container.mux(video.encode())
    container.mux(sound.encode())


def _sound(seed: str) -> Iterator[av.AudioFrame]:
    samples = speech.chord(SECONDS, SOUND_RATE, seed)
    size = 2 * SAMPLES_PER_FRAME
    for start in range(0, len(samples), size):
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_FRAME)
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = start // 2
        plane = frame.planes[0]
        plane.update(samples[start : start + size].ljust(plane.buffer_size, b"\0"))
        yield frame
