//! Rebuilds the crate whenever a scenario file is added, changed or removed: the catalogue embeds
//! the folder, and rustc alone does not look for new files.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
}
