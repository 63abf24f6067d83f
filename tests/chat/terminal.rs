//! In a pseudo-terminal: the line being typed and what arrives do not garble each other, and the
//! terminal is restored.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::end::{DEADLINE, End};

/// A shell in a pseudo-terminal, which calls `sticky chat`.
struct Terminal {
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    shell: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

impl Terminal {
    fn of(arguments: &str) -> Self {
        let (rows, cols) = (24, 80);
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new("sh");
        let program = env!("CARGO_BIN_EXE_sticky");
        let script = format!(
            "before=$(stty -g); '{program}' chat --lang en {arguments}; status=$?; \
             test \"$before\" = \"$(stty -g)\" && cooked=same || cooked=changed; \
             echo status=$status tty=$cooked; read line"
        );
        command.args(["-c", &script]);
        command.env("TERM", "xterm-256color");
        let shell = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            keys: pair.master.take_writer().unwrap(),
            _master: pair.master,
            shell,
            bytes,
            screen: vt100::Parser::new(rows, cols, 1000),
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Reads until the screen shows this, and returns its rows that are not empty.
    fn shows(&mut self, wanted: &str) -> Vec<String> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let text = self.screen.screen().contents();
            if text.contains(wanted) {
                let rows = text.lines().map(str::trim_end).map(str::to_owned);
                return rows.filter(|row| !row.is_empty()).collect();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(error) => panic!("no {wanted:?} ({error}) on\n{text}"),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// A terminal that has connected to a listener.
fn connected(more: &str) -> (End, Terminal) {
    let mut server = End::sticky(&["--listen", "127.0.0.1:0"]);
    let port = server.port("listening at 127.0.0.1:");
    let mut terminal = Terminal::of(&format!("{port} {more}"));
    server.says("has connected");
    terminal.shows("connected to");
    // From here on it reads keys.
    terminal.shows("\n> ");
    (server, terminal)
}

#[test]
fn what_arrives_stands_above_the_line_being_typed() {
    let (mut server, mut terminal) = connected("");
    terminal.press("适合发");
    terminal.shows("> 适合发");
    server.types("下了一天的雨\n");
    terminal.shows("recv(1024) → 18 B  下了一天的雨\n> 适合发");
    // The cursor stands behind the line: the prompt and three characters of two columns.
    assert_eq!(terminal.screen.screen().cursor_position().1, 8);
    // It goes on where it was, at the cursor.
    terminal.press("\u{1b}[D\u{1b}[Dx");
    terminal.shows("> 适x合发");
    server.types("again\n");
    terminal.shows("recv(1024) → 5 B  again\n> 适x合发");
    terminal.press("\u{7f}\r");
    server.says("recv(1024) → 9 B  适合发");
    terminal.shows("send  9 B  适合发");
    // A line longer than the terminal is wide stays in its row.
    terminal.press(&"长".repeat(60));
    server.types("third\n");
    let rows = terminal.shows("recv(1024) → 5 B  third\n> 长");
    let lines = rows.iter().filter(|row| row.contains("长"));
    assert_eq!(lines.count(), 1, "{rows:#?}");
    terminal.press("\r");
    server.says("recv(1024) → 180 B");
    // The line before comes back.
    terminal.press("\u{1b}[A\u{1b}[A");
    terminal.shows("> 适合发");
    terminal.press("\u{15}Q\r");
    terminal.shows("status=0 tty=same");
}

#[test]
fn however_it_ends_the_terminal_is_as_before() {
    // Ctrl-C, with a line half typed.
    let (_server, mut terminal) = connected("--no-hex");
    terminal.press("half\u{3}");
    let rows = terminal.shows("status=0 tty=same");
    assert!(!rows.iter().any(|row| row.contains("> half")), "{rows:?}");
    assert!(
        rows.iter().any(|row| row.contains("connect port")),
        "{rows:?}"
    );

    // The other side ends while a line is being typed.
    let (mut server, mut terminal) = connected("--no-hex");
    terminal.press("half");
    terminal.shows("> half");
    server.kill();
    terminal.shows("status=0 tty=same");

    // Ctrl-D on an empty line.
    let (_server, mut terminal) = connected("--no-hex");
    terminal.press("\u{4}");
    terminal.shows("status=0 tty=same");
}

#[test]
fn what_may_not_steer_the_terminal_is_escaped_in_the_line_too() {
    let (mut server, mut terminal) = connected("");
    server.types("\u{1b}[2Jred\n");
    let rows = terminal.shows("red");
    assert!(
        rows.iter().any(|row| row.contains("connected to")),
        "{rows:?}"
    );
}
