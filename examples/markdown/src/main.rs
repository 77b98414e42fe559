// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! The program: files or standard input to one HTML page.

use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: markdown [-o FILE] [--body] [FILE...]

Turns Markdown into an HTML page. Several files make one page, in order; no
file, or '-', is standard input.

  -o, --output FILE  write there instead of to standard output
      --body         only the document, no page around it
  -h, --help         this text
";

#[derive(Default)]
struct Arguments {
    inputs: Vec<String>,
    output: Option<String>,
    body: bool,
    help: bool,
}

fn parse_arguments(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut words = words;
    let mut options = true;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--" if options => options = false,
            "-h" | "--help" if options => arguments.help = true,
            "--body" if options => arguments.body = true,
            "-o" | "--output" if options => {
                let file = words.next().ok_or(format!("{word} needs a file name"))?;
                arguments.output = Some(file);
            }
            _ if options && word.len() > 1 && word.starts_with('-') => {
                return Err(format!("no option {word}; --help lists them"));
            }
            _ => arguments.inputs.push(word),
        }
    }
    if arguments.inputs.is_empty() {
        arguments.inputs.push("-".to_string());
    }
    Ok(arguments)
}

/// Bytes that are not UTF-8 become replacement characters.
fn read(input: &str) -> Result<String, String> {
    let bytes = match input {
        "-" => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        }
        file => fs::read(file),
    };
    let bytes = bytes.map_err(|error| format!("cannot read {input}: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn convert(arguments: &Arguments) -> Result<(), String> {
    let mut text = String::new();
    for input in &arguments.inputs {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&read(input)?);
    }
    let html = match arguments.body {
        true => markdown::to_html(&text, markdown::Options::default()),
        false => markdown::page(&text, &arguments.inputs[0]),
    };
    match &arguments.output {
        Some(file) => fs::write(file, html).map_err(|e| format!("cannot write {file}: {e}")),
        None => io::stdout()
            .write_all(html.as_bytes())
            .map_err(|e| format!("cannot write the page: {e}")),
    }
}

fn main() -> ExitCode {
    let arguments = match parse_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("markdown: {message}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match convert(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("markdown: {message}");
            ExitCode::FAILURE
        }
    }
}
