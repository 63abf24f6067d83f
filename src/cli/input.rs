//! Reads input lines, typed or from a pipe.
//!
//! Promises: keeps at most as many bytes of a line as it is told. Input without a line end for longer than
//! anyone types counts as the end, so no input can keep the program busy for ever.

use std::io::{self, BufRead};

/// The longest line in bytes; a longer one counts as the end of the input.
const MOST_READ: usize = 1 << 20;

/// One item of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A line, without its line end.
    Line(Vec<u8>),
    /// A line longer than what is kept.
    TooLong,
    /// The end of the input.
    End,
}

/// The next line, of which at most `most_kept` bytes are kept.
pub(super) fn next_line(input: &mut dyn BufRead, most_kept: usize) -> io::Result<Heard> {
    let mut line = Vec::new();
    let mut read = 0;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            // The last line need not have a line end.
            return Ok(if read == 0 {
                Heard::End
            } else {
                heard(line, read)
            });
        }
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let room = most_kept.saturating_sub(line.len());
        line.extend(&part[..part.len().min(room)]);
        read += part.len();
        let used = end.map_or(chunk.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(heard(line, read));
        }
        if read > MOST_READ {
            return Ok(Heard::End);
        }
    }
}

fn heard(line: Vec<u8>, read: usize) -> Heard {
    if read > line.len() {
        Heard::TooLong
    } else {
        Heard::Line(line)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    const MOST_KEPT: usize = 4096;

    fn all(bytes: &[u8]) -> Vec<Heard> {
        // Small, so that lines continue from one chunk to the next.
        let mut input = BufReader::with_capacity(3, bytes);
        let mut heard = Vec::new();
        loop {
            let next = next_line(&mut input, MOST_KEPT).unwrap();
            heard.push(next.clone());
            if next == Heard::End {
                return heard;
            }
        }
    }

    fn line(text: &str) -> Heard {
        Heard::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_come_one_by_one_and_the_last_needs_no_end() {
        assert_eq!(
            all(b"30\n\n18 12\r\nq"),
            [line("30"), line(""), line("18 12\r"), line("q"), Heard::End]
        );
        assert_eq!(all(b""), [Heard::End]);
        assert_eq!(all(b"\n"), [line(""), Heard::End]);
    }

    #[test]
    fn a_long_line_is_passed_over_and_one_without_an_end_is_the_end() {
        let longest = "1".repeat(MOST_KEPT);
        let text = format!("{longest}\n{longest}1\n30\n");
        assert_eq!(
            all(text.as_bytes()),
            [line(&longest), Heard::TooLong, line("30"), Heard::End]
        );
        let endless = io::repeat(0);
        let next = next_line(&mut BufReader::new(endless), MOST_KEPT);
        assert_eq!(next.unwrap(), Heard::End);
    }
}
