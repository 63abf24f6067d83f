//! What became of every message boundary, and where it was lost.
//!
//! Run it with `cargo run --example analysis`.

use std::error::Error;

use sticky_packet::analysis::{BoundaryFate, analyse};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::{Place, catalogue};

fn main() -> Result<(), Box<dyn Error>> {
    let mut stage = Stage::new();
    for case in catalogue::select(&["sticky/back-to-back".to_owned(), "sticky/cork".to_owned()])? {
        let trace = stage.replay(&case);
        // Pure: the same trace gives the same analysis, whether it is live or from a file.
        let analysis = analyse(&trace);

        println!("{}: as expected: {}", trace.name, analysis.as_expected());
        for flow in analysis.parts.iter().flat_map(|part| &part.flows) {
            for boundary in &flow.boundaries {
                let fate = match boundary.fate {
                    BoundaryFate::Kept => "kept".to_owned(),
                    BoundaryFate::Coalesced { recv, place } => {
                        let place = match place {
                            Some(Place::BySender) => "by the sender",
                            Some(Place::InReceiveQueue) => "in the receive queue",
                            // Not Linux: only Linux counts segments.
                            _ => "somewhere",
                        };
                        format!("lost {place}, recv {} covers it", recv + 1)
                    }
                    other => format!("{other:?}"),
                };
                println!("  boundary {}: {fate}", boundary.at);
            }
            for message in &flow.messages {
                println!("  message of {} B: {:?}", message.range.len(), message.fate);
            }
        }
    }
    Ok(())
}
