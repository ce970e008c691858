"""Sound: a pattern of tones in place of speech, and a soft chord for videos."""

from __future__ import annotations

import io
import math
import wave
from array import array
from functools import cache
from typing import TYPE_CHECKING

from a2e_async.sandbox.dice import dice

if TYPE_CHECKING:
    from a2e_async.sandbox.media.specs import SpeechSpec

RATE = 16_000
SYLLABLE = 0.075
LONGEST = 20.0
SCALE = (0, 2, 4, 7, 9, 12)


def render(spec: SpeechSpec) -> bytes:
    """Hum a text: one short tone per letter, a rest per space.

    Returns:
        The bytes of a WAV file, 16 bit mono; at least half a second, at most 20 seconds.
    """
    base = dice(spec.seed).uniform(150, 260)
    length = int(RATE * SYLLABLE / spec.rate)
    letters = spec.text[: int(LONGEST * RATE / length)]
    sound = b"".join(_syllable(base, length, letter) for letter in letters)
    return _wav(sound.ljust(RATE, b"\0"))


def chord(seconds: float, rate: int, seed: str) -> bytes:
    """Make a quiet chord that swells and fades, as 16 bit mono samples."""
    base = dice(seed).uniform(180, 330)
    total = int(seconds * rate)
    return _tone((base, base * 1.25, base * 1.5), total, rate, 2600)


def _syllable(base: float, length: int, letter: str) -> bytes:
    if not letter.isalnum():
        return bytes(2 * length)
    return _note(base * 2 ** (SCALE[ord(letter) % len(SCALE)] / 12), length)


@cache
def _note(pitch: float, length: int) -> bytes:
    return _tone((pitch, pitch * 2), length, RATE, 5200)


def _tone(pitches: tuple[float, ...], total: int, rate: int, loudness: float) -> bytes:
    steps = [math.tau * pitch / rate for pitch in pitches]
    swell = [math.sin(math.pi * n / total) for n in range(total)]
    level = loudness / len(steps) * 2
    samples = (
        int(level * swell[n] * sum(math.sin(step * n) for step in steps)) for n in range(total)
    )
    return array("h", samples).tobytes()


def _wav(samples: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples)
    return file.getvalue()
