//! A case as data: what two programs do, read from a file and checked before anything runs.
//!
//! Run it with `cargo run --example scenario`.

use std::error::Error;

use sticky_packet::scenario::{Side, catalogue, read, walk};

/// A case of one's own, as in `docs/writing.md`. The client waits for more than is ever sent.
const WRONG: &str = r#"
[server]
steps = [{ send = "rain" }]

[client]
steps = [{ wait = { queued = 30 } }, { recv = 1024 }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Every case of the catalogue is embedded in the library.
    let cases = catalogue::select(&["sticky/back-to-back".to_owned()])?;
    for case in &cases {
        println!("{}", case.name);
        for side in Side::BOTH {
            for it in walk::performed(&case.parts[0].script(side).steps) {
                println!("  {} step {}: {:?}", side.name(), it.id.0, it.step.action);
            }
        }
    }

    // A file from anywhere. All its problems are found at once, and no socket was opened.
    match read::read_own("wrong", "wrong.toml", WRONG.as_bytes()) {
        Ok(case) => println!("{} is a case", case.name),
        Err(problems) => print!("{problems}"),
    }
    Ok(())
}
