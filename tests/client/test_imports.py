"""What is loaded when: a program that makes images does not pay for the rest of the catalogue."""

from __future__ import annotations

import json
import subprocess
import sys

from a2e_async import A2E

LIST = "print(json.dumps([name for name in sys.modules if name.startswith('a2e_async.')]))"


def loaded(code: str) -> set[str]:
    script = f"import json, sys\n{code}\n{LIST}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.removeprefix("a2e_async.") for name in json.loads(done.stdout)}


def products(modules: set[str]) -> set[str]:
    return {name for kind in A2E.kinds() for name in modules if name == f"tasks.{kind}"}


def test_a_client_loads_no_product_and_no_group() -> None:
    modules = loaded("from a2e_async import A2E\nA2E('sk_x')\nA2E.kinds()")
    assert products(modules) == set()
    assert not {name for name in modules if name.startswith(("resources.", "families.", "files."))}
    assert not modules & {"catalogue", "facts", "sandbox", "cli", "recipes", "webhooks"}


def test_a_product_is_loaded_when_it_is_used() -> None:
    modules = loaded("from a2e_async import A2E\nA2E('sk_x').nano_banana")
    assert products(modules) == {"tasks.nano_banana"}
    modules = loaded("from a2e_async import Flux2Record")
    assert products(modules) == {"tasks.flux_2"}


def test_a_token_loads_its_product_only() -> None:
    modules = loaded("from a2e_async import A2E\nA2E('sk_x').family('veo_video')")
    assert products(modules) == {"tasks.veo_video"}
