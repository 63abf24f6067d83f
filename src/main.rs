//! The `sticky` command: everything is in the library's [`sticky_packet::cli`].

fn main() -> std::process::ExitCode {
    sticky_packet::cli::main()
}
