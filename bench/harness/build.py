# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the kernels, the big module and every engine's harness."""

import json
import os
import pathlib
import sys

from .common import BENCH, OUT, ROOT, Failure, clang, command, need, newer
from .common import say, tool, wasm_ld

KERNELS = BENCH / "kernels"
WASMTIME_VERSION = "50.0.1"


def kernel_list():
    """[(name, n)] in the order of bench/kernels/list."""
    kernels = []
    for line in (KERNELS / "list").read_text().splitlines():
        if line and not line.startswith("#"):
            name, n = line.split()
            kernels.append((name, int(n)))
    return kernels


def build_kernel(name):
    """Compiles one kernel to wasm and to native code, both with -O2."""
    source = KERNELS / f"{name}.c"
    shared = [source, KERNELS / "kernel.h", KERNELS / "runtime.c"]
    wasm, native = OUT / f"{name}.wasm", OUT / f"{name}.native"
    common = ["-O2", "-std=c17", "-ffp-contract=off", "-I", BENCH]
    if not newer(wasm, shared):
        target = [clang(), "--target=wasm32", "-nostdlib", "-ffreestanding"]
        runtime = OUT / "runtime.o"
        command(target + common + ["-fno-builtin", "-c", KERNELS / "runtime.c",
                                   "-o", runtime])
        command(target + common
                + [f"-fuse-ld={wasm_ld()}", source, runtime, "-o", wasm,
                   "-Wl,--no-entry,--strip-all,-z,stack-size=1048576"])
    driver = BENCH / "native_kernel.c"
    timing = BENCH / "timing.h"
    if not newer(native, [*shared, driver, timing]):
        command([clang(), *common, "-D_GNU_SOURCE", "-fno-math-errno",
                 source, driver, "-o", native])


def cargo():
    """A cargo whose rustc is new enough for the peers (1.86)."""
    for name in ("cargo", "/usr/bin/cargo"):
        if not tool(name):
            continue
        version = command([name, "--version"]).split()[1].split("-")[0]
        if tuple(map(int, version.split(".")[:2])) >= (1, 86):
            return name
    raise Failure("no cargo from 1.86 on found: run tools/setup")


def cargo_environment(name):
    """Keeps cargo and its rustc together; clang builds wasm3's C, with the
    flags of wasm3's own build. (Clang's code is the faster one, by some 5 %.)"""
    env = {"CC": clang(), "CFLAGS": "-fomit-frame-pointer -fno-stack-check "
                                    "-fno-stack-protector"}
    if name.startswith("/"):
        env["PATH"] = f"{pathlib.Path(name).parent}:{os.environ['PATH']}"
    return env


def build_peers():
    """The wasmi and wasm3 harness; returns its path."""
    name = cargo()
    program = OUT / "peers" / "release" / "peers"
    sources = [BENCH / "peers" / "Cargo.toml", BENCH / "peers/src/main.rs"]
    if not newer(program, sources):
        say("building wasmi and wasm3 (about a minute)")
        command([name, "build", "--release", "--locked", "--target-dir",
                 OUT / "peers"], cwd=BENCH / "peers",
                env=cargo_environment(name), timeout=1800)
        program.touch()
    return program


def build_wasmtime():
    """A virtual environment with wasmtime's wheel; returns its python."""
    python = OUT / "venv" / "bin" / "python"
    stamp = OUT / "venv" / f"wasmtime-{WASMTIME_VERSION}"
    if not stamp.exists():
        say("installing the wasmtime wheel")
        command([sys.executable, "-m", "venv", OUT / "venv"])
        command([python, "-m", "pip", "install", "--quiet",
                 "--disable-pip-version-check",
                 f"wasmtime=={WASMTIME_VERSION}"])
        stamp.touch()
    return python


def build_whit():
    """whit's own harness, over the public header; returns its path."""
    library, program = ROOT / "build" / "libwhit.a", OUT / "whit_kernel"
    source = BENCH / "whit_kernel.c"
    for path in (library, ROOT / "include" / "whit.h"):
        if not path.exists():
            raise Failure(f"{path.relative_to(ROOT)} is missing: run make")
    if not newer(program, [source, library]):
        command([clang(), "-O2", "-std=c17", "-D_GNU_SOURCE", "-I",
                 ROOT / "include", source, library, "-lm", "-lpthread", "-o",
                 program])
    return program


def sqlite_folder():
    name = cargo()
    text = command([name, "metadata", "--locked", "--format-version", "1"],
                   cwd=BENCH / "corpus", env=cargo_environment(name))
    for package in json.loads(text)["packages"]:
        if package["name"] == "libsqlite3-sys":
            return pathlib.Path(package["manifest_path"]).parent / "sqlite3"
    raise Failure("bench/corpus does not name libsqlite3-sys")


def build_big_module():
    """About 4 MB of real code: SQLite at three optimisation levels."""
    module, source = OUT / "big.wasm", BENCH / "corpus" / "sqlite.c"
    if newer(module, [source]):
        return module
    say("compiling SQLite three times for the big module (a minute or two)")
    folder = sqlite_folder()
    objects = []
    for level, more in (("-O2", ["-DFIRST"]), ("-Os", []), ("-O1", [])):
        objects.append(OUT / f"sqlite{level}.o")
        command([clang(), "--target=wasm32-wasi", "-isystem",
                 "/usr/include/wasm32-wasi", "-w", level, *more, "-I", folder,
                 "-c", source, "-o", objects[-1]])
    # No C library: what SQLite wants of one becomes a trap, as only run() is
    # called and the module must not import anything.
    command([wasm_ld(), "--no-entry", "--no-gc-sections", "--strip-all",
             "--unresolved-symbols=ignore-all", *objects, "-o", module])
    return module


def build_calls_component():
    """The component that calls are measured with, in binary."""
    source, component = BENCH / "calls.wat", OUT / "calls.wasm"
    if not newer(component, [source]):
        command([ROOT / "build" / "whit", "parse", source, "-o", component])
    return component


def calls_program(engine):
    """whit through its typed C API; wasmtime through its C API, with the
    library of its wheel."""
    program = OUT / f"{engine}_calls"
    if engine == "whit":
        library = ROOT / "build" / "libwhit.a"
        source, link = BENCH / "whit_calls.c", [library, "-lm", "-lpthread"]
    else:
        folder = build_wasmtime().parent.parent
        library = next(folder.glob("**/_libwasmtime.so"))
        source = BENCH / "peers" / "wasmtime_calls.c"
        link = [library, f"-Wl,-rpath,{library.parent}"]
    if not newer(program, [source, library]):
        command([clang(), "-O2", "-std=c17", "-D_GNU_SOURCE", "-I",
                 ROOT / "include", source, *link, "-o", program])
    return program


ENGINES = ("native", "wasmtime", "whit", "wasmi", "wasm3")
LOADERS = ("whit", "wasmi", "wasmi-eager", "wasm3", "wasm3-eager", "wasmtime")


def harness(engine):
    """The command that speaks the protocol for `engine`, without verb."""
    if engine == "native":
        need("clang-22", "clang")
        return []
    if engine == "whit":
        return [build_whit()]
    if engine == "wasmtime":
        return [build_wasmtime(), BENCH / "peers" / "wasmtime_kernel.py"]
    return [build_peers(), engine]
