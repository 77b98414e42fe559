#![no_std]

mod bindings;

struct Add;

impl bindings::Guest for Add {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
}

bindings::export!(Add with_types_in bindings);
