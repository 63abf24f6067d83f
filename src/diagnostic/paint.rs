//! Text in colour.
//!
//! `colored` says how a text is to look (`"lost".red().bold()`). Its own `Display` then
//! asks a flag of the whole process whether to show it; [`paint`] asks nobody, so that
//! whoever calls it decides, and tests can draw with colour and without side by side.

use std::fmt;

use colored::{ColoredString, Styles};

/// The styles, each with its parameter of the sequence SGR (ECMA-48, 8.3.117).
const STYLES: [(Styles, &str); 8] = [
    (Styles::Bold, "1"),
    (Styles::Dimmed, "2"),
    (Styles::Italic, "3"),
    (Styles::Underline, "4"),
    (Styles::Blink, "5"),
    (Styles::Reversed, "7"),
    (Styles::Hidden, "8"),
    (Styles::Strikethrough, "9"),
];

/// A text that shows itself between the sequences of its colour and style; a text that has
/// neither shows itself alone.
#[derive(Clone, Debug)]
pub struct Painted(ColoredString);

/// The text, to be written in its colour and style.
#[must_use]
pub const fn paint(text: ColoredString) -> Painted {
    Painted(text)
}

impl fmt::Display for Painted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        if text.is_plain() {
            return f.write_str(text);
        }
        let style = text.style;
        let styles = STYLES.iter().filter(|(one, _)| style.contains(*one));
        let mut codes: Vec<String> = styles.map(|(_, code)| (*code).to_owned()).collect();
        codes.extend(text.bgcolor.map(|color| color.to_bg_str().into_owned()));
        codes.extend(text.fgcolor.map(|color| color.to_fg_str().into_owned()));
        write!(f, "\x1b[{}m{}\x1b[0m", codes.join(";"), &**text)
    }
}

#[cfg(test)]
mod tests {
    use colored::Colorize;

    use super::paint;

    #[test]
    fn colour_and_style_stand_around_the_text() {
        for (text, painted) in [
            ("a".normal(), "a"),
            ("a".bold(), "\x1b[1ma\x1b[0m"),
            ("a".red().bold(), "\x1b[1;31ma\x1b[0m"),
            ("a".bold().underline(), "\x1b[1;4ma\x1b[0m"),
            ("a".ansi_color(33).reversed(), "\x1b[7;38;5;33ma\x1b[0m"),
        ] {
            assert_eq!(paint(text).to_string(), painted);
        }
    }
}
