//! What has no programs, and that it is told so.

use libtest_mimic::Trial;
use sticky_packet::language::Language;
use sticky_packet::render::code::{Program, Target, Unsupported};
use sticky_packet::scenario::{Scenario, Side};

/// Every part of the catalogue that a language has no programs for, and why.
const UNSUPPORTED: [(&str, &str, Unsupported); 6] = [
    ("c", "compare/pipe", Unsupported::Pipe),
    ("python", "compare/pipe", Unsupported::Pipe),
    ("rust", "compare/pipe", Unsupported::Pipe),
    ("rust", "compare/unix-seqpacket", Unsupported::Seqpacket),
    ("rust", "tcp/reuse-address", Unsupported::AddressOptions),
    (
        "rust",
        "tcp/reuse-address-matrix",
        Unsupported::AddressOptions,
    ),
];

/// Both programs of a part, server first.
pub(crate) fn programs(
    case: &Scenario,
    part: usize,
    target: Target,
    language: Language,
) -> Result<[Program; 2], Unsupported> {
    let one = |side| Program::new(case, part, side, target, language);
    Ok([one(Side::Server)?, one(Side::Client)?])
}

pub(crate) fn trials(cases: &[Scenario]) -> Vec<Trial> {
    let cases = cases.to_vec();
    vec![Trial::test("what_is_unsupported_is_known", move || {
        let mut found = Vec::new();
        for target in Target::ALL {
            for case in &cases {
                for part in 0..case.parts.len() {
                    if let Err(why) = programs(case, part, target, Language::English) {
                        let one = (target.name(), case.name.as_str(), why);
                        if !found.contains(&one) {
                            found.push(one);
                        }
                    }
                }
            }
        }
        found.sort_by_key(|(target, case, _)| (*target, *case));
        assert_eq!(found, UNSUPPORTED);
        Ok(())
    })]
}
