//! Has the crate built again when a language is added: `include_dir!` notices changed files only.

#![expect(clippy::print_stdout, reason = "this is how a build script talks to Cargo")]

fn main() {
    println!("cargo::rerun-if-changed=messages");
}
