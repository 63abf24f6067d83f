//! A header of at most eight bytes and a payload, appended to a buffer.
//!
//! Promises: appends the bytes asked for and nothing else. Is fast for short frames,
//! of which a stream has the most.

/// Frames up to so many bytes are put together in one piece.
const SHORT: usize = 32;

/// Appends the first `width` bytes of `header`, and the payload.
///
/// A short frame is written over a block of zeros of one size: appended piece by piece,
/// each piece would wait until the length that the one before it left is in memory.
#[expect(clippy::inline_always, reason = "a call costs as much as what it does")]
#[inline(always)]
pub(super) fn append(header: [u8; 8], width: usize, payload: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let total = width + payload.len();
    if total <= SHORT {
        out.resize(start + SHORT, 0);
        if let Some(block) = out[start..].first_chunk_mut::<SHORT>() {
            block[..8].copy_from_slice(&header);
            // Two pieces of one size, which may overlap, are copied without a call.
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
