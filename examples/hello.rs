// The smallest Rust program that says something: whit build examples/hello.rs
fn main() {
    println!("Hello, world!");
}
