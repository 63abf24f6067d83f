//! One end of a conversation: a program whose standard input is typed into, and whose output is
//! waited for.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A program that is spoken to; it is ended with the test.
pub(crate) struct End {
    child: Child,
    input: Option<ChildStdin>,
    pieces: Receiver<(usize, Vec<u8>)>,
    /// What came on its standard output, and on its standard error.
    said: [Vec<u8>; 2],
    /// What was said there before this byte has been waited for.
    seen: [usize; 2],
}

impl End {
    pub(crate) fn sticky(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
        command.args(["chat", "--lang", "en"]).args(arguments);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        Self::of(command)
    }

    pub(crate) fn python(program: &str, port: &str) -> Self {
        let mut command = Command::new("python3");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs");
        command.arg(format!("{folder}/{program}")).arg(port);
        command.env("PYTHONIOENCODING", "utf-8");
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, pieces) = mpsc::channel();
        forward(0, child.stdout.take().unwrap(), sender.clone());
        forward(1, child.stderr.take().unwrap(), sender);
        Self {
            input: child.stdin.take(),
            child,
            pieces,
            said: [Vec::new(), Vec::new()],
            seen: [0; 2],
        }
    }

    /// Types lines.
    pub(crate) fn types(&mut self, lines: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(lines.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Ends its input.
    pub(crate) fn ends_input(&mut self) {
        self.input = None;
    }

    /// Waits until it says this on one of its outputs, after all that was waited for there.
    pub(crate) fn says(&mut self, wanted: &str) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            for (said, seen) in self.said.iter().zip(&mut self.seen) {
                if let Some(at) = find(&said[*seen..], wanted.as_bytes()) {
                    *seen += at + wanted.len();
                    return;
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok((output, piece)) => self.said[output].extend(piece),
                Err(error) => panic!("no {wanted:?} ({error}) in {}", self.all()),
            }
        }
    }

    /// The port that it says it has.
    pub(crate) fn port(&mut self, before: &str) -> String {
        self.says(before);
        // The line may come in two pieces.
        self.says("\n");
        let begins = |said: &Vec<u8>| find(said, before.as_bytes());
        let [out, err] = self.said.each_ref().map(begins);
        let rest = match (out, err) {
            (Some(at), _) => &self.said[0][at + before.len()..],
            (None, at) => &self.said[1][at.unwrap() + before.len()..],
        };
        let digits = rest.iter().take_while(|it| it.is_ascii_digit());
        String::from_utf8(digits.copied().collect()).unwrap()
    }

    /// Waits until it has ended, and returns its status and all that it has said.
    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok((output, piece)) => self.said[output].extend(piece),
                // Both of its outputs are closed.
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(error) => panic!("it goes on ({error}) after {}", self.all()),
            }
        }
        (self.child.wait().unwrap(), self.all())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn all(&self) -> String {
        String::from_utf8_lossy(&self.said.concat()).into_owned()
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // It has usually ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `wanted` begins.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|place| place == wanted)
}

fn forward(
    number: usize,
    mut output: impl Read + Send + 'static,
    pieces: Sender<(usize, Vec<u8>)>,
) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = output.read(&mut buffer) {
            if pieces.send((number, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    });
}
