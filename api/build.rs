//! Makes sure that the folder of the built page exists, so that the crate compiles before the page is built.

fn main() -> std::io::Result<()> {
    let page =
        std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web/dist");
    // The folder is embedded; without it the server says how to build the page.
    std::fs::create_dir_all(&page)?;
    println!("cargo::rerun-if-changed=web/dist");
    Ok(())
}
