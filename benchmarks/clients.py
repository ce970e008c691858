"""All clients that are measured."""

from __future__ import annotations

from benchmarks.client_a2e import A2E_ASYNC, A2E_PATIENT
from benchmarks.client_by_hand import by_hand
from benchmarks.peer_fal import FAL
from benchmarks.peer_openai import OPENAI
from benchmarks.peer_replicate import REPLICATE
from benchmarks.peer_runwayml import RUNWAYML, RUNWAYML_PATIENT

SDKS = (REPLICATE, RUNWAYML, OPENAI, FAL)
BY_HAND = (by_hand(0.5), by_hand(2.0), by_hand(5.0))
SIMULATED = (A2E_ASYNC, *BY_HAND, *SDKS)
REAL = (A2E_ASYNC, by_hand(2.0), by_hand(2.0, "aiohttp"), *SDKS)
# Those with a time limit of their own wait without it.
PATIENT = (A2E_PATIENT, *BY_HAND, REPLICATE, RUNWAYML_PATIENT, OPENAI, FAL)
# Enough jobs at once for the pools that count queueing as failing.
REAL_CROWD = (A2E_ASYNC, by_hand(2.0), REPLICATE)
