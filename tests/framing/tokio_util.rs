//! Every framing that tokio-util's `LengthDelimitedCodec` can express gives the same bytes.

use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use sticky_packet::framing::{Codec, ErrorKind, Framing, Got, LengthField, LengthPrefix};
use tokio_util::codec::length_delimited::{Builder, LengthDelimitedCodec};
use tokio_util::codec::{Decoder as _, Encoder as _};

use crate::corpus::{fitting, incremental, stream};

const CAP: usize = 1000;

/// Every unsigned length that both libraries support.
pub(crate) fn prefixes() -> Vec<LengthPrefix> {
    let mut prefixes = Vec::new();
    for field in LengthField::ALL {
        if field.name().starts_with('i') {
            continue;
        }
        for (offset, gap, counts_header) in [
            (0, 0, false),
            (0, 0, true),
            (3, 0, false),
            (0, 2, false),
            (1, 4, true),
        ] {
            let prefix = LengthPrefix {
                offset,
                gap,
                ..LengthPrefix::plain(field)
            };
            let header = i16::try_from(prefix.header()).unwrap();
            let counts = if counts_header { header } else { 0 };
            prefixes.push(LengthPrefix { counts, ..prefix });
        }
    }
    prefixes
}

pub(crate) fn peer(prefix: LengthPrefix) -> LengthDelimitedCodec {
    let mut builder = Builder::new();
    builder
        .length_field_length(prefix.field.width())
        .length_field_offset(prefix.offset.into())
        .max_frame_length(CAP);
    builder.num_skip(prefix.header());
    builder.length_adjustment(-isize::from(prefix.counts));
    if prefix.field.name().ends_with("-le") {
        builder.little_endian();
    }
    builder.new_codec()
}

/// What tokio-util finds in the stream: the payloads, and whether an error followed.
fn peer_decodes(prefix: LengthPrefix, chunks: &[&[u8]]) -> (Vec<Vec<u8>>, bool) {
    let mut codec = peer(prefix);
    let mut buffer = BytesMut::new();
    let mut messages = Vec::new();
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(frame)) => messages.push(frame.to_vec()),
                Ok(None) => break,
                Err(_) => return (messages, true),
            }
        }
    }
    let failed = codec.decode_eof(&mut buffer).is_err();
    (messages, failed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_reads_what_we_write(messages in vec(vec(any::<u8>(), 0..200), 0..5), size in 1_usize..300) {
        for prefix in prefixes() {
            let framing = Framing::from(Codec::Length(prefix));
            let messages = fitting(framing, &messages);
            let stream = stream(framing, &messages);
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            prop_assert_eq!(peer_decodes(prefix, &chunks), (messages, false), "{}", framing);
        }
    }

    #[test]
    fn we_write_what_the_peer_writes(message in vec(any::<u8>(), 0..200)) {
        // Its encoder writes neither an offset nor a gap.
        for prefix in prefixes().into_iter().filter(|p| p.offset == 0 && p.gap == 0) {
            let framing = Framing::from(Codec::Length(prefix));
            let mut theirs = BytesMut::new();
            peer(prefix).encode(Bytes::copy_from_slice(&message), &mut theirs).unwrap();
            let mut ours = Vec::new();
            framing.encode(&message, &mut ours).unwrap();
            prop_assert_eq!(&ours[..], &theirs[..], "{}", framing);
        }
    }

    #[test]
    fn both_make_the_same_of_any_bytes(bytes in vec(prop_oneof![Just(0_u8), 0_u8..40, any::<u8>()], 0..120)) {
        for prefix in prefixes() {
            let framing = Framing::from(Codec::Length(prefix));
            // Its cap applies to the number in the header, ours to the payload.
            let counted = usize::from(prefix.counts.unsigned_abs());
            // It also rejects a number to which its field could not add the header once more.
            let largest = u64::MAX >> (64 - 8 * prefix.field.width());
            let most = CAP.min(usize::try_from(largest).unwrap_or(usize::MAX) - counted);
            let ours = incremental(framing, most - counted, [&bytes[..]]);
            let theirs = peer_decodes(prefix, &[&bytes]);
            prop_assert_eq!(&ours.0, &theirs.0, "{}", framing);
            // It has already removed the header by then, so it misses an end directly after one.
            let right_behind_header = matches!(
                ours.1,
                Err((ErrorKind::EndInsideBody, _, _, Got::Bytes(0)))
            );
            let expected = ours.1.is_err() && !right_behind_header;
            prop_assert_eq!(expected, theirs.1, "{} {:?}", framing, ours.1);
        }
    }
}
