//! A case on real sockets: a server and a client of your own, replayed on loopback.
//!
//! Run it with `cargo run --example replay`.

use std::error::Error;

use sticky_packet::replay::Stage;
use sticky_packet::scenario::read;
use sticky_packet::trace::{DataOp, Got, Op};

/// The client waits until all 7 bytes are in its receive queue; no step sleeps.
const CASE: &str = r#"
[server]
steps = [{ send = "rain" }, { send = "sun" }]

[client]
steps = [{ wait = { queued = 7 } }, { recv = 5 }, { recv = 5 }, { recv = 5 }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let case = read::read_own("two-sends", "two-sends.toml", CASE.as_bytes())?;
    // A stage keeps its threads and its listener, so use one for many replays.
    let trace = Stage::new().replay(&case);

    for part in &trace.parts {
        for call in &part.calls {
            let side = call.side.name();
            match &call.op {
                Op::Data(DataOp::Send { taken, .. }) => println!("{side}: send took {taken} B"),
                Op::Data(DataOp::Recv { asked, got, .. }) => match got {
                    Got::Data { bytes, .. } => println!("{side}: recv({asked}) got {bytes} B"),
                    Got::End => println!("{side}: recv({asked}) got the end of the stream"),
                    Got::Peeked { .. } | Got::Nothing => {}
                },
                // Sockets opened and closed, waits, decoded frames: not shown here.
                _ => {}
            }
        }
        // A replay always ends. If it ended early, this says who waited for what.
        if let Some(stop) = &part.stop {
            println!("stopped: {:?}", stop.reason);
        }
    }
    Ok(())
}
