# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How fast a module of 4 MB is loaded and validated, and first runs."""

from . import build
from .common import command, say, table

VALIDATES = {"whit": "all", "wasmi": "all", "wasmi-eager": "all",
             "wasm3": "on call", "wasm3-eager": "all", "wasmtime": "all"}


def measure(engines, rounds, calls):
    """{"bytes": size, "engines": {engine: {"module": ns, "first": ns}}}"""
    module = build.build_big_module()
    harnesses = {engine: build.harness(engine) for engine in engines}
    times = {}
    for turn in range(rounds):
        say(f"load, round {turn + 1} of {rounds}")
        for engine in engines:
            # Cranelift takes seconds: one load of it is enough to know.
            if engine == "wasmtime" and turn:
                continue
            count = 1 if engine == "wasmtime" else calls
            output = command([*harnesses[engine], "load", module, count])
            whole, first = map(int, output.split())
            seen = times.setdefault(engine, {"module": whole, "first": first})
            seen["module"] = min(seen["module"], whole)
            seen["first"] = min(seen["first"], first)
    return {"bytes": module.stat().st_size, "engines": times}


def rate(result, engine):
    """MB of module per second of loading. wasm3 checks and compiles function
    bodies after its module is made, so there the first call counts."""
    times = result["engines"][engine]
    took = times["first"] if engine == "wasm3-eager" else times["module"]
    return result["bytes"] * 1e3 / took


def report(result):
    rows = []
    for engine, times in result["engines"].items():
        rows.append([engine, VALIDATES[engine], f"{times['module'] / 1e6:.2f}",
                     f"{rate(result, engine):.0f}",
                     f"{times['first'] / 1e6:.2f}"])
    head = ["engine", "validates", "module ms", "MB/s", "first call ms"]
    return f"module of {result['bytes']} bytes\n" + table(rows, head)


def verdicts(result):
    if "whit" not in result["engines"]:
        return []
    speed = rate(result, "whit")
    first = result["engines"]["whit"]["first"] / 1e6
    return [
        (f"load and validate: {speed:.0f} MB/s (at least 100)", speed >= 100),
        (f"first call of a {result['bytes'] / 1e6:.1f} MB module after "
         f"{first:.1f} ms (below 60)", first < 60),
    ]
