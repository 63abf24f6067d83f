//! What a typed line means: a message, or a command that begins with `/`.

use super::MOST_RECV;
use crate::diagnostic::hex;
use crate::language::Language;
use crate::render::escape;
use crate::render::number::grouped;

/// A typed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A message to send.
    Message(Vec<u8>),
    /// A message to send that ends the conversation, as in the source notes.
    Last(Vec<u8>),
    /// Stop reading.
    Hold,
    /// One recv for at most so many bytes, or as many as usual.
    Read(Option<u32>),
    /// Read as it comes.
    Go,
    /// Draw the conversation so far.
    Show,
    /// List the commands.
    Help,
    /// None of these, for this reason.
    Wrong(String),
}

/// What a line means. A line that begins with `//` is a message that begins with `/`.
pub(super) fn meaning(line: Vec<u8>, language: Language) -> Typed {
    if is_last(&line) {
        return Typed::Last(line);
    }
    match line.as_slice() {
        [b'/', b'/', ..] => Typed::Message(line[1..].to_vec()),
        [b'/', ..] => command(&String::from_utf8_lossy(&line), language),
        _ => Typed::Message(line),
    }
}

/// Whether a message ends the conversation.
pub(super) fn is_last(message: &[u8]) -> bool {
    message.eq_ignore_ascii_case(b"q")
}

fn command(line: &str, language: Language) -> Typed {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match (name, rest) {
        ("/hold", "") => Typed::Hold,
        ("/go", "") => Typed::Go,
        ("/show", "") => Typed::Show,
        ("/help", "") => Typed::Help,
        ("/read", "") => Typed::Read(None),
        ("/read", number) => {
            let bytes = number.parse().ok();
            let bytes = bytes.filter(|bytes| (1..=MOST_RECV).contains(bytes));
            let bytes = bytes.and_then(|bytes| u32::try_from(bytes).ok());
            bytes.map_or_else(
                || {
                    let most = grouped(MOST_RECV);
                    Typed::Wrong(say!(
                        language,
                        "/read takes a number of bytes from 1 to {most}",
                        "/read 后面应为 1 到 {most} 的字节数"
                    ))
                },
                |bytes| Typed::Read(Some(bytes)),
            )
        }
        ("/hex", digits) => match hex::spaced(digits) {
            Ok(bytes) if !bytes.is_empty() => Typed::Message(bytes),
            Ok(_) | Err(_) => Typed::Wrong(say!(
                language,
                "/hex takes bytes of two hex digits each: /hex 12 00 00 00",
                "/hex 后面每字节写两位十六进制数字：/hex 12 00 00 00"
            )),
        },
        ("/hold" | "/go" | "/show" | "/help", _) => Typed::Wrong(say!(
            language,
            "{name} takes nothing behind it",
            "{name} 后面不带内容"
        )),
        _ => {
            let name = escape::text(name);
            Typed::Wrong(say!(
                language,
                "no command {name}; /help lists them, and // sends a line that begins with /",
                "没有命令 {name}；/help 列出全部，以 // 开头可发送以 / 开头的一行"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_message_unless_it_is_a_command_or_the_last() {
        let meaning = |line: &str| meaning(line.as_bytes().to_vec(), Language::English);
        let message = |text: &str| Typed::Message(text.as_bytes().to_vec());
        for (line, wanted) in [
            ("", message("")),
            ("你好", message("你好")),
            ("Quit", message("Quit")),
            (" q", message(" q")),
            ("//hold", message("/hold")),
            ("q", Typed::Last(b"q".to_vec())),
            ("Q", Typed::Last(b"Q".to_vec())),
            ("/hold", Typed::Hold),
            ("/go ", Typed::Go),
            ("/show", Typed::Show),
            ("/help", Typed::Help),
            ("/read", Typed::Read(None)),
            ("/read 5", Typed::Read(Some(5))),
            ("/hex 00 ff", Typed::Message(vec![0, 0xff])),
        ] {
            assert_eq!(meaning(line), wanted, "{line}");
        }
        for line in [
            "/",
            "/hold 5",
            "/read 0",
            "/read -1",
            "/read five",
            "/read 1048577",
            "/hex",
            "/hex 1",
            "/quit",
        ] {
            assert!(matches!(meaning(line), Typed::Wrong(_)), "{line}");
        }
    }
}
