//! The scenario file of messages that were typed on a command line.
//!
//! Promises: what comes out can be read as a scenario of somebody's own; it states nothing.
//! Nothing in it is left to chance but the times: a reader that is late waits until all of
//! it is queued, and a prompt one until the message is. Pure: nothing is written.

use std::fmt::Write as _;

use crate::diagnostic::hex::Digits;
use crate::framing::Framing;
use crate::scenario::{Side, Transport};

/// What is sent, by whom and how, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The title, one line; none where it cannot be shown.
    pub title: Option<String>,
    /// What the two sides talk over.
    pub transport: Transport,
    /// Who sends.
    pub from: Side,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// By which framing each is encoded, if at all.
    pub framing: Option<Framing>,
    /// How the other side reads.
    pub reader: Reader,
    /// The most bytes that one recv asks for.
    pub at_most: u32,
    /// The sender sets `TCP_NODELAY`.
    pub no_delay: bool,
    /// The sender sets `TCP_CORK`.
    pub cork: bool,
    /// The pause between two sends, as a scenario file writes it: `50ms`.
    pub pause: Option<String>,
}

/// One message, and how many bytes a frame of it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is sent.
    pub content: Content,
    /// Bytes on the wire, header and trailer included.
    pub frame: u32,
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text, in UTF-8.
    Words(String),
    /// These bytes.
    Bytes(Vec<u8>),
    /// One letter this many times.
    Letters(char, u32),
}

/// How the other side reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// All of it is queued before the first recv.
    Late,
    /// Each message is read before the next one leaves.
    Prompt,
    /// Exact reads: of a frame it asks for what is missing and for no byte more.
    Exact,
}

impl Draft {
    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let (mut sender, mut receiver) = (self.sender(), self.receiver());
        if self.reader == Reader::Late && self.transport.keeps_boundaries() {
            // The kernel tells the size of the next datagram only, so the sender says when
            // all of them are there.
            sender.push(r#"{ reach = "all sent" }"#.to_owned());
            receiver.insert(0, r#"{ wait = { reached = "all sent" } }"#.to_owned());
        }
        let mut text = String::new();
        if self.pause.is_some() {
            text.push_str("about-time = true\n");
        }
        if self.transport != Transport::Tcp {
            let _ = writeln!(text, "transport = \"{}\"", self.transport.name());
        }
        if let Some(title) = &self.title {
            let title = quoted(title);
            let _ = writeln!(text, "\n[title]\nen = {title}\nzh = {title}");
        }
        for side in Side::BOTH {
            let _ = writeln!(text, "\n[{}]", side.name());
            let steps = if side == self.from {
                &sender
            } else {
                &receiver
            };
            let set = [("no-delay", self.no_delay), ("cork", self.cork)];
            let set = set.into_iter().filter(|(_, on)| *on && side == self.from);
            let set: Vec<_> = set.map(|(name, _)| format!("{name} = true")).collect();
            if !set.is_empty() {
                let _ = writeln!(text, "options = {{ {} }}", set.join(", "));
            }
            text.push_str("steps = [\n");
            for step in steps {
                let _ = writeln!(text, "  {step},");
            }
            text.push_str("]\n");
        }
        text.trim_start().to_owned()
    }

    fn sender(&self) -> Vec<String> {
        let mut steps = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            if index > 0 {
                if self.reader == Reader::Prompt {
                    steps.push(format!(r#"{{ wait = {{ reached = "read {index}" }} }}"#));
                }
                if let Some(pause) = &self.pause {
                    steps.push(format!("{{ pause = {} }}", quoted(pause)));
                }
            }
            let payload = match &message.content {
                Content::Words(words) => quoted(words),
                Content::Bytes(bytes) => format!("{{ hex = \"{}\" }}", Digits(bytes)),
                Content::Letters(letter, times) => {
                    format!("{{ repeat = \"{letter}\", times = {times} }}")
                }
            };
            let framing = self
                .framing
                .map(|framing| format!(", framing = \"{framing}\""));
            steps.push(format!(
                "{{ send = {payload}{} }}",
                framing.unwrap_or_default()
            ));
        }
        if self.cork {
            // What was held back leaves before the close, so that the kernel can be asked.
            steps.push("{ set = { cork = false } }".to_owned());
        }
        steps
    }

    fn receiver(&self) -> Vec<String> {
        let at_most = self.at_most;
        let recv = format!("{{ recv = {at_most} }}");
        let datagrams = self.transport.keeps_boundaries();
        match (self.reader, self.framing) {
            (Reader::Exact, Some(framing)) => vec![format!("{{ decode = \"{framing}\" }}")],
            (Reader::Late | Reader::Exact, _) if datagrams => vec![recv; self.messages.len()],
            (Reader::Late | Reader::Exact, _) => {
                let all: u32 = self.messages.iter().map(|message| message.frame).sum();
                let wait = (all > 0).then(|| format!("{{ wait = {{ queued = {all} }} }}"));
                let read = format!("{{ recv-until-end = {at_most} }}");
                wait.into_iter().chain([read]).collect()
            }
            (Reader::Prompt, _) => {
                let mut steps = Vec::new();
                for (index, message) in self.messages.iter().enumerate() {
                    let bytes = message.frame;
                    if datagrams {
                        steps.push(recv.clone());
                    } else if bytes > 0 {
                        steps.push(format!("{{ wait = {{ queued = {bytes} }} }}"));
                        let recvs = bytes.div_ceil(at_most) as usize;
                        steps.extend(std::iter::repeat_n(recv.clone(), recvs));
                    }
                    if index + 1 < self.messages.len() {
                        steps.push(format!(r#"{{ reach = "read {}" }}"#, index + 1));
                    }
                }
                if !datagrams {
                    steps.push(recv);
                }
                steps
            }
        }
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read::read_own;

    /// Texts that a careless writer of TOML would break, each as the one message of a file.
    #[test]
    fn any_words_come_back_as_they_were() {
        for words in [
            "",
            "\"",
            "\\",
            "'''",
            "\"\"\"",
            "a\nb\tc",
            "\u{7f}\u{85}\0",
            "你好",
            "#x",
        ] {
            let draft = Draft {
                title: None,
                transport: Transport::Tcp,
                from: Side::Server,
                messages: vec![Message {
                    content: Content::Words(words.to_owned()),
                    frame: u32::try_from(words.len()).unwrap(),
                }],
                framing: None,
                reader: Reader::Late,
                at_most: 1024,
                no_delay: false,
                cork: false,
                pause: None,
            };
            let scenario = read_own("try", "try.toml", draft.text().as_bytes());
            let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
            let crate::scenario::Action::Send(send) = &scenario.parts[0].server.steps[0].action
            else {
                panic!("{words:?} is not sent");
            };
            assert_eq!(send.payload.bytes().unwrap(), words.as_bytes());
        }
    }
}
