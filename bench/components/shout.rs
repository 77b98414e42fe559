#![no_std]

mod bindings;

use whit::String;

struct Shout;

impl bindings::Guest for Shout {
    fn shout(mut text: String) -> String {
        text.make_ascii_uppercase();
        text
    }
}

bindings::export!(Shout with_types_in bindings);
