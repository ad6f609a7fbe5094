//! Prints the OpenAPI document: `cargo run -p anjian-api --example openapi`. The page's types are made from it.
#![allow(clippy::print_stdout, reason = "what it is for")]

fn main() {
    println!("{}", anjian_api::openapi());
}
