#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a made-up access log: make_sample.py [LINES] > access.log

The same number of lines is the same log. A few lines are broken on purpose,
as in real logs."""

import sys

PATHS = [
    ("/", 40, 5200), ("/index.html", 12, 5200), ("/style.css", 30, 2100),
    ("/app.js", 28, 48211), ("/logo.svg", 20, 1822), ("/api/items", 35, 900),
    ("/api/items/{}", 50, 420), ("/api/login", 9, 180), ("/search", 16, 7400),
    ("/blog/{}", 25, 14300), ("/download/release-{}.tar.gz", 4, 3400000),
    ("/wp-login.php", 6, 162), ("/.env", 3, 162), ("/favicon.ico", 14, 318),
]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0",
          "Mozilla/5.0 (iPhone; like Mac OS X)", "ExampleBot/1.2 (+http://bot)",
          'Weird \\"quoted\\" agent']
BROKEN = ["", "not a log line at all", '10.0.0.9 - - [bad time] "GET / H" 200 1',
          '10.0.0.9 - - [20/Nov/2026:25:00:00 +0000] "GET / HTTP/1.1" 200 12',
          '10.0.0.9 - - [20/Nov/2026:11:00:00 +0000] "GET / HTTP/1.1']


class Numbers:
    """A linear congruential generator, the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407)
        self.state %= 1 << 64
        return (self.state >> 33) % limit


def pick(numbers, weighted):
    at = numbers.below(sum(item[1] for item in weighted))
    for item in weighted:
        at -= item[1]
        if at < 0:
            return item
    return weighted[-1]


def line(numbers, second):
    path, _, size = pick(numbers, PATHS)
    path = path.format(1 + numbers.below(9) * numbers.below(9))
    method = "POST" if path == "/api/login" else "GET"
    status = 200
    roll = numbers.below(100)
    if path in ("/wp-login.php", "/.env"):
        status = 404
    elif path == "/api/login" and roll < 40:
        status = 401
    elif roll < 3:
        status = (500, 502, 503)[roll]
    elif roll < 15 and method == "GET" and "." in path:
        status, size = 304, 0
    elif roll < 18:
        status = 301
    if path == "/search":
        path += f"?q=term{numbers.below(50)}&page={numbers.below(4)}"
    size = size * (80 + numbers.below(40)) // 100
    day, clock = 20 + second // 86400, second % 86400
    time = f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
    host = f"10.{numbers.below(3)}.{numbers.below(5)}.{1 + numbers.below(20)}"
    user = "-" if numbers.below(8) else "maria"
    request = f"{method} {path} HTTP/1.1"
    if numbers.below(120) == 0:
        request = "\\x16\\x03\\x01"
        status, size = 400, 0
    took = (1 + numbers.below(40) * numbers.below(40)) * (20 if status >= 500 else 1)
    agent = AGENTS[numbers.below(len(AGENTS))]
    return (f"{host} - {user} [{day:02}/Nov/2026:{time} +0000] \"{request}\" "
            f"{status} {size or '-'} \"-\" \"{agent}\" {took / 1000:.3f}")


def main():
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    numbers = Numbers(2026)
    second = 3600 * 5
    for _ in range(lines):
        if numbers.below(60) == 0:
            print(BROKEN[numbers.below(len(BROKEN))])
            continue
        # Busy days, quiet nights.
        busy = 7 <= second // 3600 % 24 < 21
        second += 1 + numbers.below(2 * (120 if busy else 420)) * 600 // lines
        print(line(numbers, second))


main()
