//! Messages over a byte stream: encode them, cut the stream anywhere, and get them back.
//!
//! Run it with `cargo run --example framing`.

use std::error::Error;

use sticky_packet::framing::{Decoder, Framing};

/// The longest message that is accepted, in bytes. A frame that claims more is an error, before
/// anything is allocated for it.
const CAP: usize = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    // A 4-byte length in network order in front of each message. `digits-8`, `line`, `varint`,
    // `netstring` and all other names of `sticky decode --framing` work here too.
    let framing: Framing = "u32-be".parse()?;

    // The sender: any number of frames into one buffer.
    let mut stream = Vec::new();
    for message in ["rain", "", "sun"] {
        framing.encode(message.as_bytes(), &mut stream)?;
    }
    println!("{} bytes of {framing}", stream.len());

    // The receiver: each chunk is what one recv returned, here 5 bytes.
    let mut decoder = Decoder::new(framing, CAP);
    for mut chunk in stream.chunks(5) {
        println!("chunk of {}", chunk.len());
        while let Some(frame) = decoder.next(&mut chunk)? {
            let message = String::from_utf8_lossy(frame.payload);
            println!("  message at offset {}: {message:?}", frame.offset);
        }
    }
    // The stream has ended; if that was inside a frame, this is the error.
    decoder.end()?;

    // If the whole stream is in memory, an iterator is enough. It tells what is wrong, and where.
    println!("a stream that ends too early");
    for frame in framing.frames(&stream[..10], CAP) {
        match frame {
            Ok(frame) => println!("  message: {:?}", String::from_utf8_lossy(&frame.payload)),
            Err(error) => println!("  {error}"),
        }
    }
    Ok(())
}
