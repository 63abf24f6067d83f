//! The languages that programs are written in.

/// A language to write programs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Python 3.8 or later.
    Python,
    /// Rust, with std alone.
    Rust,
    /// C11 with POSIX sockets.
    C,
}

impl Target {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Python, Self::Rust, Self::C];

    /// The name as `--as` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::C => "c",
        }
    }

    /// What its files end in.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::Rust => "rs",
            Self::C => "c",
        }
    }

    /// A comment on a line of its own.
    pub(super) fn comment(self, text: &str) -> String {
        match self {
            Self::Python => format!("# {text}"),
            Self::Rust => format!("// {text}"),
            Self::C => format!("/* {text} */"),
        }
    }
}
