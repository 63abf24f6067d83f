//! A pseudo-terminal for the player, with a parser that reads its screen.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// What the shell writes when the player has ended.
const ENDED: &str = "status";

/// A shell in a pseudo-terminal, which calls `sticky`.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    shell: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Terminal {
    /// `sticky` with these arguments; behind it the shell tells its status and how the
    /// terminal is set.
    fn of(arguments: &str, size: (u16, u16)) -> Self {
        Self::calling(env!("CARGO_BIN_EXE_sticky"), arguments, size)
    }

    fn calling(program: &str, arguments: &str, (columns, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new("sh");
        let script = format!(
            "before=$(stty -g); '{program}' {arguments}; status=$?; after=$(stty -g); \
             test \"$before\" = \"$after\" && cooked=same || cooked=changed; \
             echo {ENDED}=$status tty=$cooked; read line"
        );
        command.args(["-c", &script]);
        command.env("TERM", "xterm-256color");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LANG"] {
            command.env_remove(name);
        }
        let shell = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Ends when the other side is closed, which some systems call an error.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            shell,
            bytes,
            screen: vt100::Parser::new(rows, columns, 0),
        }
    }

    fn back_to_back(more: &str) -> Self {
        Self::of(
            &format!("run sticky/back-to-back --step --no-times --lang en {more}"),
            (80, 24),
        )
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen is as `wanted`.
    fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(error) => panic!("no {what} ({error}) on\n{text}"),
            }
        }
    }

    fn shows(&mut self, wanted: &str) -> String {
        self.until(wanted, |text| text.contains(wanted))
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Presses a key and reads until the screen shows `wanted`.
    fn to(&mut self, keys: &str, wanted: &str) -> String {
        self.press(keys);
        self.shows(wanted)
    }

    /// Reads until the player has ended with `status`; the terminal has to be as before.
    fn ended(mut self, status: &str) -> String {
        let text = self.shows("tty=");
        assert!(
            text.contains(&format!("{ENDED}={status} tty=same")),
            "{text}"
        );
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "still on the other screen");
        assert!(!screen.hide_cursor(), "no cursor");
        self.press("\n");
        assert!(self.shell.wait().unwrap().success());
        text
    }
}

const LEFT: &str = "\x1b[D";
const RIGHT: &str = "\x1b[C";
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";

#[test]
fn forward_and_back_by_every_kind_of_key() {
    let mut terminal = Terminal::back_to_back("");
    terminal.shows("step 0/5");
    assert!(terminal.screen.screen().alternate_screen());
    assert!(terminal.screen.screen().hide_cursor());
    terminal.to(" ", "step 1/5");
    terminal.to(RIGHT, "step 2/5");
    terminal.to(PAGE_DOWN, "step 3/5");
    let text = terminal.text();
    assert!(text.contains("30 B waiting"), "{text}");
    assert!(!text.contains("recv 1"), "{text}");
    let text = terminal.to("\r", "step 4/5");
    assert!(text.contains("recv 1  30 B"), "{text}");
    terminal.to(LEFT, "step 3/5");
    terminal.to(PAGE_UP, "step 2/5");
    terminal.to("\x7f", "step 1/5");
    let text = terminal.to(END, "step 5/5");
    assert!(text.contains("as expected"), "{text}");
    terminal.to(" ", "this is the end");
    terminal.to(HOME, "step 0/5");
    terminal.press("q");
    terminal.ended("0");
}

#[test]
fn a_drawing_in_a_terminal_that_is_too_narrow_says_so() {
    for (columns, language, wanted) in [
        (60, "en", "the terminal has 60 columns, and this needs 80"),
        (40, "zh", "终端只有 40 列，这里需要 80 列"),
    ] {
        for arguments in ["run tcp/one-shot", "quiz --count 1 < /dev/null"] {
            let arguments = format!("--lang {language} {arguments}");
            let terminal = Terminal::of(&arguments, (columns, 200));
            let text = terminal.ended("0").replace('\n', "");
            assert!(text.contains(wanted), "{text}");
            // Before what it is about, which may fill more than a screen.
            assert!(text.starts_with(wanted), "{text}");
        }
    }
    let fits = [
        ("run tcp/one-shot", 80),
        ("run tcp/one-shot --quiet", 60),
        ("run tcp/one-shot --format json", 60),
        ("run tcp/one-shot -o /dev/null", 60),
        ("list", 60),
    ];
    for (arguments, columns) in fits {
        let text = Terminal::of(&format!("--lang en {arguments}"), (columns, 400)).ended("0");
        assert!(!text.contains("the terminal has"), "{text}");
    }
}

#[test]
fn the_welcome_and_the_list_break_between_words() {
    for (columns, language, whole) in [
        (60, "en", "one recv"),
        (40, "en", "two messages leave"),
        (40, "zh", "按章节列出全部用例"),
    ] {
        let text = Terminal::of(&format!("--lang {language}"), (columns, 60)).ended("0");
        assert!(text.contains(whole), "{text}");
        let lines = text.lines().map(unicode_width::UnicodeWidthStr::width);
        // What the terminal breaks is one line here.
        assert!(lines.max() <= Some(usize::from(columns)), "{text}");
        assert!(text.contains("\n  sticky list"), "{text}");
    }
    let text = Terminal::of("--lang en list", (60, 400)).ended("0");
    assert!(text.contains("`sticky run`\nalone runs these"), "{text}");
}

#[test]
fn to_the_lost_boundary_then_hex_then_the_other_language() {
    let mut terminal = Terminal::back_to_back("");
    terminal.shows("step 0/5");
    let text = terminal.to("n", "step 4/5");
    assert!(text.contains("boundary 18 lost"), "{text}");
    assert!(text.contains("e4 b8 8b"), "{text}");
    terminal.press("x");
    terminal.until("screen without hex", |text| {
        text.contains("step 4/5") && !text.contains("e4 b8 8b")
    });
    terminal.to("x", "e4 b8 8b");
    terminal.to("n", "no boundary is lost from here on");
    let text = terminal.to("l", "第 4/5");
    assert!(
        text.contains("服务端") && !text.contains("server"),
        "{text}"
    );
    terminal.to("l", "step 4/5");
    terminal.press("\x1b");
    terminal.ended("0");
}

#[test]
fn help_comes_and_goes_and_ctrl_c_quits() {
    let mut terminal = Terminal::back_to_back("");
    terminal.shows("step 0/5");
    terminal.to("?", "to the next lost boundary");
    terminal.to("q", "step 0/5");
    terminal.press("\x03");
    terminal.ended("0");
}

#[test]
fn it_plays_to_the_end_by_itself() {
    let mut terminal = Terminal::back_to_back("");
    terminal.shows("step 0/5");
    terminal.to("p", "playing 1/s");
    terminal.to("+++", "playing 8/s");
    terminal.shows("step 5/5");
    terminal.until("end of playing", |text| !text.contains("playing"));
    terminal.press("q");
    terminal.ended("0");
}

#[test]
fn it_draws_again_when_the_terminal_changes_its_size() {
    let mut terminal = Terminal::back_to_back("");
    terminal.to("n", "step 4/5");
    terminal.screen.screen_mut().set_size(20, 60);
    terminal.master.resize(size(60, 20)).unwrap();
    terminal.shows("The terminal has 60 columns and 20 lines");
    terminal.screen.screen_mut().set_size(40, 120);
    terminal.master.resize(size(120, 40)).unwrap();
    terminal.until("last line at its place", |text| {
        text.lines()
            .nth(39)
            .is_some_and(|line| line.contains("step 4/5"))
    });
    terminal.press("q");
    terminal.ended("0");
}

#[test]
fn too_small_a_terminal_still_quits() {
    let arguments = "run sticky/back-to-back --step --lang zh";
    let mut terminal = Terminal::of(arguments, (79, 23));
    terminal.shows("至少需要 80 列 24 行");
    terminal.press("q");
    terminal.ended("0");
}

#[test]
fn colour_only_where_it_is_wanted() {
    for (more, wanted) in [("", true), ("--color never", false)] {
        let mut terminal = Terminal::back_to_back(more);
        terminal.to("n", "step 4/5");
        let screen = terminal.screen.screen();
        let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        let is_dressed = |(row, column)| {
            let cell = screen.cell(row, column).unwrap();
            cell.fgcolor() != vt100::Color::Default || cell.inverse() || cell.bold()
        };
        assert_eq!(cells.into_iter().any(is_dressed), wanted, "{more}");
        assert!(terminal.text().contains('►'));
        terminal.press("q");
        terminal.ended("0");
    }
}

#[test]
fn what_is_not_as_expected_is_the_status_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let saved = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(["run", "sticky/back-to-back", "--format", "json", "-o"])
        .arg(&path)
        .status();
    assert!(saved.unwrap().success());
    let text = std::fs::read_to_string(&path).unwrap();
    let mut trace: serde_json::Value = serde_json::from_str(&text).unwrap();
    let messages = find(&mut trace, "expect").and_then(|expect| find(expect, "messages"));
    *messages.unwrap() = serde_json::json!(["whole", "whole"]);
    std::fs::write(&path, trace.to_string()).unwrap();
    let arguments = format!("show '{}' --step --lang en", path.display());
    let mut terminal = Terminal::of(&arguments, (80, 24));
    terminal.shows("step 0/5");
    terminal.to(END, "not as expected");
    terminal.press("q");
    terminal.ended("1");
}

#[test]
fn a_signal_ends_it_with_the_terminal_as_it_was() {
    for (signal, status) in [("TERM", "143"), ("HUP", "129")] {
        let folder = tempfile::tempdir().unwrap();
        let process = folder.path().join("process");
        let script = format!(
            "-c 'echo $$ > \"{}\"; exec \"$0\" run sticky/back-to-back --step --lang en' '{}'",
            process.display(),
            env!("CARGO_BIN_EXE_sticky"),
        );
        let mut terminal = Terminal::calling("sh", &script, (80, 24));
        terminal.shows("step 0/5");
        let process = std::fs::read_to_string(&process).unwrap();
        let sent = Command::new("kill")
            .args(["-s", signal, process.trim()])
            .status();
        assert!(sent.unwrap().success());
        terminal.ended(status);
    }
}

/// The first value with this key, at any depth.
fn find<'a>(value: &'a mut serde_json::Value, key: &str) -> Option<&'a mut serde_json::Value> {
    match value {
        serde_json::Value::Object(map) => {
            if map.contains_key(key) {
                return map.get_mut(key);
            }
            map.values_mut().find_map(|value| find(value, key))
        }
        serde_json::Value::Array(values) => values.iter_mut().find_map(|value| find(value, key)),
        _ => None,
    }
}
