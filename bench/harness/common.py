# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Paths, commands, tables and the description of the machine."""

import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "bench"
OUT = ROOT / "build" / "bench"


class Failure(Exception):
    """A step that did not work; the message says which and why."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def command(arguments, cwd=None, env=None, timeout=600):
    """Runs a command and returns what it prints, or raises Failure."""
    arguments = [str(a) for a in arguments]
    try:
        done = subprocess.run(
            arguments,
            cwd=cwd,
            env=None if env is None else {**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"{arguments[0]}: {error}") from error
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).splitlines()[-15:])
        raise Failure(f"{' '.join(arguments)}\n{tail}")
    return done.stdout


def tool(*names):
    """The first of `names` in PATH, or None."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    return None


def need(*names):
    found = tool(*names)
    if not found:
        raise Failure(f"none of {', '.join(names)} found: run tools/setup")
    return found


def clang():
    return need("clang-22", "clang-21", "clang-20", "clang-19", "clang")


def wasm_ld():
    return need("wasm-ld-22", "wasm-ld-21", "wasm-ld-20", "wasm-ld-19", "wasm-ld")


def newer(target, sources):
    """True when `target` is there and no source is younger."""
    if not target.exists():
        return False
    made = target.stat().st_mtime
    return all(pathlib.Path(s).stat().st_mtime <= made for s in sources)


def geomean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def table(rows, head):
    """Text columns: the first left, the others right aligned."""
    rows = [[str(c) for c in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(lines)


def cpu_model():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def first_line(arguments):
    try:
        return command(arguments).splitlines()[0].strip()
    except (Failure, IndexError):
        return None


def machine():
    try:
        revision = command(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT)
    except Failure:
        revision = "unknown"
    return {
        "cpu": cpu_model(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "kernel": platform.release(),
        "clang": first_line([clang(), "--version"]),
        "rustc": first_line(["rustc", "--version"]),
        "load": os.getloadavg()[0],
        "revision": revision.strip(),
    }
