# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Run time of the kernels on every engine."""

from . import build
from .common import OUT, Failure, command, geomean, say, table

# Engines that compile are some ten times faster than interpreters: their calls
# cost little, so they get more of them and their minima are as steady.
CALLS = {"native": 5, "wasmtime": 3}


def time_once(engine, harness, kernel, n, calls):
    """(checksum, min ns) of one process."""
    if engine == "native":
        arguments = [OUT / f"{kernel}.native", n, calls]
    else:
        arguments = [*harness, "run", OUT / f"{kernel}.wasm", n, calls]
    words = command(arguments).split()
    return words[0], int(words[1])


def measure(engines, kernels, rounds, calls):
    """{kernel: {engine: {"ns": [per round], "sum": text}}}

    Engines take turns inside every round, forwards and backwards, so that a
    machine that slows down slows all of them down."""
    harnesses = {engine: build.harness(engine) for engine in engines}
    results = {name: {e: {"ns": []} for e in engines} for name, _ in kernels}
    for name, _ in kernels:
        build.build_kernel(name)
    for turn in range(rounds):
        say(f"kernels, round {turn + 1} of {rounds}")
        for name, n in kernels:
            order = engines if turn % 2 == 0 else engines[::-1]
            for engine in order:
                result = results[name][engine]
                total, best = time_once(engine, harnesses[engine], name, n,
                                        CALLS.get(engine, calls))
                if result.setdefault("sum", total) != total:
                    raise Failure(f"{name}: {engine} changed its checksum")
                result["ns"].append(best)
    compare_sums(results)
    return results


def compare_sums(results):
    for name, row in results.items():
        sums = {engine: cell["sum"] for engine, cell in row.items()}
        if len(set(sums.values())) > 1:
            raise Failure(f"{name}: checksums differ: {sums}")


def best(results, name, engine):
    return min(results[name][engine]["ns"])


def ratios(results, engine, base):
    return [best(results, k, engine) / best(results, k, base) for k in results]


def report(results, engines):
    """The table of times and the geomeans of the ratios."""
    rows = []
    base = "native" if "native" in engines else engines[0]
    for name in results:
        row = [name]
        for engine in engines:
            row.append(f"{best(results, name, engine) / 1e6:.2f}")
        for engine in engines:
            if engine != base:
                row.append(f"{ratios({name: results[name]}, engine, base)[0]:.2f}")
        if "whit" in engines:
            for peer in ("wasm3", "wasmi"):
                if peer in engines:
                    one = {name: results[name]}
                    row.append(f"{ratios(one, peer, 'whit')[0]:.2f}")
        rows.append(row)
    head = ["kernel", *(f"{e} ms" for e in engines)]
    head += [f"{e}/{base}" for e in engines if e != base]
    if "whit" in engines:
        head += [f"{p}/whit" for p in ("wasm3", "wasmi") if p in engines]
    mean = ["geomean", *("" for _ in engines)]
    mean += [f"{geomean(ratios(results, e, base)):.2f}" for e in engines if e != base]
    if "whit" in engines:
        mean += [f"{geomean(ratios(results, p, 'whit')):.2f}"
                 for p in ("wasm3", "wasmi") if p in engines]
    return table([*rows, mean], head)


def verdicts(results, engines):
    """[(text, passed)]: whit is not slower than the interpreters."""
    found = []
    if "whit" not in engines:
        return found
    for peer in ("wasm3", "wasmi"):
        if peer in engines:
            mean = geomean(ratios(results, "whit", peer))
            found.append((f"kernels: whit takes {mean:.2f} of the time of "
                          f"{peer} (geomean of {len(results)}, at most 1.00)",
                          mean <= 1.0))
    return found
