//! Reads the bytes of a length in other ways.
//!
//! A length that is far too large is usually text, or a number in the other byte order: `HTTP` read
//! as a big-endian length is 1,213,486,160.
//!
//! Promises: pure. The result is `None` if there are too few bytes.

use crate::framing::{Codec, Error, ErrorKind, Framing, LengthField};

/// Bytes, read as each kind of number of their width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    /// Their offset in the stream.
    pub offset: usize,
    /// The bytes: 2, 4 or 8.
    pub bytes: Vec<u8>,
    /// Their values as each field of that width.
    pub numbers: Vec<(LengthField, i128)>,
    /// The bytes as text, if all are printable ASCII.
    pub text: Option<String>,
    /// The field as which the framing reads them, if it does.
    pub read_as: Option<LengthField>,
}

impl Readings {
    /// The bytes at `offset` of a stream, read in every way possible for four (or `width`) bytes.
    #[must_use]
    pub fn at(stream: &[u8], offset: usize, width: usize) -> Option<Self> {
        let bytes = stream.get(offset..)?.get(..width)?;
        let numbers = LengthField::ALL
            .into_iter()
            .filter(|field| field.width() == width)
            .filter_map(|field| Some((field, field.read(bytes)?)))
            .collect();
        let printable = bytes
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        Some(Self {
            offset,
            bytes: bytes.to_vec(),
            numbers,
            text: printable.then(|| bytes.iter().copied().map(char::from).collect()),
            read_as: None,
        })
    }

    /// The bytes to examine after `error`: those of the length, if the framing's length has 2, 4 or
    /// 8 bytes; otherwise the four at the error, or those of the frame that ends too early. `frame`
    /// is the offset where the frame begins.
    #[must_use]
    pub fn of(stream: &[u8], framing: Framing, frame: usize, error: &Error) -> Option<Self> {
        if let Codec::Length(prefix) = framing.codec()
            && prefix.field.width() > 1
        {
            let start = framing.around().map_or(0, |around| around.start().len());
            let offset = frame + start + usize::from(prefix.offset);
            return Self::at(stream, offset, prefix.field.width()).map(|readings| Self {
                read_as: Some(prefix.field),
                ..readings
            });
        }
        let offset = match error.kind {
            ErrorKind::EndInsideHeader | ErrorKind::EndInsideBody | ErrorKind::MissingDelimiter => {
                frame
            }
            ErrorKind::Negative
            | ErrorKind::AboveCap
            | ErrorKind::BelowHeader
            | ErrorKind::DoesNotFit
            | ErrorKind::HoldsDelimiter
            | ErrorKind::NotADigit
            | ErrorKind::LeadingZero
            | ErrorKind::VarintTooLong
            | ErrorKind::MissingStart
            | ErrorKind::MissingEnd
            | ErrorKind::BadEscape
            | ErrorKind::Malformed => usize::try_from(error.offset).ok()?,
        };
        Self::at(stream, offset, 4)
    }

    /// The field and value as which the framing read them.
    #[must_use]
    pub fn number(&self) -> Option<(LengthField, i128)> {
        let read_as = self.read_as?;
        self.numbers
            .iter()
            .copied()
            .find(|&(field, _)| field == read_as)
    }

    /// The field with the other byte order and its value, if that could be a length of at most
    /// `most` bytes.
    #[must_use]
    pub fn other_order(&self, most: usize) -> Option<(LengthField, i128)> {
        let (read_as, _) = self.number()?;
        let fits = |number: i128| number > 0 && number <= most as i128;
        self.numbers
            .iter()
            .copied()
            .find(|&(field, number)| field == swapped(read_as) && fits(number))
    }
}

/// Whether the field is in network byte order.
#[must_use]
pub const fn is_big_endian(field: LengthField) -> bool {
    match field {
        LengthField::U16Be
        | LengthField::I16Be
        | LengthField::U24Be
        | LengthField::U32Be
        | LengthField::I32Be
        | LengthField::U64Be
        | LengthField::I64Be => true,
        LengthField::U8
        | LengthField::I8
        | LengthField::U16Le
        | LengthField::I16Le
        | LengthField::U24Le
        | LengthField::U32Le
        | LengthField::I32Le
        | LengthField::U64Le
        | LengthField::I64Le => false,
    }
}

/// The same field with the other byte order.
const fn swapped(field: LengthField) -> LengthField {
    match field {
        LengthField::U8 => LengthField::U8,
        LengthField::I8 => LengthField::I8,
        LengthField::U16Le => LengthField::U16Be,
        LengthField::U16Be => LengthField::U16Le,
        LengthField::I16Le => LengthField::I16Be,
        LengthField::I16Be => LengthField::I16Le,
        LengthField::U24Le => LengthField::U24Be,
        LengthField::U24Be => LengthField::U24Le,
        LengthField::U32Le => LengthField::U32Be,
        LengthField::U32Be => LengthField::U32Le,
        LengthField::I32Le => LengthField::I32Be,
        LengthField::I32Be => LengthField::I32Le,
        LengthField::U64Le => LengthField::U64Be,
        LengthField::U64Be => LengthField::U64Le,
        LengthField::I64Le => LengthField::I64Be,
        LengthField::I64Be => LengthField::I64Le,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_a_very_long_message() {
        let stream = b"HTTP/1.1 200 OK";
        let framing: Framing = "u32-be".parse().unwrap();
        let error = framing.decode(stream, 1 << 20).unwrap_err();
        let readings = Readings::of(stream, framing, 0, &error).unwrap();
        assert_eq!(readings.text.as_deref(), Some("HTTP"));
        assert_eq!(readings.number(), Some((LengthField::U32Be, 1_213_486_160)));
        assert_eq!(readings.other_order(1 << 20), None);
    }

    #[test]
    fn eighteen_in_the_other_byte_order_is_eighteen() {
        let stream = [0x12, 0, 0, 0, 1, 2, 3];
        let framing: Framing = "i32-be".parse().unwrap();
        let error = framing.decode(&stream, 1 << 20).unwrap_err();
        let readings = Readings::of(&stream, framing, 0, &error).unwrap();
        assert_eq!(readings.number(), Some((LengthField::I32Be, 301_989_888)));
        assert_eq!(readings.other_order(100), Some((LengthField::I32Le, 18)));
        assert_eq!(readings.text, None);
    }

    #[test]
    fn fewer_bytes_than_a_number_are_none() {
        assert_eq!(Readings::at(b"abc", 0, 4), None);
        assert_eq!(Readings::at(b"abcdefg", 4, 4), None);
        assert_eq!(Readings::at(b"abc", 9, 2), None);
    }
}
