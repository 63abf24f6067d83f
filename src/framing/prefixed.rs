//! Appends a header of at most eight bytes and a payload to a buffer.
//!
//! Promises: appends these bytes and nothing else. It is fast for short frames, which are the most
//! common.

/// Frames of up to this many bytes are assembled in one piece.
const SHORT: usize = 32;

/// Appends the first `width` bytes of `header`, then the payload.
///
/// A short frame is written over a block of zeros of constant size. If the pieces were appended one
/// by one, each would have to wait for the length that the previous one stored.
#[expect(clippy::inline_always, reason = "a call costs as much as what it does")]
#[inline(always)]
pub(super) fn append(header: [u8; 8], width: usize, payload: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let total = width + payload.len();
    if total <= SHORT {
        out.resize(start + SHORT, 0);
        if let Some(block) = out[start..].first_chunk_mut::<SHORT>() {
            block[..8].copy_from_slice(&header);
            // Two pieces of constant size, which may overlap, are copied without a function call.
            match (payload.first_chunk::<16>(), payload.last_chunk::<16>()) {
                (Some(front), Some(back)) => {
                    block[width..width + 16].copy_from_slice(front);
                    block[total - 16..total].copy_from_slice(back);
                }
                _ => block[width..total].copy_from_slice(payload),
            }
        }
        out.truncate(start + total);
    } else {
        out.extend_from_slice(&header[..width]);
        out.extend_from_slice(payload);
    }
}
