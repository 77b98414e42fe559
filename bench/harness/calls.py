# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a call into a component costs, and one out of it."""

from . import build
from .common import command, say, table

KINDS = ("(u32) -> u32 into the guest", "(string) -> string, 32 bytes",
         "(u32) -> u32 to the host")
LIMITS = (120, 400, None)


def measure(engines, rounds, batches):
    """{engine: [ns of each kind]}, the least of all batches of all rounds."""
    component = build.build_calls_component()
    programs = {engine: build.calls_program(engine) for engine in engines}
    times = {}
    for turn in range(rounds):
        say(f"calls, round {turn + 1} of {rounds}")
        for engine in engines:
            output = command([programs[engine], component, batches])
            took = [float(word) for word in output.split()]
            seen = times.setdefault(engine, took)
            times[engine] = [min(a, b) for a, b in zip(seen, took)]
    return times


def report(result):
    rows = []
    for i, kind in enumerate(KINDS):
        row = [kind, *(f"{times[i]:.0f}" for times in result.values())]
        if {"whit", "wasmtime"} <= set(result):
            row.append(f"{result['whit'][i] / result['wasmtime'][i]:.2f}")
        rows.append(row)
    head = ["call", *(f"{engine} ns" for engine in result)]
    if {"whit", "wasmtime"} <= set(result):
        head.append("whit/wasmtime")
    return table(rows, head)


def verdicts(result):
    if "whit" not in result:
        return []
    return [(f"{kind}: {took:.0f} ns (at most {limit})", took <= limit)
            for kind, took, limit in zip(KINDS, result["whit"], LIMITS)
            if limit]
