"""Other processes that do a share of many small tasks, each task as this process would do it.

What comes back is the same whoever did it, in the order of the tasks. A hand that does not start,
breaks down or is killed costs time and nothing else: its task is done here. The program that called
is not imported again, so scripts need no ``__main__`` guard.
"""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from latelier.collection import processors

T = TypeVar("T")
READY = "ready\n"
ENOUGH = 64  # tasks; a hand needs 0.3 s of a processor to begin, some 40 pictures' reading
MOST = 7  # hands; each holds some 150 MB


def spare() -> int:
    """How many processors are left beside the one that this process uses."""
    return min(MOST, processors() - 1)


class Hands:
    """So many processes, started when there is first enough to do.

    Args:
        module: run as a program; calls ``serve``.
        settings: its arguments.
        count: how many; as many as processors are to spare if left out.
    """

    def __init__(self, module: str, settings: Sequence[str], count: int | None = None) -> None:
        self._program = (sys.executable, "-P", "-m", module, *settings)
        self._count = spare() if count is None else count
        self._hands: list[_Hand] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for hand in self._hands:
            hand.end()
        self._hands = []

    def each(
        self,
        tasks: Sequence[Any],
        here: Callable[[Any], T],
        told: Callable[[Any], T],
        *,
        apart: bool = False,
    ) -> Iterator[T]:
        """The answer to each task, in order; this process takes part.

        Args:
            tasks: each as it is sent to another process, in what JSON can say.
            here: what answers a task in this process.
            told: the same answer from what JSON said of it.
            apart: each process begins with a part of its own, where tasks that lie near each other
                need the same things at hand; answers wait longer then, so they should be small.
        """
        if len(tasks) < ENOUGH or not self._count:
            yield from map(here, tasks)
            return
        if not self._hands:
            self._hands = [_Hand(self._program) for _ in range(self._count)]
        shared = _Shared(tasks, told, 1 + len(self._hands) if apart else 1)
        for part, hand in enumerate(self._hands, 1):
            threading.Thread(target=shared.work, args=(hand, part), daemon=True).start()
        try:
            for number in range(len(tasks)):
                while not shared.has(number):
                    mine = shared.take(0)
                    if mine is None:
                        shared.wait_for(number)
                    else:
                        shared.answer(mine, here(tasks[mine]))
                yield shared.give(number)
        except BaseException:
            self.close()  # Ctrl-C, or a task that fails: nobody waits for the others
            raise
        finally:
            shared.stop()


class _Shared:
    """Tasks that several take from, and their answers until they are given."""

    def __init__(self, tasks: Sequence[Any], told: Callable[[Any], Any], parts: int) -> None:
        self._tasks, self._told = tasks, told
        ends = [len(tasks) * k // parts for k in range(parts + 1)]
        self._parts = [deque(range(a, b)) for a, b in itertools.pairwise(ends)]
        self._left: list[int] = []  # of hands that were lost
        self._answers: dict[int, Any] = {}
        self._changed = threading.Condition()

    def take(self, part: int) -> int | None:
        """The number of a task that nobody has taken, or None where there is none now.

        Args:
            part: from which it is taken, the first task first; where it is done, the last of the
                longest.
        """
        with self._changed:
            if self._left:
                return self._left.pop()
            own = self._parts[part % len(self._parts)]
            if own:
                return own.popleft()
            longest = max(self._parts, key=len)
            return longest.pop() if longest else None

    def answer(self, number: int, what: Any) -> None:
        """Note what a task came to."""
        with self._changed:
            self._answers[number] = what
            self._changed.notify_all()

    def has(self, number: int) -> bool:
        """Whether a task is answered."""
        with self._changed:
            return number in self._answers

    def give(self, number: int) -> Any:
        """The answer to a task, which is forgotten here."""
        with self._changed:
            return self._answers.pop(number)

    def wait_for(self, number: int) -> None:
        """Wait until a task is answered, or one that was taken is left again."""
        with self._changed:
            while number not in self._answers and not self._left:
                self._changed.wait(0.5)  # with an end, so that Ctrl-C is heard on Windows

    def stop(self) -> None:
        """Let no one take another task."""
        with self._changed:
            self._parts, self._left = [deque()], []

    def work(self, hand: "_Hand", part: int) -> None:
        """Let a hand do tasks until there are none."""
        if not hand.is_ready():
            return
        while (number := self.take(part)) is not None:
            try:
                what = self._told(hand.ask(self._tasks[number]))
            except (OSError, EOFError, ValueError):
                hand.end()
                with self._changed:
                    self._left.append(number)
                    self._changed.notify_all()
                return
            self.answer(number, what)


class _Hand:
    """One process, and the pipe to it."""

    def __init__(self, program: Sequence[str]) -> None:
        self._begun = False
        self._beginning = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        with contextlib.suppress(OSError):  # no other process is allowed here
            self._process = subprocess.Popen(
                program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )

    def is_ready(self) -> bool:
        """Whether it runs; waits until it has begun."""
        process = self._process
        if process is None or process.stdout is None:
            return False
        with self._beginning, contextlib.suppress(OSError, ValueError):
            self._begun = self._begun or process.stdout.readline() == READY
        return self._begun

    def ask(self, task: Any) -> Any:
        """What it answers.

        Raises:
            OSError, EOFError, ValueError: it is no more.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        if not (line := process.stdout.readline()):
            raise EOFError
        return json.loads(line)

    def end(self) -> None:
        """Kill the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer tasks, each a line of JSON, from standard input until it ends; what ``Hands`` starts calls this.

    A task that fails ends the process: it is done again where its error can be told.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what libraries print is no answer
    answers.write(READY)
    answers.flush()
    with contextlib.suppress(BrokenPipeError):
        for line in sys.stdin:
            answers.write(json.dumps(answer(json.loads(line))) + "\n")
            answers.flush()
