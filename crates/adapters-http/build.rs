//! Has the crate built again when a language is added: `include_dir!` notices changed files only.

fn main() {
    println!("cargo::rerun-if-changed=messages");
    println!("cargo::rerun-if-changed=words");
}
