//! Waiting in Python.

use super::payload::text_literal;
use crate::render::code::notes::Note;
use crate::render::code::sheet::Sheet;
use crate::scenario::Condition;

pub(super) fn wait(sheet: &mut Sheet<'_, '_>, conn: &str, condition: &Condition) {
    let look = |sheet: &mut Sheet<'_, '_>, helper: &'static str, unmet: String| {
        sheet.call(helper);
        sheet.imports.insert("time");
        sheet.line(format!("while {unmet}:\n    time.sleep(0.001)"));
    };
    match condition {
        Condition::Queued(bytes) => {
            let or_end = !sheet.plan.is_unix();
            sheet.note(Note::Queued {
                bytes: *bytes,
                or_end,
            });
            let flags = "socket.MSG_PEEK | socket.MSG_WAITALL";
            if sheet.plan.is_unix() {
                // There, MSG_WAITALL does not wait when it only peeks.
                sheet.imports.insert("time");
                sheet.line(format!(
                    "while len({conn}.recv({bytes}, socket.MSG_PEEK)) < {bytes}:"
                ));
                sheet.line("    time.sleep(0.001)");
            } else {
                sheet.line(format!("{conn}.recv({bytes}, {flags})"));
            }
        }
        Condition::Acknowledged => look(
            sheet,
            "unacknowledged",
            format!("unacknowledged({conn}) > 0"),
        ),
        Condition::Segments(count) => {
            look(sheet, "tcp_info", format!("tcp_info({conn})[0] < {count}"));
        }
        Condition::Retransmitted(count) => {
            look(sheet, "tcp_info", format!("tcp_info({conn})[1] < {count}"));
        }
        Condition::Dropped(count) => look(sheet, "dropped", format!("dropped({conn}) < {count}")),
        Condition::PeerClosed => poll(sheet, conn, "select.POLLRDHUP", Note::PeerClosed),
        Condition::Reset => poll(sheet, conn, "0", Note::Reset),
        Condition::Reached(point) => {
            sheet.call("wait_for");
            sheet.line(format!("wait_for({})", text_literal(point)));
        }
    }
}

/// Waits until poll tells of one of these events, or of an error, which it always does.
fn poll(sheet: &mut Sheet<'_, '_>, conn: &str, events: &str, note: Note) {
    sheet.imports.insert("select");
    sheet.note(note);
    sheet.line("poll = select.poll()");
    sheet.line(format!("poll.register({conn}, {events})"));
    sheet.line("poll.poll()");
}
