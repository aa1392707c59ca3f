"""Warm reading processes: each opens stranger after stranger, within limits, and can be lost."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from latelier.collection import _reasons
from latelier.collection._limits import Limits, processors
from latelier.errors import LatelierError
from latelier.images import WHITE

PROGRAM = (sys.executable, "-P", "-m", "latelier.collection._child")  # -P: nothing from the folder
START_S = 60.0  # for a reader to import what it needs, on a slow and busy machine


@dataclass(frozen=True)
class Sound:
    """A file that is a picture.

    Args:
        width: upright, in pixels.
        height: upright, in pixels.
        format: PNG, JPEG, ...
        mode: as stored: RGB, L, CMYK, ...
        pixels_sha256: of the upright sRGB pixels and their size; of a JPEG too large to be opened
            whole, of its coded pixels.
        facts: ``frames`` of a moving or many-paged file, of which the first is taken; ``taken``,
            when, as the camera says; ``truncated``, if a part of it is missing.
    """

    width: int
    height: int
    format: str
    mode: str
    pixels_sha256: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Refused:
    """A file that is no picture, and why in plain words."""

    reason: str


Answer = Sound | Refused


class Readers:
    """A few processes that open pictures nobody has looked at yet.

    A picture that is too large, takes too long or breaks its reader costs itself and nothing
    else: the reader is replaced, and the rest goes on.

    Args:
        count: how many; one for each processor, eight at the most, if left out.
        limits: how much one picture may ask for.
        ground: the colour that transparent parts are laid on.
        truncated: take pictures that are cut short, with ``facts["truncated"]``.
    """

    def __init__(
        self,
        count: int | None = None,
        limits: Limits | None = None,
        *,
        ground: tuple[int, int, int] = WHITE,
        truncated: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self._how = {"ground": list(ground), "truncated": truncated}
        self._tasks: queue.SimpleQueue[tuple[Path, Future[Answer]] | None] = queue.SimpleQueue()
        self._readers = [_Reader(self.limits) for _ in range(count or min(8, processors()))]
        self._threads = [
            threading.Thread(target=self._work, args=(r,), daemon=True) for r in self._readers
        ]
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_over, daemon=True)
        for thread in [*self._threads, self._watch]:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, files: Iterable[Path]) -> Iterator[tuple[Path, Answer]]:
        """What each file is, in the order given; a few are read ahead."""
        ahead: deque[tuple[Path, Future[Answer]]] = deque()
        for file in files:
            future: Future[Answer] = Future()
            self._tasks.put((file, future))
            ahead.append((file, future))
            if len(ahead) > 4 * len(self._readers):
                first, answer = ahead.popleft()
                yield first, answer.result()
        while ahead:
            first, answer = ahead.popleft()
            yield first, answer.result()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        if self._closed.is_set():
            return
        self._closed.set()
        for reader in self._readers:
            self._tasks.put(None)
            reader.kill()
        for thread in [*self._threads, self._watch]:
            thread.join()
        for reader in self._readers:
            reader.kill()  # one may have been started meanwhile
            reader.bury()

    def _work(self, reader: "_Reader") -> None:
        while (task := self._tasks.get()) is not None and not self._closed.is_set():
            file, future = task
            try:
                future.set_result(reader.ask({"file": str(file), **self._how}))
            except Exception as error:  # noqa: BLE001  told to whoever waits for the answer
                future.set_exception(error)

    def _watch_over(self) -> None:
        last = time.monotonic()
        while not self._closed.wait(0.2):
            last, before = time.monotonic(), last
            for reader in self._readers:
                reader.end_if_late(last - before)


class _Reader:
    """One reading process, started at its first picture and again whenever it was lost."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: subprocess.Popen[str] | None = None
        self._left = float("inf")
        self._late = False

    def ask(self, task: dict[str, Any]) -> Answer:
        """What the file is; a process that breaks down on it is an answer too."""
        self._late = False
        process = self._started()
        self._left = self.limits.waiting_for(0)
        try:
            if process.stdin is None or process.stdout is None:
                raise BrokenPipeError
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                said = json.loads(line)
                if "pixels" in said:
                    self._left = self.limits.waiting_for(said["pixels"])
                elif "sound" in said:
                    return Sound(**said["sound"])
                else:
                    return Refused(str(said["reason"]))
        except (OSError, ValueError, KeyError, TypeError):
            self.kill()  # it speaks nonsense or not at all
        finally:
            self._left = float("inf")
        return Refused(self._last_words())

    def end_if_late(self, passed: float) -> None:
        """Let some seconds pass, and kill the process if its time is over.

        A look that comes very late counts for one second: this program itself was stopped
        meanwhile (Ctrl-Z), and its readers with it.
        """
        self._left -= min(passed, 1.0)
        if self._left < 0:
            self._late = True
            self.kill()

    def kill(self) -> None:
        """Kill the process; the next picture starts another."""
        if self._process is not None:
            self._process.kill()

    def bury(self) -> int:
        """Wait for the end of a process, and give its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.bury()
        self._left = START_S
        numbers = json.dumps(self.limits.to_json())
        self._process = subprocess.Popen(
            [*PROGRAM, numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        # "ready": from here on the time is the picture's
        if self._process.stdout is None or not self._process.stdout.readline():
            self.kill()
            raise LatelierError(
                f"The program that reads pictures does not start ({sys.executable}); "
                "install Latelier anew, and see: latelier doctor"
            )
        return self._process

    def _last_words(self) -> str:
        code = self.bury()
        if self._late or code == -getattr(signal, "SIGXCPU", 0):
            return _reasons.TOO_LONG
        return _reasons.BROKE_THE_READER
