"""A load of requests over kept connections, in a process of its own: bounded in count and time."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time


def worker(host, port, requests, times, wrong):
    connection = http.client.HTTPConnection(host, port, timeout=30)
    for method, path, body, headers in requests:
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status >= 400:
            wrong.append(answer.status)
    connection.close()


def run(plan):
    """`plan` is {host, port, requests: [[method, path, body, headers] …], connections}."""
    share = [plan["requests"][at :: plan["connections"]] for at in range(plan["connections"])]
    times, wrong = [], []
    threads = [
        threading.Thread(target=worker, args=(plan["host"], plan["port"], mine, times, wrong))
        for mine in share
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    times.sort()
    return {
        "rate": len(times) / seconds,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "wrong": len(wrong),
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
