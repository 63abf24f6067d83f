//! The player when its terminal goes away without a signal.

use std::io::{Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, PtySize, native_pty_system};

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

/// Starts the command in a terminal, takes the terminal away once it waits for keys,
/// and says how the command ended. `told` lets the system send SIGHUP as well.
fn ending_without_terminal(mut command: CommandBuilder, told: bool) -> ExitStatus {
    command.env("TERM", "xterm-256color");
    // The signal is for the processes that the terminal controls, and for no others.
    command.set_controlling_tty(told);
    let pair = native_pty_system().openpty(SIZE).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let child = pair.slave.spawn_command(command).unwrap();
    let mut player = Player(child);
    drop(pair.slave);

    let (sender, shown) = mpsc::channel();
    thread::spawn(move || {
        let mut screen = vt100::Parser::new(SIZE.rows, SIZE.cols, 0);
        let mut buffer = [0; 4096];
        let mut is_pressed = false;
        // Behind the first screen a key, so that it certainly waits for the next one.
        while !screen.screen().contents().contains("step 1/5") {
            if !is_pressed && screen.screen().contents().contains("step 0/5") {
                keys.write_all(b" ").unwrap();
                is_pressed = true;
            }
            match reader.read(&mut buffer) {
                Ok(read @ 1..) => screen.process(&buffer[..read]),
                Ok(0) | Err(_) => break,
            }
        }
        // Both are the master side too, so they have to be gone before this is told.
        drop((reader, keys));
        let _ = sender.send(screen.screen().contents());
    });
    let text = shown.recv_timeout(DEADLINE).expect("its screens");
    assert!(text.contains("step 1/5"), "{text}");
    assert!(player.0.try_wait().unwrap().is_none(), "ended too early");
    drop(pair.master);
    player.within(DEADLINE)
}

/// A process that does not outlive its test.
struct Player(Box<dyn Child + Send + Sync>);

impl Player {
    /// Its status, once it has ended by itself.
    fn within(&mut self, time: Duration) -> ExitStatus {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("it goes on without its terminal after {time:?}");
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// `sticky` as a player, by this shell script where there is one.
fn player(script: Option<&str>) -> CommandBuilder {
    let sticky = env!("CARGO_BIN_EXE_sticky");
    let mut command = script.map_or_else(
        || CommandBuilder::new(sticky),
        |script| {
            let mut shell = CommandBuilder::new("sh");
            shell.args(["-c", script, sticky]);
            shell
        },
    );
    command.args(["run", "sticky/back-to-back", "--step", "--lang", "en"]);
    command
}

#[test]
fn it_ends_as_by_q_where_no_signal_tells_of_it() {
    let status = ending_without_terminal(player(None), false);
    assert_eq!((status.exit_code(), status.signal()), (0, None));
}

#[test]
fn it_ends_as_by_q_where_its_caller_has_the_signal_ignored() {
    let script = r#"trap "" HUP; exec "$0" "$@""#;
    let status = ending_without_terminal(player(Some(script)), true);
    assert_eq!((status.exit_code(), status.signal()), (0, None));
}
