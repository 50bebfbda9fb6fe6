"""Jobs are answered in the background, one at a time, whether or not anybody looks on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from chatbot.errors import ZhengwenError
from chatbot.jobs import Ask, Job, Jobs

State = Literal["waiting", "running", "stopped", "done"]
PATIENCE = 5  # seconds that the end of the program waits for the row in work


@dataclass(eq=False)
class _Run:
    stop: threading.Event = field(default_factory=threading.Event)
    begun: bool = False


class Runner:
    """Runs `jobs`. A job whose thread ends, however it ends, is as far as its file says, and can be started again."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._faults: dict[str, str] = {}

    def start(self, job: Job, ask: Ask) -> None:
        """Begins, or goes on where it stopped; a job that is under way stays so. `ask` raises only ZhengwenErrors."""
        with self._guard:
            if job.id in self._runs:
                self._runs[job.id].stop.clear()
                return
            self._faults.pop(job.id, None)
            run = self._runs[job.id] = _Run()
            thread = threading.Thread(target=self._work, args=(job, ask, run), name=f"job-{job.id}", daemon=True)
            self._threads[job.id] = thread
        thread.start()

    def stop(self, id: str) -> None:
        """After the row in work."""
        with self._guard:
            if run := self._runs.get(id):
                run.stop.set()

    def state(self, job: Job) -> State:
        run = self._runs.get(job.id)
        if run is None or run.stop.is_set():
            return "done" if job.is_done else "stopped"
        return "running" if run.begun else "waiting"

    def fault(self, id: str) -> str:
        """Why it stopped of itself; empty if it did not."""
        return self._faults.get(id, "")

    def is_at_work(self) -> bool:
        return bool(self._runs)

    def wait(self, id: str, seconds: float) -> None:
        """Until the job is no longer under way."""
        if thread := self._threads.get(id):
            thread.join(seconds)

    def close(self) -> None:
        """Stops all. What is not done can go on after the next start."""
        for id in list(self._runs):
            self.stop(id)
        for id in list(self._threads):
            self.wait(id, PATIENCE)

    def _work(self, job: Job, ask: Ask, run: _Run) -> None:
        try:
            with self._turn:
                run.begun = True
                for _ in () if run.stop.is_set() else self.jobs.run(job.owner, job.id, ask):
                    if run.stop.is_set():
                        break
        except ZhengwenError as error:
            self._faults[job.id] = str(error)
        finally:
            with self._guard:
                del self._runs[job.id], self._threads[job.id]
