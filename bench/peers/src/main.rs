// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs or loads a module on wasmi or wasm3 and prints how long that took.
//
// peers ENGINE run  MODULE N K   K calls of run(N): "checksum min-ns median-ns"
// peers ENGINE load MODULE K     K loads: "module-ns first-call-ns", minima
//
// ENGINE is wasmi (validates on load, translates on first call; its default),
// wasmi-eager, wasm3 (compiles on first call; its default) or wasm3-eager.
// module-ns: bytes to a module. first-call-ns: bytes to the return of run(0).

use std::{env, fs, process, time::Instant};

type Fallible<T> = Result<T, String>;

/// One loaded module: the call of `run`, and what keeps it alive.
type Run = Box<dyn FnMut(u32) -> Fallible<u32>>;

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Loads `wasm`; the second value is the time the module alone took, in ns.
fn load(engine: &str, wasm: &[u8]) -> Fallible<(Run, u64)> {
    match engine {
        "wasmi" => load_wasmi(wasm, wasmi::CompilationMode::LazyTranslation),
        "wasmi-eager" => load_wasmi(wasm, wasmi::CompilationMode::Eager),
        "wasm3" => load_wasm3(wasm, wasm3x::CompilationMode::Lazy),
        "wasm3-eager" => load_wasm3(wasm, wasm3x::CompilationMode::Eager),
        _ => Err(format!("no engine named '{engine}'")),
    }
}

fn load_wasmi(wasm: &[u8], mode: wasmi::CompilationMode) -> Fallible<(Run, u64)> {
    let mut config = wasmi::Config::default();
    config.compilation_mode(mode);
    let engine = wasmi::Engine::new(&config);
    let start = Instant::now();
    let module = wasmi::Module::new(&engine, wasm).map_err(text)?;
    let took = start.elapsed().as_nanos() as u64;
    let mut store = wasmi::Store::new(&engine, ());
    let instance = wasmi::Linker::new(&engine)
        .instantiate_and_start(&mut store, &module)
        .map_err(text)?;
    let run = instance
        .get_typed_func::<u32, u32>(&store, "run")
        .map_err(text)?;
    Ok((Box::new(move |n| run.call(&mut store, n).map_err(text)), took))
}

fn load_wasm3(wasm: &[u8], mode: wasm3x::CompilationMode) -> Fallible<(Run, u64)> {
    let mut config = wasm3x::Config::new();
    config.compilation_mode(mode).stack_size(8 << 20);
    let engine = wasm3x::Engine::new(&config);
    let start = Instant::now();
    let module = wasm3x::Module::new(&engine, wasm).map_err(text)?;
    let took = start.elapsed().as_nanos() as u64;
    let mut store = wasm3x::Store::new(&engine, ());
    let instance = wasm3x::Linker::new(&engine)
        .instantiate_and_start(&mut store, &module)
        .map_err(text)?;
    let run = instance
        .get_typed_func::<i32, i32>(&store, "run")
        .map_err(text)?;
    Ok((
        Box::new(move |n| {
            run.call(&mut store, n as i32)
                .map(|sum| sum as u32)
                .map_err(text)
        }),
        took,
    ))
}

fn bench_run(engine: &str, wasm: &[u8], n: u32, rounds: usize) -> Fallible<()> {
    let (mut run, _) = load(engine, wasm)?;
    let mut times = Vec::new();
    let mut sum = None;
    for _ in 0..rounds {
        let start = Instant::now();
        let now = run(n)?;
        times.push(start.elapsed().as_nanos() as u64);
        if *sum.get_or_insert(now) != now {
            return Err("two calls gave two checksums".into());
        }
    }
    times.sort_unstable();
    println!("{:08x} {} {}", sum.unwrap_or(0), times[0], times[rounds / 2]);
    Ok(())
}

fn bench_load(engine: &str, wasm: &[u8], rounds: usize) -> Fallible<()> {
    let mut best = (u64::MAX, u64::MAX);
    for _ in 0..rounds {
        let start = Instant::now();
        let (mut run, module) = load(engine, wasm)?;
        run(0)?;
        let first = start.elapsed().as_nanos() as u64;
        best = (best.0.min(module), best.1.min(first));
    }
    println!("{} {}", best.0, best.1);
    Ok(())
}

fn number(text: &str) -> Fallible<u32> {
    text.parse().map_err(|_| format!("'{text}' is no number"))
}

fn bench(arguments: &[&str]) -> Fallible<()> {
    let read = |path| fs::read(path).map_err(|e| format!("{path}: {e}"));
    match arguments {
        [engine, "run", module, n, k] => {
            bench_run(engine, &read(module)?, number(n)?, number(k)?.max(1) as usize)
        }
        [engine, "load", module, k] => {
            bench_load(engine, &read(module)?, number(k)?.max(1) as usize)
        }
        _ => Err("usage: peers ENGINE run MODULE N K | ENGINE load MODULE K".into()),
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(error) = bench(&arguments) {
        eprintln!("peers: {error}");
        process::exit(1);
    }
}
