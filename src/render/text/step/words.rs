//! The player's own texts: its position, its keys, its marks.

use std::io;

use crate::language::Language;
use crate::render::escape;

use super::super::line::{Ink, Line};
use super::super::{Page, Style, legend};
use super::{LEAST_COLUMNS, LEAST_ROWS, Notice, Stop, View};

/// The column of the meanings in the help.
const MEANING: usize = 32;

/// The message that the terminal is too small, with the size it needs.
pub(super) fn too_small(language: Language, columns: usize, rows: usize) -> String {
    say!(
        language,
        "The terminal has {columns} columns and {rows} lines; \
             {LEAST_COLUMNS} and {LEAST_ROWS} are needed. Enlarge it, or q quits.",
        "终端为 {columns} 列 {rows} 行，至少需要 {LEAST_COLUMNS} 列 {LEAST_ROWS} 行。\
             请放大窗口，或按 q 退出。"
    )
}

/// The message that some lines had no room.
pub(super) fn more_lines(view: &View<'_>, style: &Style, hidden: usize, case: &str) -> Line {
    let again = view.again.map_or_else(
        || format!("sticky run {}", escape::text(case)),
        escape::text,
    );
    let more = style.glyphs().more;
    let text = say!(
        style.language,
        "  {more} {hidden} more lines; `{again} --full` shows all",
        "  {more} 还有 {hidden} 行；`{again} --full` 显示全部"
    );
    Line::of(Ink::Plain, &escape::clip(&text, style.columns(), more))
}

/// The last line: the position, whether it plays, and the keys.
pub(super) fn status(page: &mut Page<'_>, view: &View<'_>, stop: &Stop) -> io::Result<()> {
    let columns = page.style.columns();
    let mut where_ = vec![say!(
        page.style.language,
        ("step {}/{}", stop.step, stop.steps),
        ("第 {}/{} 步", stop.step, stop.steps)
    )];
    let (part, parts) = (stop.part + 1, view.cases[stop.case].trace.parts.len());
    if parts > 1 {
        where_.push(say!(
            page.style.language,
            "part {part}/{parts}",
            "第 {part}/{parts} 部分"
        ));
    }
    let (case, cases) = (stop.case + 1, view.cases.len());
    if cases > 1 {
        where_.push(say!(
            page.style.language,
            "case {case}/{cases}",
            "第 {case}/{cases} 例"
        ));
    }
    if let Some(speed) = view.playing {
        where_.push(say!(page.style.language, "playing {speed}", "播放 {speed}"));
    }
    let right = match view.notice {
        Some(Notice::AtTheEnd) => page.pick("this is the end", "已到末尾"),
        Some(Notice::AtTheBeginning) => page.pick("this is the beginning", "已在开头"),
        Some(Notice::LastCase) => page.pick("this is the last case", "这是最后一个用例"),
        Some(Notice::FirstCase) => page.pick("this is the first case", "这是第一个用例"),
        Some(Notice::NoMoreLost) => {
            page.pick("no boundary is lost from here on", "后面没有丢失的边界")
        }
        None if page.style.ascii => page.pick(
            "space next  left back  ? help  q quit",
            "空格 前进  left 后退  ? 帮助  q 退出",
        ),
        None => page.pick(
            "space next · ← back · ? help · q quit",
            "空格 前进 · ← 后退 · ? 帮助 · q 退出",
        ),
    };
    let mut line = Line::of(Ink::Heading, &format!(" {}", where_.join("  ")));
    let room = columns.saturating_sub(line.columns() + 3);
    let right = escape::clip(right, room, page.glyphs.more);
    line.pad_to(columns - 1 - escape::width(&right));
    line.push(Ink::Plain, &right);
    line.push(Ink::Plain, " ");
    page.line(line.all_in(Ink::Current))
}

/// The meaning of the keys and the marks.
pub(super) fn help(page: &mut Page<'_>) -> io::Result<()> {
    let ascii = page.style.ascii;
    let arrow = |drawn: &'static str, named: &'static str| if ascii { named } else { drawn };
    let keys = [
        (
            page.pick("space Enter PgDn ", "空格 回车 PgDn "),
            arrow("→ ↓", "right down"),
            page.pick("next event", "下一个事件"),
        ),
        (
            page.pick("Backspace PgUp ", "退格 PgUp "),
            arrow("← ↑", "left up"),
            page.pick("event before", "上一个事件"),
        ),
        (
            "Home End",
            "",
            page.pick("to the beginning, to the end", "回到开头、跳到末尾"),
        ),
        (
            "Tab ]  Shift-Tab [",
            "",
            page.pick("next case, case before", "下一个用例、上一个用例"),
        ),
        (
            "n",
            "",
            page.pick("to the next lost boundary", "跳到下一个丢失的边界"),
        ),
        (
            "p  + -",
            "",
            page.pick("play or stop; faster, slower", "播放或停止；加快、减慢"),
        ),
        (
            "x  l",
            "",
            page.pick("hex on, off; English, Chinese", "开关十六进制；切换中英文"),
        ),
        (
            "?",
            "",
            page.pick("this help; any key ends it", "本帮助；按任意键返回"),
        ),
        ("q Esc Ctrl-C", "", page.pick("quit", "退出")),
    ];
    let current = (
        page.glyphs.current.to_string(),
        page.pick("the event that has just happened", "刚刚发生的事件"),
    );
    let titles = (
        page.pick("Keys", "按键"),
        page.pick("How to read it", "怎样看图"),
    );
    page.line(Line::of(Ink::Heading, titles.0))?;
    for (key, arrows, meaning) in keys {
        legend::row(page, &format!("{key}{arrows}"), MEANING, meaning)?;
    }
    page.blank()?;
    page.line(Line::of(Ink::Heading, titles.1))?;
    for (mark, meaning) in [current].into_iter().chain(legend::marks(page)) {
        legend::row(page, &mark, MEANING, meaning)?;
    }
    for (term, meaning) in legend::terms(page) {
        legend::row(page, term, MEANING, meaning)?;
    }
    Ok(())
}
