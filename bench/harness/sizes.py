# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bytes of release modules: stock tools, wasm-opt, and whit build."""

import pathlib
import shutil

from .common import OUT, ROOT, Failure, clang, command, need, newer, say
from .common import table, tool, wasm_ld

WORK = OUT / "sizes"
EXAMPLES = ROOT / "examples"
WASI_LIBC = pathlib.Path("/usr/lib/wasm32-wasi")
WASI, BARE = "wasm32-wasip1", "wasm32-unknown-unknown"
SMALL = ["-Copt-level=z", "-Clto=fat", "-Ccodegen-units=1", "-Cstrip=symbols",
         "-Cpanic=abort"]
ABORT = ["-Zunstable-options", "-Cpanic=immediate-abort"]


class Rust:
    """A rustc, and where its wasm standard libraries are."""

    def __init__(self):
        self.notes = []
        self.rustc = self.cargo = None
        for folder in (None, "/usr/bin"):
            rustc = tool("rustc") if folder is None else tool(f"{folder}/rustc")
            if rustc and self.usable(rustc):
                self.rustc = rustc
                self.cargo = str(pathlib.Path(rustc).parent / "cargo")
                return
        raise Failure("no rustc with a wasm target or its sources found: "
                      "run tools/setup")

    def usable(self, rustc):
        self.root = pathlib.Path(command([rustc, "--print", "sysroot"]).strip())
        self.sources = self.root / "lib/rustlib/src/rust/library"
        return self.sources.exists() or self.stock(WASI)

    def stock(self, target):
        folder = self.root / "lib/rustlib" / target / "lib"
        return any(folder.glob("libcore-*.rlib"))

    def sysroot(self, kind, target):
        """The folder for --sysroot: `stock` (opt-level 3, as it is shipped) or
        `small` (opt-level z, panics abort at once)."""
        if kind == "stock" and self.stock(target):
            return self.root
        if not self.sources.exists():
            raise Failure(f"{self.rustc}: no sources to build {target} from")
        if kind == "stock":
            note = "no stock standard library here: built at opt-level 3"
            if note not in self.notes:
                self.notes.append(note)
        folder = WORK / f"sysroot-{kind}-{target}"
        if not (folder / "done").exists():
            self.build(kind, target, folder)
        return folder

    def build(self, kind, target, folder):
        say(f"building the Rust library: {kind}, {target} (half a minute)")
        package = WORK / f"library-{kind}-{target}"
        shutil.rmtree(package, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        (package / "src").mkdir(parents=True)
        (package / "src/lib.rs").write_text("#![no_std]\n")
        level = '"z"' if kind == "small" else "3"
        (package / "Cargo.toml").write_text(
            '[package]\nname = "library"\nversion = "0.1.0"\n'
            'edition = "2021"\n[workspace]\n[profile.release]\n'
            f"opt-level = {level}\ncodegen-units = 1\n"
            'panic = "abort"\n')
        crates = "std,panic_abort" if target == WASI else "core,alloc"
        flags = ["-Cembed-bitcode=yes", *(ABORT if kind == "small" else [])]
        options = []
        if (self.sources / "vendor").exists():
            options = ["--config", 'source.crates-io.replace-with="vendor"',
                       "--config", 'source.vendor.directory='
                       f'"{self.sources / "vendor"}"', "--offline"]
        command([self.cargo, "build", "--release", f"-Zbuild-std={crates}",
                 "--target", target, *options], cwd=package,
                env={"RUSTC_BOOTSTRAP": "1", "RUSTC": self.rustc,
                     "RUSTFLAGS": " ".join(flags)}, timeout=1800)
        libraries = folder / "lib/rustlib" / target / "lib"
        libraries.mkdir(parents=True)
        for rlib in package.glob(f"target/{target}/release/deps/*.rlib"):
            if not rlib.name.startswith("liblibrary-"):
                shutil.copy(rlib, libraries)
        (folder / "done").touch()

    def compile(self, kind, target, source, output):
        """One .rs file, as a user after small code would build it."""
        sysroot = self.sysroot(kind, target)
        arguments = [self.rustc, "--edition", "2021", "--target", target,
                     "--sysroot", sysroot, f"-Clinker={wasm_ld()}", *SMALL]
        arguments += self.link_options(sysroot, target)
        if target == BARE:
            arguments += ["--crate-type", "cdylib"]
        if kind == "small":
            arguments += ABORT
        command([*arguments, source, "-o", output], env={"RUSTC_BOOTSTRAP": "1"})

    def link_options(self, sysroot, target):
        if target != WASI or sysroot == self.root:
            return []
        return ["-Lnative=" + str(WASI_LIBC), "-Clink-self-contained=no",
                f"-Clink-arg={WASI_LIBC / 'crt1-command.o'}"]

    def compile_package(self, kind, package, output):
        """A cargo package with one program."""
        sysroot = self.sysroot(kind, WASI)
        flags = [*SMALL, "-Cembed-bitcode=yes", "--sysroot", str(sysroot),
                 *self.link_options(sysroot, WASI)]
        flags += ABORT if kind == "small" else []
        folder = WORK / f"package-{kind}-{package.name}"
        command([self.cargo, "build", "--release", "--target", WASI,
                 "--target-dir", folder], cwd=package,
                env={"RUSTC_BOOTSTRAP": "1", "RUSTC": self.rustc,
                     "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(
                         [f"-Clinker={wasm_ld()}", *flags])}, timeout=1800)
        built = folder / WASI / "release" / f"{package.name}.wasm"
        shutil.copy(built, output)


def compile_c(sources, output):
    command([clang(), "--target=wasm32-wasi", "-Oz", "-flto",
             f"-fuse-ld={wasm_ld()}", "-Wl,--strip-all,--gc-sections",
             "-isystem", "/usr/include/wasm32-wasi", f"-B{WASI_LIBC}",
             f"-L{WASI_LIBC}", *sources, "-o", output])


def optimize(source, output):
    command([need("wasm-opt"), "-Oz", "--enable-bulk-memory",
             "--enable-sign-ext", "--enable-nontrapping-float-to-int",
             "--enable-mutable-globals", "--enable-multivalue",
             "--enable-reference-types", "--strip-producers",
             "--strip-target-features", source, "-o", output])
    return output.stat().st_size


def build_whit(sources, output, target):
    program = ROOT / "build" / "whit"
    if not program.exists():
        return None
    arguments = [program, "build", "--release"]
    if target == BARE:
        arguments += ["--target", "unknown"]
    command([*arguments, "-o", output, *sources], timeout=1800)
    return output.stat().st_size


# name, source below examples/, target, most bytes that whit may take
PROGRAMS = (
    ("add (Rust, no_std)", "add.rs", BARE, 60),
    ("println! hello (Rust)", "hello.rs", WASI, 14500),
    ("puts hello (C)", "hello.c", WASI, None),
    ("markdown (Rust package)", "markdown", WASI, None),
    ("logstat (C)", "logstat", WASI, None),
)


def measure_program(rust, path, target):
    """{"stock": bytes, "stock+opt": ..., "small+opt": ..., "whit": ...}"""
    name = path.name.replace(".", "_")
    outputs = {kind: WORK / f"{name}-{kind}.wasm"
               for kind in ("stock", "small", "optimized", "whit")}
    sizes = {}
    sources = [path]
    if path.is_dir() and not (path / "Cargo.toml").exists():
        sources = sorted(path.glob("*.c"))
    for kind in ("stock", "small"):
        if sources[0].suffix == ".c":
            if kind == "small":
                continue
            compile_c(sources, outputs[kind])
        elif path.suffix == ".rs":
            rust.compile(kind, target, path, outputs[kind])
        else:
            rust.compile_package(kind, path, outputs[kind])
        sizes[kind] = outputs[kind].stat().st_size
        sizes[f"{kind}+opt"] = optimize(outputs[kind], outputs["optimized"])
    sizes["whit"] = build_whit(sources, outputs["whit"], target)
    return sizes


# name, source below bench/components or examples/, most bytes
COMPONENTS = (
    ("add two u32 (Rust, no_std)", "add", 150),
    ("string in, string out (Rust, no_std)", "shout", 700),
)
HELLO_MORE = 4096  # what println! hello may gain as a component


def measure_component(name):
    """A project that `whit new` makes, with the source put in."""
    program, folder = ROOT / "build" / "whit", WORK / f"component-{name}"
    source = ROOT / "bench" / "components"
    shutil.rmtree(folder, ignore_errors=True)
    command([program, "new", "--wit", source / f"{name}.wit", folder])
    shutil.copy(source / f"{name}.rs", folder / "src" / "lib.rs")
    output = WORK / f"{name}.component.wasm"
    command([program, "build", "--release", "-o", output, folder],
            timeout=1800)
    return output.stat().st_size


def measure_components():
    """{name: bytes}, and what a program gains: {"hello": [core, whole]}"""
    program = ROOT / "build" / "whit"
    core, whole = WORK / "hello-core.wasm", WORK / "hello-component.wasm"
    sizes = {name: measure_component(source)
             for name, source, _ in COMPONENTS}
    command([program, "build", "--release", "--core", "-o", core,
             EXAMPLES / "hello.rs"], timeout=1800)
    command([program, "component", "new", core, "-o", whole])
    return {"components": sizes,
            "hello": [core.stat().st_size, whole.stat().st_size]}


def measure():
    """{"programs": {name: sizes}, "components": {name: bytes},
    "hello": [core, component], "notes": [text]}"""
    WORK.mkdir(parents=True, exist_ok=True)
    rust = Rust()
    programs = {}
    for name, source, target, _ in PROGRAMS:
        path = EXAMPLES / source
        if not path.exists():
            say(f"sizes: no examples/{source}, left out")
            continue
        say(f"sizes: {name}")
        programs[name] = measure_program(rust, path, target)
    say("sizes: components")
    return {"programs": programs, "notes": rust.notes, **measure_components()}


COLUMNS = (("stock", "stock"), ("stock+opt", "+ wasm-opt -Oz"),
           ("small", "small std"), ("small+opt", "+ wasm-opt -Oz"),
           ("whit", "whit build"))


def report(result):
    rows = []
    for name, sizes in result["programs"].items():
        rows.append([name, *(f"{sizes[key]:,}" if sizes.get(key) else "-"
                             for key, _ in COLUMNS)])
    text = table(rows, ["bytes", *(title for _, title in COLUMNS)])
    rows = [[name, f"{size:,}"] for name, size in result["components"].items()]
    core, whole = result["hello"]
    rows.append([f"println! hello (core module: {core:,})", f"{whole:,}"])
    return "\n".join([text, *result["notes"], "",
                      table(rows, ["component", "bytes"])])


def verdicts(result):
    found = []
    for name, _, _, limit in PROGRAMS:
        sizes = result["programs"].get(name, {})
        size = sizes.get("whit")
        if size is None:
            continue
        if limit is None:
            limit = sizes["stock"] - 1
        found.append((f"size: {name} takes {size:,} B (at most {limit:,})",
                      size <= limit))
    for name, _, limit in COMPONENTS:
        size = result["components"][name]
        found.append((f"component: {name} takes {size:,} B "
                      f"(at most {limit:,})", size <= limit))
    core, whole = result["hello"]
    found.append((f"component: hello gains {whole - core:,} B "
                  f"(at most {HELLO_MORE:,})", whole - core <= HELLO_MORE))
    return found
