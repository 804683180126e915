from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from broadsheet.press.generation import Generation


def test_processes_share_the_number_and_lose_no_step(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "generation"
    mine = Generation(file)
    child = os.fork()
    if child == 0:
        other = Generation(file)
        for _ in range(3000):
            other.bump()
        os._exit(0)
    while mine.value == 0:  # until the child is at it
        pass
    for _ in range(3000):
        mine.bump()
    os.waitpid(child, 0)
    assert mine.value == 6000
    mine.close()
    again = Generation(file)
    assert again.bump() == 6001
    again.close()


def test_a_step_waits_for_the_step_of_another_process(tmp_path: Path) -> None:
    generation = Generation(tmp_path / "generation")
    with open(tmp_path / "generation", "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        step = threading.Thread(target=generation.bump)
        step.start()
        step.join(0.02)
        assert generation.value == 0
        fcntl.flock(other, fcntl.LOCK_UN)
        step.join()
    assert generation.value == 1
    generation.close()


def test_without_a_file_threads_share_it() -> None:
    generation = Generation()
    threads = [threading.Thread(target=lambda: [generation.bump() for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert generation.value == generation.cell[0] == 800
    generation.close()
