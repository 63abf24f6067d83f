//! The parts of a frame: the codec that writes a frame and every way to read it agree on them.

use sticky_packet::framing::{Decoded, Decoder, FramePlace, Framing, Parts};

use crate::corpus::{CAP, fitting};

/// Messages with bytes that some framing has to escape.
fn messages(framing: Framing) -> Vec<Vec<u8>> {
    let messages = [
        &b"a\nb"[..],
        b"",
        b"\\",
        b"plain",
        b"eighteen bytes, a!",
        b"\r\n\n\\\\\0 ,:",
        &[0x7e; 300],
    ];
    fitting(framing, &messages.map(<[u8]>::to_vec))
}

/// The frames of these messages one after the other, and their places according to `encode`.
fn encoded(framing: Framing, messages: &[Vec<u8>]) -> (Vec<u8>, Vec<FramePlace>) {
    let mut stream = Vec::new();
    let places = messages
        .iter()
        .map(|message| {
            let start = stream.len();
            let parts = framing.encode(message, &mut stream).unwrap();
            FramePlace { start, parts }
        })
        .collect();
    (stream, places)
}

#[test]
fn whoever_writes_and_whoever_reads_say_the_same_of_every_frame() {
    for framing in Framing::every()
        .into_iter()
        .filter(Framing::keeps_boundaries)
    {
        let messages = messages(framing);
        let (stream, places) = encoded(framing, &messages);
        assert!(!places.is_empty(), "{framing}");

        let mut next = 0;
        for (place, message) in places.iter().zip(&messages) {
            assert_eq!(place.start, next, "{framing}: frames leave no hole");
            next = place.end();
            let body = &stream[place.body()];
            assert_eq!(place.parts.escaped, body != message, "{framing}");
            assert!(place.parts.trailer <= framing.facts().trailer, "{framing}");
            assert!(place.parts.total() <= framing.longest_frame(message.len()));

            let decoded = framing.decode(&stream[place.start..], CAP).unwrap();
            let Decoded::Frame { parts, payload } = decoded else {
                panic!("{framing}: {decoded:?}");
            };
            assert_eq!((parts, &*payload), (place.parts, &message[..]), "{framing}");
        }
        assert_eq!(next, stream.len(), "{framing}");

        let iterated: Vec<_> = framing
            .frames(&stream, CAP)
            .map(|frame| frame.map(|frame| (frame.place, frame.payload.into_owned())))
            .collect::<Result<_, _>>()
            .unwrap();
        let wanted: Vec<_> = places.iter().copied().zip(messages).collect();
        assert_eq!(iterated, wanted, "{framing}");

        for size in [1, 7, stream.len()] {
            let mut decoder = Decoder::new(framing, CAP);
            let mut read: Vec<FramePlace> = Vec::new();
            for mut chunk in stream.chunks(size) {
                while let Some(frame) = decoder.next(&mut chunk).unwrap() {
                    let start = usize::try_from(frame.offset).unwrap();
                    let parts = frame.parts;
                    read.push(FramePlace { start, parts });
                }
            }
            assert_eq!(read, places, "{framing} by {size}");
        }
    }
}

#[test]
fn escapes_belong_to_the_body_and_the_delimiter_does_not() {
    let framing: Framing = "line-escaped".parse().unwrap();
    let (stream, places) = encoded(framing, &[b"a\nb".to_vec()]);
    assert_eq!(stream, b"a\\\nb\n");
    let parts = Parts {
        header: 0,
        body: 4,
        trailer: 1,
        escaped: true,
    };
    assert_eq!(places, [FramePlace { start: 0, parts }]);
}

#[test]
fn the_iterator_ends_behind_an_error() {
    let framing: Framing = "netstring".parse().unwrap();
    for (stream, whole, offset) in [(&b"1:a,x"[..], 1, 4), (b"1:a,2:b", 1, 7), (b"", 0, 0)] {
        let mut frames = framing.frames(stream, CAP);
        for _ in 0..whole {
            assert!(frames.next().unwrap().is_ok());
        }
        let error = frames.next().map(Result::unwrap_err);
        let expected = (!stream.is_empty()).then_some(offset);
        assert_eq!(error.map(|error| error.offset), expected);
        assert_eq!(frames.next(), None);
    }
}
