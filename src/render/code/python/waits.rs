//! Waiting in Python.

use super::payload::text_literal;
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
            let text = sheet.say(
                format!(
                    "# Waits until {bytes} B are queued (or the stream has ended); takes nothing."
                ),
                format!("# 等到接收队列里有 {bytes} 字节（或流已结束），一个字节也不取走。"),
            );
            sheet.line(text);
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
        Condition::PeerClosed | Condition::Reset => {
            sheet.imports.insert("select");
            let (events, text) = if *condition == Condition::Reset {
                ("0", sheet.say("the reset has arrived", "重置到达"))
            } else {
                (
                    "select.POLLRDHUP",
                    sheet.say("the other side has closed (Linux)", "对方已关闭（Linux）"),
                )
            };
            let until = sheet.say("# Waits until", "# 等到");
            let space = sheet.say(" ", "");
            sheet.line(format!("{until}{space}{text}"));
            sheet.line("poll = select.poll()");
            sheet.line(format!("poll.register({conn}, {events})"));
            sheet.line("poll.poll()");
        }
        Condition::Reached(point) => {
            sheet.call("wait_for");
            sheet.line(format!("wait_for({})", text_literal(point)));
        }
    }
}
