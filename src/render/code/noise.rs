//! The random payloads of the programs, and the sum that they check them by.
//!
//! A program makes its own bytes from the seed, by a generator that fits into three
//! lines of any language. They are not the bytes of the replay, whose generator would
//! be longer than the programs themselves; they are as many, and the same every time.

/// `count` bytes that look random: the generator of ANSI C's example, its middle bits.
#[must_use]
pub fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed % MODULUS;
    std::iter::repeat_with(|| {
        state = (state * 1_103_515_245 + 12_345) % MODULUS;
        state.to_le_bytes()[2]
    })
    .take(count)
    .collect()
}

const MODULUS: u64 = 1 << 31;

/// CRC-32, as zlib and Ethernet have it.
#[must_use]
pub fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_seed_always_gives_the_same_bytes() {
        assert_eq!(noise(4, 1), [198, 126, 129, 107]);
        assert_ne!(noise(8, 1), noise(8, 2));
    }
}
