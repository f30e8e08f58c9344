"""A load of requests over kept connections, in a process of its own: bounded in count and time.

It speaks HTTP over plain sockets with requests made beforehand, because on a small machine a
client that costs more than the server would measure itself.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

LONGEST_SECONDS = 10


def written(method, path, body, headers):
    """The bytes of one request."""
    content = (body or "").encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


def answer(connection):
    """Read one whole answer; its status."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += more(connection)
    head = data[:end].lower()
    at = head.index(b"content-length:") + 15
    length = int(head[at:].split(b"\r\n", 1)[0])
    left = end + 4 + length - len(data)
    while left > 0:
        left -= len(more(connection))
    return int(head[9:12])


def more(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection within an answer")
    return data


def worker(address, requests, deadline, times, statuses):
    with socket.create_connection(address, 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            began = time.perf_counter()
            if began > deadline:
                return
            try:
                connection.sendall(request)
                status = answer(connection)
            except (OSError, ValueError):
                statuses.append(0)
                return
            times.append(time.perf_counter() - began)
            statuses.append(status)


def run(plan):
    """`plan` is {port, requests: [[method, path, body, headers] …], connections, expect}."""
    ready = [written(*request) for request in plan["requests"]]
    times, statuses = [], []
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=worker,
            args=(
                ("127.0.0.1", plan["port"]),
                ready[at :: plan["connections"]],
                began + LONGEST_SECONDS,
                times,
                statuses,
            ),
        )
        for at in range(plan["connections"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    times.sort()
    return {
        "done": len(times),
        "wrong": sum(status != plan["expect"] for status in statuses),
        "rate": len(times) / seconds,
        "p50_ms": times[len(times) // 2] * 1000 if times else 0.0,
        "p99_ms": times[int(len(times) * 0.99)] * 1000 if times else 0.0,
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
