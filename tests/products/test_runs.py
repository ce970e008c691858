"""Each product run to its end on the sandbox, which knows nothing of the SDK's families."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from a2e_async import A2E, JobFailed, JobStatus, Unsupported, tasks
from a2e_async.sandbox import Fault, Faults, Sandbox

from . import examples

each_kind = pytest.mark.parametrize("kind", A2E.kinds())


@each_kind
async def test_a_task_runs_to_its_end_and_its_files_are_fetched(kind: str, tmp_path: Path) -> None:
    request = examples.plain(tasks.request_class(kind))
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        [job, *_] = await a2e.family(kind).submit_all(request)
        assert job.kind == kind
        record = await job
        assert record.status is JobStatus.COMPLETED
        assert record.raw["_id"] == job.id
        product = request.product
        if product.media is None:
            with pytest.raises(Unsupported):
                await job.download(tmp_path)
            return
        assert record.outputs
        shown = [record.raw[field] for field in product.result_fields if record.raw.get(field)]
        assert {*record.outputs} <= {url for found in shown for url in _list(found)}
        files = await job.download(tmp_path)
        assert len(files) == len(record.outputs)
        assert all(path.stat().st_size > 100 for path in files)


def _list(found: Any) -> list[str]:
    return found if isinstance(found, list) else [found]


@each_kind
async def test_a_failure_is_told_with_the_service_s_words(kind: str) -> None:
    request = examples.plain(tasks.request_class(kind))
    faults = Faults()
    faults.next("start", Fault.failed_task("the machine broke", code=42))
    async with Sandbox(seed=7, speed=2000, faults=faults) as sandbox, sandbox.client() as a2e:
        [job, *_] = await a2e.family(kind).submit_all(request)
        with pytest.raises(JobFailed) as caught:
            await job
        record = caught.value.record
        assert record is not None
        assert record.failed_message == "the machine broke"
        assert "the machine broke" in str(caught.value)


@each_kind
async def test_the_other_verbs_work_or_say_that_there_is_no_such_operation(kind: str) -> None:
    request = examples.plain(tasks.request_class(kind))
    product = request.product
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        family = a2e.family(kind)
        job = (await family.submit_all(request))[0]
        await job
        assert (await family.get(job.id)).id == job.id
        assert [*await family.get_many([job.id, "6" * 24])] == [job.id]
        if product.pages is None:
            with pytest.raises(Unsupported):
                await anext(family.list())
        else:
            assert job.id in [record.id async for record in family.list()]
        if product.other_detail is None:
            with pytest.raises(Unsupported):
                await family.get(job.id, other=True)
        else:
            assert (await family.get(job.id, other=True)).id == job.id
        if product.delete is None:
            with pytest.raises(Unsupported):
                await family.delete(job.id)
        else:
            await family.delete(job.id)
            if product.pages is not None:
                assert job.id not in [record.id async for record in family.list()]
