//! Reads the bytes of a length in other ways, and finds the bytes that a length was read from.
//!
//! A length that is far too large is usually text, or a number in the other byte order: `HTTP` read
//! as a big-endian length is 1,213,486,160. [`Readings`] starts from the bytes, [`origins`] from the
//! number that a program has printed.
//!
//! Promises: pure. The result is `None` if there are too few bytes.

use crate::framing::{Codec, Error, ErrorKind, Framing, LengthField};
use crate::language::Language;

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
        Some(Self {
            offset,
            bytes: bytes.to_vec(),
            numbers,
            text: printable(bytes),
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

/// The bytes as text, if all are printable ASCII.
fn printable(bytes: &[u8]) -> Option<String> {
    let is_printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let text = || bytes.iter().copied().map(char::from).collect();
    bytes.iter().all(is_printable).then(text)
}

/// The bytes from which a number was read as a length, if this is how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The field that was read.
    pub field: LengthField,
    /// The number of header bytes that the program added before it printed the sum, as netty does.
    pub added: u8,
    /// The bytes, in stream order.
    pub bytes: Vec<u8>,
    /// The bytes as text, if all are printable ASCII.
    pub text: Option<String>,
    /// What begins with these bytes.
    pub begins: Option<Beginning>,
}

/// A protocol or a format that is known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A request of HTTP (RFC 9112).
    Request,
    /// An answer of HTTP (RFC 9112).
    Response,
    /// A record of TLS with a handshake, such as a `ClientHello` (RFC 8446, section 5.1).
    Tls,
    /// The identification of SSH (RFC 4253, section 4.2).
    Ssh,
    /// An answer of RTSP (RFC 7826).
    Rtsp,
    /// A JSON object.
    Json,
    /// An XML document.
    Xml,
    /// A JPEG image.
    Jpeg,
    /// A PNG image.
    Png,
    /// Data compressed with gzip (RFC 1952).
    Gzip,
    /// A ZIP archive.
    Zip,
    /// A pack of an MPEG program stream (ISO/IEC 13818-1).
    MpegPack,
}

/// The first bytes of each.
const BEGINNINGS: [(&[u8], Beginning); 22] = [
    (b"GET ", Beginning::Request),
    (b"POST ", Beginning::Request),
    (b"PUT ", Beginning::Request),
    (b"HEAD ", Beginning::Request),
    (b"DELETE ", Beginning::Request),
    (b"OPTIONS ", Beginning::Request),
    (b"CONNECT ", Beginning::Request),
    (b"PRI * HTTP/2", Beginning::Request),
    (b"HTTP/", Beginning::Response),
    (b"\x16\x03\x00", Beginning::Tls),
    (b"\x16\x03\x01", Beginning::Tls),
    (b"\x16\x03\x02", Beginning::Tls),
    (b"\x16\x03\x03", Beginning::Tls),
    (b"SSH-", Beginning::Ssh),
    (b"RTSP/", Beginning::Rtsp),
    (b"{\"", Beginning::Json),
    (b"<?xml", Beginning::Xml),
    (b"\xff\xd8\xff", Beginning::Jpeg),
    (b"\x89PNG", Beginning::Png),
    (b"\x1f\x8b", Beginning::Gzip),
    (b"PK\x03\x04", Beginning::Zip),
    (b"\x00\x00\x01\xba", Beginning::MpegPack),
];

impl Beginning {
    /// What begins with these bytes. Two bytes of a longer mark say too little.
    fn of(bytes: &[u8]) -> Option<Self> {
        let begins =
            |mark: &[u8]| bytes.starts_with(mark) || (bytes.len() >= 4 && mark.starts_with(bytes));
        BEGINNINGS
            .into_iter()
            .find_map(|(mark, beginning)| begins(mark).then_some(beginning))
    }

    /// Its name.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Request => language.pick("an HTTP request", "HTTP 请求"),
            Self::Response => language.pick("an HTTP response", "HTTP 响应"),
            Self::Tls => language.pick("a TLS handshake (ClientHello)", "TLS 握手（ClientHello）"),
            Self::Ssh => language.pick("an SSH connection", "SSH 连接"),
            Self::Rtsp => language.pick("an RTSP response", "RTSP 响应"),
            Self::Json => language.pick("a JSON object", "JSON 对象"),
            Self::Xml => language.pick("an XML document", "XML 文档"),
            Self::Jpeg => language.pick("a JPEG image", "JPEG 图片"),
            Self::Png => language.pick("a PNG image", "PNG 图片"),
            Self::Gzip => language.pick("gzip data", "gzip 数据"),
            Self::Zip => language.pick("a ZIP archive", "ZIP 压缩包"),
            Self::MpegPack => language.pick("an MPEG program stream", "MPEG 节目流"),
        }
    }
}

/// The bytes that a number may have been read from: as a length of 2, 4 or 8 bytes in both orders,
/// and those that are text or a known beginning once an added header of 2, 4 or 8 bytes is taken
/// off. `number` is from -2^63 to 2^64 - 1.
#[must_use]
pub fn origins(number: i128) -> Vec<Origin> {
    let fields = match number {
        0.. => [
            LengthField::U16Be,
            LengthField::U16Le,
            LengthField::U32Be,
            LengthField::U32Le,
            LengthField::U64Be,
            LengthField::U64Le,
        ],
        _ => [
            LengthField::I16Be,
            LengthField::I16Le,
            LengthField::I32Be,
            LengthField::I32Le,
            LengthField::I64Be,
            LengthField::I64Le,
        ],
    };
    let mut origins: Vec<Origin> = fields
        .into_iter()
        .filter_map(|field| Origin::of(number, field, 0))
        .collect();
    let is_explained = origins.iter().any(|origin| origin.begins.is_some());
    for added in [2, 4, 8] {
        let read = number - i128::from(added);
        let more = fields
            .into_iter()
            .filter_map(|field| Origin::of(read, field, added));
        let says = |it: &Origin| it.text.is_some() || it.begins.is_some();
        origins.extend(more.filter(|it| !is_explained && read > 0 && says(it)));
    }
    origins
}

impl Origin {
    /// The bytes of `number` in this field, if it fits.
    fn of(number: i128, field: LengthField, added: u8) -> Option<Self> {
        let width = field.width();
        let big = number.to_be_bytes();
        let mut bytes = big[big.len() - width..].to_vec();
        if !is_big_endian(field) {
            bytes.reverse();
        }
        (field.read(&bytes) == Some(number)).then(|| Self {
            field,
            added,
            text: printable(&bytes),
            begins: Beginning::of(&bytes),
            bytes,
        })
    }

    /// Whether it was read in network byte order.
    #[must_use]
    pub const fn is_big_endian(&self) -> bool {
        is_big_endian(self.field)
    }

    /// The number in the other byte order, and that field.
    #[must_use]
    pub fn in_other_order(&self) -> Option<(LengthField, i128)> {
        let other = swapped(self.field);
        Some((other, other.read(&self.bytes)?))
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

    /// The bytes that say something about a number, as hex, with what was added.
    fn telling(number: i128) -> Vec<(Vec<u8>, u8, Option<Beginning>)> {
        origins(number)
            .into_iter()
            .filter(|it| it.begins.is_some() || it.text.is_some())
            .map(|it| (it.bytes, it.added, it.begins))
            .collect()
    }

    #[test]
    fn numbers_that_programs_have_printed_are_what_came() {
        // A browser at Kafka, TLS at a plain port, a login shell before SFTP.
        assert_eq!(
            telling(1_195_725_856),
            [
                (b"GET ".to_vec(), 0, Some(Beginning::Request)),
                (b" TEG".to_vec(), 0, None)
            ]
        );
        assert_eq!(
            telling(369_295_616),
            [(vec![0x16, 3, 1, 0], 0, Some(Beginning::Tls))]
        );
        assert_eq!(telling(1_214_346_853)[0], (b"Have".to_vec(), 0, None));
        // netty adds the four bytes of its header.
        assert!(telling(1_920_230_005).contains(&(b"rtbq".to_vec(), 4, None)));
        assert_eq!(
            telling(i128::from(u32::from_be_bytes(*b"HTTP")) + 4)
                .into_iter()
                .find(|it| it.2.is_some()),
            Some((b"HTTP".to_vec(), 4, Some(Beginning::Response)))
        );
    }

    #[test]
    fn a_number_is_written_in_every_width_that_holds_it() {
        let widths = |number| {
            let origins = origins(number);
            let plain = origins.iter().filter(|it| it.added == 0);
            plain.map(|it| it.bytes.len()).collect::<Vec<_>>()
        };
        assert_eq!(widths(65_535), [2, 2, 4, 4, 8, 8]);
        assert_eq!(widths(65_536), [4, 4, 8, 8]);
        assert_eq!(widths(-32_769), [4, 4, 8, 8]);
        assert_eq!(widths(u64::MAX.into()), [8, 8]);
        assert_eq!(widths(0), [2, 2, 4, 4, 8, 8]);
        assert_eq!(origins(-1)[0].bytes, [0xff, 0xff]);
        let swapped = origins(301_989_888)[0].in_other_order();
        assert_eq!(swapped, Some((LengthField::U32Le, 18)));
    }

    #[test]
    fn fewer_bytes_than_a_number_are_none() {
        assert_eq!(Readings::at(b"abc", 0, 4), None);
        assert_eq!(Readings::at(b"abcdefg", 4, 4), None);
        assert_eq!(Readings::at(b"abc", 9, 2), None);
    }
}
