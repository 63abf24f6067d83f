//! Lines up to an empty one, of which one says how long the body behind them is.
//!
//! ```text
//! +----------------------+------------+------+
//! | lines, each name: to | empty line | body |     Content-Length: 5 CR LF CR LF hello
//! +----------------------+------------+------+
//!
//! header-block     lines of a name, a colon and a value         (LSP, DAP, FreeSWITCH)
//! http-message     a start line first; Content-Length, or       (RFC 9112)
//!                  pieces behind their length in hex (chunked)
//! stomp-frame      a command first; a NUL behind the body,      (STOMP 1.2)
//!                  which ends there without content-length
//! ```
//!
//! The body is the message. The pieces of a chunked one are joined, and the lines behind the last
//! are left out. A line may end with LF alone (RFC 9112, 2.2). Written is Content-Length alone,
//! with the shortest start line where there has to be one.
//!
//! Without a length a header block and a request have no body (RFC 9112, 6.3), nor have the
//! answers 1xx, 204 and 304. An end of line between two STOMP frames is an empty message, a
//! heartbeat; before a header block or an HTTP message empty lines mean nothing.
//!
//! Limits: the lines have at most 8 KiB, as many servers take; what else a chunked body has beside
//! its payload, at most so much and the cap. An answer without a length ends with the connection
//! and is refused: it cannot be told from what follows. So is one to HEAD, which has a length
//! and no body, read wrongly: its reader has to know what was asked. After CONNECT or an upgrade
//! (101) the stream is no longer HTTP.
//!
//! In the field: HTTP/1, RTSP and SIP over TCP, the Language Server Protocol (3.17, base
//! protocol), the Debug Adapter Protocol, `FreeSWITCH`'s event socket, STOMP.

use super::codec::{Boundary, Coding, Facts, Family, Header};
use super::delimiter::{Delimiter, missing};
use super::{Codec, Error, ErrorKind, Found, Got, Parts, Scan, Sequence, Wanted, decimal, filler};

/// The most bytes of the lines, and of a chunked body beside its payload and as much again.
const LONGEST: usize = 8 * 1024;

/// The codec: whose lines they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderBlock {
    /// Names and values alone.
    Fields,
    /// Those of HTTP/1.
    Http,
    /// Those of STOMP.
    Stomp,
}

/// How long a body is.
#[derive(Clone, Copy)]
enum Body {
    /// So many bytes.
    Length(u64),
    /// In pieces behind their length.
    Chunked,
    /// Up to a NUL.
    UpToNul,
}

/// What the lines say so far.
#[derive(Clone, Copy, Default)]
struct Said {
    length: Option<u64>,
    is_chunked: bool,
    /// The status of an answer.
    status: Option<u16>,
}

/// What is wanted of a line.
const FIELD: Wanted = Wanted::Described(&["a line `name: value`", "形如 `name: value` 的行"]);
const HTTP_LINE: Wanted = Wanted::Described(&[
    "a start line such as `GET / HTTP/1.1` or `HTTP/1.1 200 OK`",
    "起始行，如 `GET / HTTP/1.1` 或 `HTTP/1.1 200 OK`",
]);
const COMMAND: Wanted =
    Wanted::Described(&["a command in capitals, such as SEND", "大写的命令，如 SEND"]);
const TEXT: Wanted = Wanted::Described(&["text or the end of a line", "文本或行尾"]);
const ONE_LENGTH: Wanted = Wanted::Described(&[
    "one Content-Length in digits",
    "唯一的、以数字写出的 Content-Length",
]);
const CHUNKED: Wanted = Wanted::Described(&[
    "`chunked` as the last transfer coding",
    "以 `chunked` 为最后一个传输编码",
]);
const SOME_LENGTH: Wanted = Wanted::Described(&[
    "Content-Length or `chunked`: without them the body ends with the connection",
    "Content-Length 或 `chunked`：都没有时，消息体到连接关闭才结束",
]);
const SIZE: Wanted = Wanted::Described(&["the size of a chunk in hex", "十六进制的分块大小"]);

/// What a stream lacks that ends among the lines, or in a chunked body.
const EMPTY_LINE: Sequence = Sequence::one(b'\n');
const NUL: Sequence = Delimiter::NUL.sequence();

impl HeaderBlock {
    /// What is written before the length.
    const fn opening(self) -> &'static str {
        match self {
            Self::Fields => "Content-Length: ",
            Self::Http => "HTTP/1.1 200 OK\r\nContent-Length: ",
            Self::Stomp => "MESSAGE\ncontent-length:",
        }
    }

    /// What is written between the length and the body.
    const fn closing(self) -> &'static str {
        match self {
            Self::Fields | Self::Http => "\r\n\r\n",
            Self::Stomp => "\n\n",
        }
    }

    /// How many bytes before the first line are ends of lines.
    fn leading(self, bytes: &[u8]) -> Result<usize, Error> {
        match self {
            Self::Fields | Self::Http => {
                filler::leading(bytes, |byte| matches!(byte, b'\r' | b'\n'), TEXT)
            }
            Self::Stomp => Ok(0),
        }
    }

    /// Takes note of a line; the first is at 0.
    fn note(self, said: &mut Said, line: &[u8], number: usize) -> Result<(), (usize, Wanted)> {
        match (self, number) {
            (Self::Http, 0) => {
                said.status = status(line).ok_or((0, HTTP_LINE))?;
                return Ok(());
            }
            (Self::Stomp, 0) => {
                let is_command = line.iter().all(u8::is_ascii_uppercase);
                return is_command.then_some(()).ok_or((0, COMMAND));
            }
            // A line that begins with a blank goes on with the one before it (obs-fold).
            (Self::Http | Self::Fields, 1..) if matches!(line[0], b' ' | b'\t') => return Ok(()),
            (Self::Fields | Self::Http | Self::Stomp, _) => {}
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = match colon {
            Some(at) if at > 0 && (self == Self::Stomp || !line[..at].contains(&b' ')) => {
                line.split_at(at)
            }
            Some(_) | None => return Err((0, FIELD)),
        };
        let at = name.len() + 1;
        let value = value[1..].trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            // The same list of lengths may stand there several times (RFC 9112, 6.3); of STOMP's
            // lines the first is right.
            for value in value.split(|byte| *byte == b',') {
                let length = digits(value.trim_ascii(), 10).ok_or((at, ONE_LENGTH))?;
                match said.length {
                    Some(_) if self == Self::Stomp => {}
                    Some(other) if other != length => return Err((at, ONE_LENGTH)),
                    Some(_) | None => said.length = Some(length),
                }
            }
        }
        if self == Self::Http && name.eq_ignore_ascii_case(b"transfer-encoding") {
            let last = value.rsplit(|byte| *byte == b',').next();
            let last = last.unwrap_or_default().trim_ascii();
            said.is_chunked = last.eq_ignore_ascii_case(b"chunked");
            if !said.is_chunked {
                return Err((at, CHUNKED));
            }
        }
        Ok(())
    }

    /// How long the body is, from all lines.
    fn body(self, said: Said) -> Option<Body> {
        let has_none = said
            .status
            .is_some_and(|status| status < 200 || matches!(status, 204 | 304));
        Some(match (self, said.length) {
            (Self::Http, _) if has_none => Body::Length(0),
            (Self::Http, _) if said.is_chunked => Body::Chunked,
            (_, Some(length)) => Body::Length(length),
            (Self::Stomp, None) => Body::UpToNul,
            (Self::Http, None) if said.status.is_some() => return None,
            (Self::Http | Self::Fields, None) => Body::Length(0),
        })
    }

    /// The lines at the front: how many bytes they have, and what they say; `None` where they are
    /// not all there.
    fn lines(self, bytes: &[u8], start: usize) -> Result<Option<(usize, Said)>, Error> {
        let mut said = Said::default();
        let mut at = start;
        let most = start + LONGEST;
        for number in 0.. {
            let Some((line, behind)) = line(bytes, at, most)? else {
                return Ok(None);
            };
            if line.is_empty() && number > 0 {
                return Ok(Some((behind, said)));
            }
            self.note(&mut said, line, number)
                .map_err(|(step, wanted)| malformed(bytes, at + step, wanted))?;
            at = behind;
        }
        Ok(None)
    }
}

impl Coding for HeaderBlock {
    const FAMILY: Family = Family::single(
        [
            "header-block, http-message, stomp-frame",
            "header-block、http-message、stomp-frame",
        ],
        |name| {
            let known = ALL.into_iter().find(|block| block.name() == name)?;
            Some(Codec::HeaderBlock(known))
        },
        || ALL.map(Codec::HeaderBlock).to_vec(),
    );

    fn name(self) -> String {
        match self {
            Self::Fields => "header-block",
            Self::Http => "http-message",
            Self::Stomp => "stomp-frame",
        }
        .to_owned()
    }

    #[inline]
    fn facts(self) -> Facts {
        let (trailer, escapes) = match self {
            Self::Fields => (0, false),
            Self::Http => (0, true),
            Self::Stomp => (1, false),
        };
        Facts {
            trailer,
            escapes,
            // And what a chunked body may have beside its payload.
            ..Facts::new(
                Boundary::Length,
                Header::AtMost(filler::LONGEST + 2 * LONGEST),
            )
        }
    }

    fn append(self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(self.opening().as_bytes());
        decimal::write(payload.len(), out);
        out.extend_from_slice(self.closing().as_bytes());
        out.extend_from_slice(payload);
        if self == Self::Stomp {
            out.push(0);
        }
        Ok(())
    }

    fn find(self, bytes: &[u8], cap: usize, scan: Scan) -> Result<Found, Error> {
        if self == Self::Stomp
            && let Some(heartbeat) = heartbeat(bytes)
        {
            return Ok(heartbeat);
        }
        let start = self.leading(bytes)?;
        let Some((header, said)) = self.lines(bytes, start)? else {
            return Ok(Found::Undelimited {
                delimiter: EMPTY_LINE,
                at_least: 1,
                scan: Scan::default(),
            });
        };
        let body = self
            .body(said)
            .ok_or_else(|| malformed(bytes, header - 1, SOME_LENGTH))?;
        match body {
            Body::Chunked => chunked(bytes, header, cap, scan),
            Body::UpToNul => up_to_nul(bytes, header, cap, scan),
            Body::Length(length) => {
                let length = match usize::try_from(length) {
                    Ok(within) if within <= cap => within,
                    Ok(_) | Err(_) => {
                        let (wanted, got) = (Wanted::AtMost(cap as u64), length.into());
                        let kind = ErrorKind::AboveCap;
                        return Err(Error::new(kind, start, wanted, Got::Length(got), bytes));
                    }
                };
                let trailer = usize::from(self == Self::Stomp);
                let end = header + length;
                if trailer > 0
                    && let Some(&other @ 1..) = bytes.get(end)
                {
                    let (kind, got) = (ErrorKind::MissingEnd, Got::Byte(other));
                    return Err(Error::new(kind, end, Wanted::Mark(NUL), got, bytes));
                }
                let parts = Parts {
                    trailer,
                    ..Parts::prefixed(header, length)
                };
                Ok(Found::new(parts, bytes.len()))
            }
        }
    }

    /// Empty lines behind the last message.
    fn is_filler(self, rest: &[u8]) -> bool {
        match self {
            Self::Fields | Self::Http => rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')),
            Self::Stomp => false,
        }
    }

    /// Joins the pieces of a chunked body.
    fn unescape(self, body: &[u8], payload: &mut Vec<u8>) {
        let mut at = 0;
        while let Ok(Some((size, start))) = chunk(body, at, body.len())
            && size > 0
        {
            let Some(end) = usize::try_from(size)
                .ok()
                .and_then(|size| start.checked_add(size))
            else {
                return;
            };
            payload.extend_from_slice(body.get(start..end).unwrap_or_default());
            let Ok(Some((_, behind))) = line(body, end, body.len()) else {
                return;
            };
            at = behind;
        }
    }
}

/// Each kind.
const ALL: [HeaderBlock; 3] = [HeaderBlock::Fields, HeaderBlock::Http, HeaderBlock::Stomp];

#[cold]
fn malformed(bytes: &[u8], at: usize, wanted: Wanted) -> Error {
    let got = bytes.get(at).map_or(Got::End, |&byte| Got::Byte(byte));
    Error::new(ErrorKind::Malformed, at, wanted, got, bytes)
}

/// The line at `at`, and where the next one begins; `None` where its end has not come. All lines
/// end within the first `most` bytes.
fn line(bytes: &[u8], at: usize, most: usize) -> Result<Option<(&[u8], usize)>, Error> {
    let window = bytes.get(at..bytes.len().min(most)).unwrap_or_default();
    for (step, &byte) in window.iter().enumerate() {
        match byte {
            b'\n' => {
                let line = &window[..step];
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                return Ok(Some((line, at + step + 1)));
            }
            // Where a carriage return stands elsewhere, text has come to its end.
            b'\r' if !matches!(window.get(step + 1), Some(0..=9 | 11..)) => {}
            0..=8 | 11..=31 | 127 => return Err(malformed(bytes, at + step, TEXT)),
            b'\t' | 32..=126 | 128.. => {}
        }
    }
    if bytes.len() > most {
        return Err(missing(EMPTY_LINE, most, most, bytes));
    }
    Ok(None)
}

/// The status of an answer, `Some(None)` for a request; `None` for what is neither.
#[expect(
    clippy::option_option,
    reason = "a start line has a status, has none, or is no start line"
)]
fn status(line: &[u8]) -> Option<Option<u16>> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ');
    let (first, second) = (words.next()?, words.next()?);
    // RTSP (RFC 2326) and SIP (RFC 3261) have the same lines.
    let is_version = |word: &str| {
        let name = word.split('/').next();
        matches!(name, Some("HTTP" | "RTSP" | "SIP")) && word.contains('/')
    };
    if is_version(first) {
        return Some(Some(second.parse().ok().filter(|_| second.len() == 3)?));
    }
    let last = line.rsplit(' ').next()?;
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_graphic());
    (is_method && is_version(last)).then_some(None)
}

/// A number in digits alone.
fn digits(spelled: &[u8], radix: u32) -> Option<u64> {
    let spelled = std::str::from_utf8(spelled).ok()?;
    let are_digits = !spelled.is_empty() && spelled.chars().all(|c| c.is_digit(radix));
    are_digits.then(|| u64::from_str_radix(spelled, radix).unwrap_or(u64::MAX))
}

/// An end of line where a STOMP frame begins.
fn heartbeat(bytes: &[u8]) -> Option<Found> {
    let header = match bytes {
        [] | [b'\r'] => return Some(Found::InHeader { at_least: 1 }),
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        [_, ..] => return None,
    };
    Some(Found::Frame(Parts::prefixed(header, 0)))
}

/// A body that ends at a NUL.
fn up_to_nul(bytes: &[u8], header: usize, cap: usize, scan: Scan) -> Result<Found, Error> {
    let from = scan.bytes.max(header);
    let end = header.saturating_add(cap);
    let window = &bytes[..bytes.len().min(end.saturating_add(1))];
    if let Some(step) = window[from..].iter().position(|byte| *byte == 0) {
        return Ok(Found::Frame(Parts {
            trailer: 1,
            ..Parts::prefixed(header, from + step - header)
        }));
    }
    if window.len() > end {
        return Err(missing(NUL, end, cap, bytes));
    }
    Ok(Found::Undelimited {
        delimiter: NUL,
        at_least: 1,
        scan: Scan {
            bytes: window.len(),
            count: 0,
        },
    })
}

/// The size of the chunk whose line is at `at`, and where its bytes begin.
fn chunk(bytes: &[u8], at: usize, most: usize) -> Result<Option<(u64, usize)>, Error> {
    let Some((line, start)) = line(bytes, at, most)? else {
        return Ok(None);
    };
    let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
    match digits(size.trim_ascii_end(), 16) {
        Some(size) => Ok(Some((size, start))),
        None => Err(malformed(bytes, at, SIZE)),
    }
}

/// A body in pieces, from the piece to which the last search came: `bytes` of the stream, of which
/// `count` are payload.
fn chunked(bytes: &[u8], header: usize, cap: usize, mut scan: Scan) -> Result<Found, Error> {
    scan.bytes = scan.bytes.max(header);
    let incomplete = |at_least, scan| {
        Ok(Found::Undelimited {
            delimiter: EMPTY_LINE,
            at_least,
            scan,
        })
    };
    loop {
        // What is there beside the payload is bounded too.
        let most = (header + LONGEST)
            .saturating_add(cap)
            .saturating_add(scan.count);
        let Some((size, start)) = chunk(bytes, scan.bytes, most)? else {
            return incomplete(1, scan);
        };
        if size == 0 {
            let mut at = start;
            while let Some((line, behind)) = line(bytes, at, most)? {
                at = behind;
                if line.is_empty() {
                    return Ok(Found::Frame(Parts {
                        escaped: true,
                        ..Parts::prefixed(header, at - header)
                    }));
                }
            }
            return incomplete(1, scan);
        }
        let length = usize::try_from(size)
            .ok()
            .filter(|size| *size <= cap - scan.count);
        let Some(length) = length else {
            return Err(Error::new(
                ErrorKind::AboveCap,
                scan.bytes,
                Wanted::AtMost((cap - scan.count) as u64),
                Got::Length(size.into()),
                bytes,
            ));
        };
        let end = start + length;
        match line(bytes, end, end.saturating_add(2))? {
            Some(([], behind)) => {
                scan.bytes = behind;
                scan.count += length;
            }
            Some(_) => return Err(malformed(bytes, end, Wanted::Mark(EMPTY_LINE))),
            None => return incomplete((end + 1).saturating_sub(bytes.len()).max(1), scan),
        }
    }
}
