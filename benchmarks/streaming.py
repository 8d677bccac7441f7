"""What it costs to stream a text through the server, beside generating it in this process."""

import http.client
import json
import time
from dataclasses import asdict

from benchmarks.generating import continuation, greedy
from benchmarks.measurement import Measurement, Target
from benchmarks.server import served
from benchmarks.subject import Subject
from benchmarks.timing import interleaved, seconds


def measure(subject: Subject) -> list[Measurement]:
    """Tokens per second until the last token has arrived."""
    ids, n_new = subject.ids(subject.n_prompt), subject.n_new
    with served(subject.folder, workers=1) as address:
        tasks = {
            "streamed": lambda: stream_seconds(address, subject),
            "in process": lambda: seconds(lambda: continuation(subject, ids)),
        }
        speed = {name: n_new / median for name, median in interleaved(tasks, subject.rounds).items()}
    return [
        Measurement(
            f"generation streamed by the server, {n_new} new tokens after {len(ids)}",
            speed["streamed"],
            "tokens/s",
            speed["in process"],
            "in process",
            Target("ratio", 0.9, at_least=True),
        )
    ]


def stream_seconds(address: str, subject: Subject) -> float:
    """From the request to the last token. Reads to the end, so that nothing is left running.

    Raises:
        RuntimeError: the server refused or sent fewer tokens.
    """
    request = {"prompt": subject.text(subject.n_prompt), "settings": asdict(greedy(subject.n_new))}
    connection = http.client.HTTPConnection(address)
    began = last = time.perf_counter()
    connection.request("POST", "/api/run", json.dumps(request), {"Content-Type": "application/json"})
    n_tokens = 0
    for line in connection.getresponse():
        if json.loads(line).get("event") == "token":
            n_tokens, last = n_tokens + 1, time.perf_counter()
    connection.close()
    if n_tokens != subject.n_new:
        raise RuntimeError(f"the server sent {n_tokens} tokens; the last line was {line!r}")
    return last - began
