import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gpt2dash.errors import Cancelled
from gpt2dash.file_lock import file_lock

HOLD = """
import sys
from pathlib import Path
from gpt2dash.file_lock import file_lock
with file_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def is_free(path: Path) -> bool:
    try:
        with file_lock(path, is_cancelled=lambda: True):
            return True
    except Cancelled:
        return False


def test_a_second_holder_waits_and_may_give_up(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock"):
        assert not is_free(tmp_path / "lock")
    assert is_free(tmp_path / "lock")


def test_locks_of_other_names_are_free(tmp_path: Path) -> None:
    with file_lock(tmp_path / "one"):
        assert is_free(tmp_path / "other")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []


def test_a_failure_inside_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), file_lock(tmp_path / "lock"):
        raise KeyError
    assert is_free(tmp_path / "lock")


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not is_free(path)
        holder.kill()
        holder.wait()
    assert is_free(path)


def test_who_waited_holds_what_others_find_under_the_name(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    waiting, holding, enough = threading.Event(), threading.Event(), threading.Event()

    def is_cancelled() -> bool:
        waiting.set()
        return False

    def wait_and_hold() -> None:
        with file_lock(path, is_cancelled):
            holding.set()
            enough.wait()

    with file_lock(path):
        waiter = threading.Thread(target=wait_and_hold)
        waiter.start()
        waiting.wait()  # it has the file open that is removed now
    holding.wait()
    is_free_meanwhile = is_free(path)
    enough.set()
    waiter.join()
    assert not is_free_meanwhile


def test_one_holder_at_a_time_though_the_file_comes_and_goes(tmp_path: Path) -> None:
    inside, most = 0, 0

    def enter_often() -> None:
        nonlocal inside, most
        for _ in range(50):
            with file_lock(tmp_path / "lock"):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=enter_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError), file_lock(tmp_path / "file" / "lock"):
        pass
