//! A scenario file that states what came.
//!
//! Promises: touches the keys that are stated anew and nothing else; comments, order and
//! layout of the file stay. Pure: nothing is written.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::diagnostic::hex::Digits;
use crate::scenario::{
    Amount, Count, Expectation, ExpectedMessage, Payload, Receives, Returned, Side,
};

/// The text of `source` with what each part states in its `[expect]`; none if it is not TOML.
#[must_use]
pub fn accept(source: &str, parts: &[Expectation]) -> Option<String> {
    let mut document: DocumentMut = source.parse().ok()?;
    for (index, expect) in parts.iter().enumerate() {
        let part: &mut dyn TableLike = match document.get_mut("part") {
            Some(Item::ArrayOfTables(tables)) => tables.get_mut(index)?,
            Some(Item::Value(Value::Array(array))) => {
                array.get_mut(index)?.as_inline_table_mut()?
            }
            Some(Item::None | Item::Value(_) | Item::Table(_)) => return None,
            None => document.as_table_mut(),
        };
        for side in Side::BOTH {
            let states = expect.of(side);
            if *states != Receives::default() {
                let inside = table_in(part, "expect")?;
                state(table_in(inside, side.name())?, states);
            }
        }
    }
    Some(document.to_string())
}

/// The table of this name, made where there is none.
fn table_in<'t>(outer: &'t mut dyn TableLike, name: &str) -> Option<&'t mut dyn TableLike> {
    if !outer.contains_key(name) {
        let mut table = Table::new();
        // `[expect.client]` needs no `[expect]` above it.
        table.set_implicit(name == "expect");
        outer.insert(name, Item::Table(table));
    }
    outer.get_mut(name)?.as_table_like_mut()
}

fn state(table: &mut dyn TableLike, states: &Receives) {
    let list = |values: Vec<Value>| Value::Array(values.into_iter().collect::<Array>());
    let mut set = |key: &str, value: Value| match table.get_mut(key) {
        // The comments above the key stay.
        Some(item) => *item = Item::Value(value),
        None => {
            table.insert(key, Item::Value(value));
        }
    };
    if let Some(recvs) = &states.recv {
        set("recv", list(recvs.iter().map(returned).collect()));
    }
    if let Some(count) = states.lost_boundaries {
        set("lost-boundaries", lost(count));
    }
    if let Some(messages) = &states.messages {
        set(
            "messages",
            list(messages.iter().copied().map(fate).collect()),
        );
    }
    if let Some(decoded) = &states.decoded {
        set("decoded", list(decoded.iter().map(payload).collect()));
    }
    if let Some(total) = states.total {
        set("total", number(total.least));
    }
    if let Some(intact) = states.intact {
        set("intact", intact.into());
    }
}

fn returned(returned: &Returned) -> Value {
    let mut table = InlineTable::new();
    match returned {
        Returned::End => return "end".into(),
        Returned::Fails(fault) => {
            table.insert("fails", fault.name().into());
        }
        Returned::Data { bytes, content } => {
            let Amount { least, .. } = *bytes;
            table.insert("bytes", number(least));
            match content {
                Some(Payload::Text(text)) => {
                    table.insert("text", text.into());
                }
                Some(Payload::Hex(bytes)) => {
                    table.insert("hex", Digits(bytes).to_string().into());
                }
                Some(
                    Payload::Repeat { .. }
                    | Payload::Random { .. }
                    | Payload::Length { .. }
                    | Payload::LengthOf { .. },
                )
                | None => {}
            }
        }
    }
    table.into()
}

/// A payload that came: text, or bytes in hex.
fn payload(payload: &Payload) -> Value {
    match payload {
        Payload::Text(text) => text.into(),
        Payload::Hex(_)
        | Payload::Repeat { .. }
        | Payload::Random { .. }
        | Payload::Length { .. }
        | Payload::LengthOf { .. } => {
            let bytes = payload.bytes().unwrap_or_default();
            let digits = Digits(&bytes).to_string();
            InlineTable::from_iter([("hex", digits)]).into()
        }
    }
}

fn lost(count: Count) -> Value {
    match count {
        Count::All => "all".into(),
        Count::Exactly(0) => "none".into(),
        Count::Exactly(count) | Count::AtLeast(count) | Count::AtMost(count) => {
            number(count.into())
        }
    }
}

fn fate(fate: ExpectedMessage) -> Value {
    match fate {
        ExpectedMessage::Whole => "whole",
        ExpectedMessage::Coalesced => "coalesced",
        ExpectedMessage::InPieces => "in-pieces",
        ExpectedMessage::Truncated => "truncated",
        ExpectedMessage::Lost => "lost",
    }
    .into()
}

/// A number that TOML can hold; every count of bytes of a trace is one.
fn number(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_order_and_what_is_not_stated_anew_stay() {
        let source = "# mine\n[client] # reads\nsteps = [\"connect\"]\n\n\
                      [expect.client]\n# what I believed\nrecv = [\"end\"]\nsegments = [1]\n\n\
                      [server]\nsteps = []\n";
        let mut expect = Expectation::default();
        expect.client.recv = Some(vec![Returned::Data {
            bytes: Amount::exactly(2),
            content: Some(Payload::Text("\"b".to_owned())),
        }]);
        expect.client.lost_boundaries = Some(Count::Exactly(1));
        let text = accept(source, &[expect]).unwrap();
        assert_eq!(
            text,
            "# mine\n[client] # reads\nsteps = [\"connect\"]\n\n\
             [expect.client]\n# what I believed\nrecv = [{ bytes = 2, text = '\"b' }]\n\
             segments = [1]\nlost-boundaries = 1\n\n[server]\nsteps = []\n"
        );
    }
}
