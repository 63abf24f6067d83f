//! The `sticky` command. Everything is in the library's [`sticky_packet::cli`].

fn main() -> std::process::ExitCode {
    sticky_packet::cli::main()
}
