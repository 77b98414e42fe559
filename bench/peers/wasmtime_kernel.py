# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs or loads a module on wasmtime (Cranelift): the protocol of peers."""

import sys
import time

import wasmtime


def load(wasm):
    """Returns a call of `run` and the time the module alone took, in ns."""
    engine = wasmtime.Engine()
    start = time.monotonic_ns()
    module = wasmtime.Module(engine, wasm)
    took = time.monotonic_ns() - start
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, module, [])
    run = instance.exports(store)["run"]
    return (lambda n: run(store, n) & 0xFFFFFFFF), took


def bench_run(wasm, n, rounds):
    run, _ = load(wasm)
    times, sums = [], set()
    for _ in range(rounds):
        start = time.monotonic_ns()
        sums.add(run(n))
        times.append(time.monotonic_ns() - start)
    if len(sums) != 1:
        sys.exit("wasmtime_kernel: two calls gave two checksums")
    times.sort()
    print(f"{sums.pop():08x} {times[0]} {times[rounds // 2]}")


def bench_load(wasm, rounds):
    modules, firsts = [], []
    for _ in range(rounds):
        start = time.monotonic_ns()
        run, took = load(wasm)
        run(0)
        firsts.append(time.monotonic_ns() - start)
        modules.append(took)
    print(min(modules), min(firsts))


def main(arguments):
    if len(arguments) == 4 and arguments[0] == "run":
        verb, path, n, rounds = arguments
    elif len(arguments) == 3 and arguments[0] == "load":
        verb, path, rounds = arguments
    else:
        sys.exit("usage: wasmtime_kernel.py run MODULE N K | load MODULE K")
    with open(path, "rb") as file:
        wasm = file.read()
    if verb == "run":
        bench_run(wasm, int(n), max(1, int(rounds)))
    else:
        bench_load(wasm, max(1, int(rounds)))


main(sys.argv[1:])
