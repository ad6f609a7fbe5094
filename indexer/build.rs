//! Makes cargo notice a new migration, which the compiler alone does not.

#[expect(clippy::print_stdout, reason = "how a build script talks to cargo")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
