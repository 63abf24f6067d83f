//! Reads hex bytes as people write them: `12 00 00 00`, `12000000`.
//!
//! Promises: white space is allowed only between bytes. An error names the character and its
//! column.

/// Why a text is not hex bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexError {
    /// The column of the character, from 1, in characters.
    pub column: usize,
    /// The character.
    pub got: char,
    /// Whether it is a single digit without a second one, rather than another character.
    pub is_alone: bool,
}

/// The bytes that `text` spells.
///
/// # Errors
/// At the first character that is not a hex digit, or that is the only digit of its byte.
pub fn bytes(text: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high: Option<(usize, char, u32)> = None;
    for (index, got) in text.chars().enumerate() {
        let column = index + 1;
        let digit = got.to_digit(16);
        match (digit, high) {
            (Some(low), Some((.., high_digit))) => {
                bytes.extend(u8::try_from(high_digit << 4 | low));
                high = None;
            }
            (Some(digit), None) => high = Some((column, got, digit)),
            (None, None) if got.is_ascii_whitespace() => {}
            (None, Some(alone)) if got.is_ascii_whitespace() => return Err(is_alone(alone)),
            (None, _) => {
                return Err(HexError {
                    column,
                    got,
                    is_alone: false,
                });
            }
        }
    }
    high.map_or(Ok(bytes), |alone| Err(is_alone(alone)))
}

fn is_alone((column, got, _): (usize, char, u32)) -> HexError {
    HexError {
        column,
        got,
        is_alone: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_be_apart_or_not() {
        assert_eq!(bytes("12 00\n00 0A").unwrap(), [0x12, 0, 0, 10]);
        assert_eq!(bytes(" 1200fF ").unwrap(), [0x12, 0, 255]);
        assert_eq!(bytes("").unwrap(), [0; 0]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_column() {
        let error = |column, got, is_alone| {
            Err(HexError {
                column,
                got,
                is_alone,
            })
        };
        assert_eq!(bytes("12 0g"), error(5, 'g', false));
        assert_eq!(bytes("雨"), error(1, '雨', false));
        assert_eq!(bytes("12 0 00"), error(4, '0', true));
        assert_eq!(bytes("12 0"), error(4, '0', true));
        assert_eq!(bytes("0x12"), error(2, 'x', false));
    }
}
