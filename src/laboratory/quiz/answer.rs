//! Reads what a user typed as an answer.
//!
//! Promises: any input ends in a [`Reply`]. Accepts the common ways to write numbers (`18, 12`,
//! `18+12`, `18 B 和 12 B`, full-width digits), but not a number that could be read in two ways
//! (`1,024`). Linear in the bytes.

use super::{Answer, Form};

/// The largest number of numbers in an answer.
const MOST_NUMBERS: usize = 64;

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// A request for a hint.
    Hint,
    /// A request for the next question.
    Skip,
    /// A request to end the quiz.
    Quit,
    /// Not an answer of the form asked for.
    Unclear,
}

/// Reads a line that should be an answer of this form.
#[must_use]
pub fn reply(line: &[u8], form: &Form) -> Reply {
    let Ok(text) = std::str::from_utf8(line) else {
        return Reply::Unclear;
    };
    let text: String = text.chars().map(narrow).collect();
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "" | "s" | "skip" | "跳过" => Reply::Skip,
        "?" | "h" | "help" | "hint" | "提示" | "帮助" => Reply::Hint,
        "q" | "quit" | "exit" | "退出" => Reply::Quit,
        _ => {
            let numbers = numbers(&text);
            let answer = numbers.and_then(|numbers| answer(&numbers, form));
            answer.map_or(Reply::Unclear, Reply::Answer)
        }
    }
}

/// The ASCII form of a full-width character; a space for any white space.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).map_or(c, char::from),
        '、' => ',',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The numbers in a text that holds only numbers, units and separators.
fn numbers(text: &str) -> Option<Vec<u64>> {
    if ["0", "none", "无", "没有"].contains(&text) {
        return Some(Vec::new());
    }
    let mut numbers = Vec::new();
    let mut rest = text.trim_end_matches(['.', '。']);
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        let is_fine = match kind(first) {
            (true, _) => {
                numbers.push(number(run)?);
                numbers.len() <= MOST_NUMBERS
            }
            (_, true) => ["b", "byte", "bytes", "and", "字节", "个字节", "和"].contains(&run),
            (false, false) => run.chars().all(|c| " ,;+/&()[]".contains(c)),
        };
        if !is_fine {
            return None;
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// A number without leading zeros: `024` is more likely the end of `1,024`.
fn number(digits: &str) -> Option<u64> {
    if digits.starts_with('0') {
        return None;
    }
    digits.parse().ok()
}

/// The numbers as an answer of this form.
fn answer(numbers: &[u64], form: &Form) -> Option<Answer> {
    let place = |number: u64| usize::try_from(number).ok()?.checked_sub(1);
    match form {
        Form::Numbers => Some(Answer::Recvs(numbers.to_vec())),
        Form::OneOf(answers) => match numbers {
            [number] => answers.get(place(*number)?).cloned(),
            _ => None,
        },
        Form::AnyOf(readers) => {
            let mut chosen = vec![false; readers.len()];
            for &number in numbers {
                *chosen.get_mut(place(number)?)? = true;
            }
            let chosen = readers
                .iter()
                .zip(chosen)
                .filter(|(_, is_chosen)| *is_chosen);
            Some(Answer::Readers(chosen.map(|(reader, _)| *reader).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::FATES;
    use super::*;
    use crate::laboratory::Reader;

    fn recvs(text: &str) -> Reply {
        reply(text.as_bytes(), &Form::Numbers)
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        let wanted = Reply::Answer(Answer::Recvs(vec![18, 12]));
        for text in [
            "18 12",
            "18, 12",
            "18,12",
            "18+12",
            "  18\t12 \r",
            "18 B, 12 B",
            "18B 12b",
            "18 and 12 bytes",
            "18 字节 和 12 字节",
            "１８，１２",
            "18、12",
            "18；12",
            "[18, 12]",
            "18\u{3000}12",
            "18 12.",
            "18 12。",
            "１８＋１２",
        ] {
            assert_eq!(recvs(text), wanted, "{text}");
        }
        assert_eq!(recvs("30"), Reply::Answer(Answer::Recvs(vec![30])));
        for text in ["0", "０", "none", "None", "无", "没有"] {
            assert_eq!(recvs(text), Reply::Answer(Answer::Recvs(vec![])), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_could_be_two_is_unclear() {
        for text in [
            "thirty",
            "-3",
            "18 - 12",
            "1,024",
            "18.5",
            "0x12",
            "18 12 x",
            "b",
            ",",
            "18\0",
            "\u{1b}[31m18",
            "99999999999999999999",
            "0 18",
            "١٨",
        ] {
            assert_eq!(recvs(text), Reply::Unclear, "{text}");
        }
        let many = "1 ".repeat(MOST_NUMBERS);
        assert!(matches!(recvs(&many), Reply::Answer(_)));
        assert_eq!(recvs(&format!("{many}1")), Reply::Unclear);
        assert_eq!(reply(b"18 \xff", &Form::Numbers), Reply::Unclear);
    }

    #[test]
    fn commands_are_known_in_both_languages() {
        for (text, wanted) in [
            ("", Reply::Skip),
            (" \r", Reply::Skip),
            ("S", Reply::Skip),
            ("跳过", Reply::Skip),
            ("?", Reply::Hint),
            ("？", Reply::Hint),
            ("提示", Reply::Hint),
            ("Q", Reply::Quit),
            ("ｑ", Reply::Quit),
            ("退出", Reply::Quit),
        ] {
            assert_eq!(recvs(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_choice_is_a_number_from_one() {
        let form = Form::OneOf(FATES.map(Answer::Message).into());
        let choice = |text: &str| reply(text.as_bytes(), &form);
        assert_eq!(choice("1)"), Reply::Answer(Answer::Message(FATES[0])));
        assert_eq!(choice("５"), Reply::Answer(Answer::Message(FATES[4])));
        for text in ["0", "6", "1 2", "whole"] {
            assert_eq!(choice(text), Reply::Unclear, "{text}");
        }
    }

    #[test]
    fn several_choices_come_in_any_order_and_count_once() {
        let form = Form::AnyOf(vec![Reader::Naive, Reader::Exact]);
        let choice = |text: &str| reply(text.as_bytes(), &form);
        let both = Reply::Answer(Answer::Readers(vec![Reader::Naive, Reader::Exact]));
        for text in ["1 2", "2,1", "2 1 2"] {
            assert_eq!(choice(text), both, "{text}");
        }
        assert_eq!(
            choice("2"),
            Reply::Answer(Answer::Readers(vec![Reader::Exact]))
        );
        assert_eq!(choice("none"), Reply::Answer(Answer::Readers(vec![])));
        for text in ["3", "12", "1 3"] {
            assert_eq!(choice(text), Reply::Unclear, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_some_reply(line: Vec<u8>, text: String) {
            let forms = [
                Form::Numbers,
                Form::OneOf(FATES.map(Answer::Message).into()),
                Form::AnyOf(Reader::ALL.into()),
            ];
            for form in &forms {
                let _ = reply(&line, form);
                let _ = reply(text.as_bytes(), form);
            }
        }
    }
}
