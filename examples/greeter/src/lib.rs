//! Greets people in their language; somebody else knows the languages.
#![no_std]

mod bindings;

use bindings::example::phrases::phrases;
use bindings::Person;
use whit::{String, Vec};

struct Greeter;

impl bindings::Guest for Greeter {
    async fn greet(people: Vec<Person>) -> Vec<String> {
        let mut lines = Vec::new();
        for person in people {
            let hello = phrases::hello(person.language).await;
            let mut line = hello.unwrap_or_else(|| String::from("Hello"));
            line.push_str(", ");
            line.push_str(&person.name);
            line.push('!');
            lines.push(line);
        }
        lines
    }
}

bindings::export!(Greeter with_types_in bindings);
