//! A Python program over a real socket: `struct` and asyncio's `readexactly` on the other side.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sticky_packet::framing::{Codec, Decoder, Framing};

use crate::corpus::{CAP, fitting, stream};

/// A peer that hangs fails the test instead of stopping it.
const DEADLINE: Duration = Duration::from_secs(30);

/// The Python process, which is ended if the test fails.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // A process that has already ended cannot be killed; that is fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the program has the codec.
fn is_in_the_program(codec: Codec) -> bool {
    match codec {
        Codec::Delimiter(delimiter) => !delimiter.optional_cr(),
        Codec::Varint(varint) => varint.offset() == 0 && varint.bits() == 64,
        Codec::Stuffed(_)
        | Codec::Cobs(_)
        | Codec::PktLine(_)
        | Codec::HeaderBlock(_)
        | Codec::Json(_)
        | Codec::Resp(_)
        | Codec::Flagged(_) => false,
        _ => true,
    }
}

#[test]
fn a_python_peer_reads_and_writes_the_same_frames() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/framing_peer.py");
    let framings: Vec<Framing> = Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
        .filter(|framing| is_in_the_program(framing.codec()))
        .collect();
    let spawned = Command::new("python3")
        .arg(program)
        .args(framings.iter().map(ToString::to_string))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let mut peer = match spawned {
        Ok(child) => Peer(child),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: there is no python3 here");
            return;
        }
        Err(error) => panic!("python3: {error}"),
    };

    let mut port = String::new();
    let mut said = BufReader::new(peer.0.stdout.take().unwrap());
    said.read_line(&mut port).unwrap();
    let address = format!("127.0.0.1:{}", port.trim());

    for framing in framings {
        let messages = fitting(
            framing,
            &[
                "下了一天的雨".into(),
                b"\\ \n, and a \\".to_vec(),
                vec![],
                (0..=255).cycle().take(99).collect(),
                vec![b'x'; 2000],
            ],
        );
        let mut socket = TcpStream::connect(&address).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.set_nodelay(true).unwrap();
        for piece in stream(framing, &messages).chunks(7) {
            socket.write_all(piece).unwrap();
        }
        socket.shutdown(Shutdown::Write).unwrap();

        // The peer answers each message with its bytes reversed.
        let mut decoder = Decoder::new(framing, CAP);
        let mut answers = Vec::new();
        let mut buffer = [0; 13];
        loop {
            let received = socket.read(&mut buffer).unwrap();
            if received == 0 {
                break;
            }
            let mut chunk = &buffer[..received];
            while let Some(frame) = decoder.next(&mut chunk).unwrap() {
                answers.push(frame.payload.iter().rev().copied().collect::<Vec<u8>>());
            }
        }
        decoder.end().unwrap();
        assert_eq!(answers, messages, "{framing}");
    }
    assert!(peer.0.wait().unwrap().success());
}
