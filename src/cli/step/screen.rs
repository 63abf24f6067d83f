//! The terminal while the player uses it: in raw mode, on the alternate screen, without a cursor.
//!
//! Promises: it is restored exactly once, when the [`Screen`] is dropped and before the message of
//! a panic is written.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use crossterm::{execute, queue};

use crate::cli::keys::RawMode;

/// The terminal in use by the player.
#[derive(Debug)]
pub(super) struct Screen(
    #[expect(dead_code, reason = "restores the terminal when dropped")] RawMode,
);

impl Screen {
    /// Takes the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        let screen = Self(RawMode::enter(leave)?);
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(screen)
    }

    /// Shows these lines from the top, in a single write.
    #[expect(clippy::unused_self, reason = "only who has taken it may draw on it")]
    pub(super) fn show(&self, lines: &[String]) -> io::Result<()> {
        let mut frame = Vec::new();
        queue!(frame, BeginSynchronizedUpdate)?;
        for (row, line) in (0_u16..).zip(lines) {
            // Cleared first: after a line as wide as the screen, clearing would erase its last
            // character.
            queue!(frame, MoveTo(0, row), Clear(ClearType::CurrentLine))?;
            frame.write_all(line.as_bytes())?;
        }
        queue!(frame, EndSynchronizedUpdate)?;
        let mut out = io::stdout().lock();
        out.write_all(&frame)?;
        out.flush()
    }
}

/// The columns and lines of the terminal.
pub(super) fn size() -> io::Result<(usize, usize)> {
    let (columns, rows) = terminal::size()?;
    Ok((usize::from(columns), usize::from(rows)))
}

/// Leaves the alternate screen. If this fails, nothing more can be done.
fn leave() {
    let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    use super::*;

    /// The test that panics.
    const INSIDE: &str = "cli::step::screen::tests::it_panics_inside";
    /// The variable that allows it to panic.
    const LET: &str = "STICKY_TEST_MAY_PANIC";

    /// Run by the other test, in a terminal.
    #[test]
    #[ignore = "panics with the terminal taken"]
    fn it_panics_inside() {
        if std::env::var_os(LET).is_none() {
            return;
        }
        let screen = Screen::enter().expect("a terminal");
        screen.show(&["shown".to_owned()]).expect("a terminal");
        panic!("the message of the panic");
    }

    #[test]
    fn a_panic_is_told_on_the_screen_as_it_was_before() {
        let pair = native_pty_system()
            .openpty(PtySize::default())
            .expect("a terminal");
        let program = std::env::current_exe().expect("this test");
        let script = format!(
            "before=$(stty -g); '{}' --exact {INSIDE} --ignored --nocapture; after=$(stty -g); \
             test \"$before\" = \"$after\" && echo tty=same || echo tty=changed",
            program.display()
        );
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", &script]);
        command.env(LET, "1");
        let mut shell = pair.slave.spawn_command(command).expect("a shell");
        drop(pair.slave);
        let mut said = Vec::new();
        let mut reader = pair.master.try_clone_reader().expect("a terminal");
        // Some systems report the end as an error.
        let _ = reader.read_to_end(&mut said);
        shell.wait().expect("a shell that ends");

        let mut screen = vt100::Parser::new(200, 200, 0);
        screen.process(&said);
        let text = screen.screen().contents();
        assert!(text.contains("the message of the panic"), "{text}");
        assert!(text.contains("tty=same"), "{text}");
        assert!(!text.contains("shown"), "{text}");
        assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor());
        // The panic's message came after the screen was restored, so it can be seen.
        let said = String::from_utf8_lossy(&said);
        let shown = said.find("shown").expect("the screen");
        let left = said.find("\u{1b}[?1049l").expect("the way back");
        let told = said.find("the message of the panic").expect("the message");
        assert!(shown < left && left < told, "{said:?}");
    }
}
