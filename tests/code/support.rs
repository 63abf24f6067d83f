//! Cases that cannot be written as programs get an error that says why.

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
    let (cases, same, all) = (cases.to_vec(), cases.to_vec(), cases.to_vec());
    let marks = Trial::test("no_mark_of_a_template_is_left", move || {
        for language in [Language::English, Language::Chinese] {
            for target in Target::ALL {
                for (case, part) in same
                    .iter()
                    .flat_map(|case| (0..case.parts.len()).map(move |part| (case, part)))
                {
                    for program in programs(case, part, target, language).into_iter().flatten() {
                        let left = program.text.contains(['⟦', '⟧', '¦', '@'])
                            || program.text.lines().any(|line| line.starts_with('?'));
                        assert!(!left, "{}\n{}", case.name, program.text);
                        let english = ["end of stream", "refused", "Press Enter", "Waits"];
                        let spoken = english.iter().any(|word| program.text.contains(word));
                        assert!(language == Language::English || !spoken, "{}", program.text);
                    }
                }
            }
        }
        Ok(())
    });
    let hurried = Trial::test("what_a_person_is_too_slow_for_is_told", move || {
        let told: Vec<&str> = all
            .iter()
            .filter(|case| {
                let program = programs(case, 0, Target::Python, Language::English);
                program.is_ok_and(|[server, client]| {
                    let warns = |text: &str| text.contains("sooner than you press Enter");
                    assert_eq!(warns(&server.text), warns(&client.text));
                    warns(&server.text)
                })
            })
            .map(|case| case.name.as_str())
            .collect();
        // With an Enter that comes 700 ms late, all but the last come out otherwise.
        let wanted = [
            "sticky/cork",
            "sticky/msg-more",
            "loss/tcp-holds-back-what-came-after",
            "loss/tcp-retransmits",
        ];
        assert_eq!(told, wanted);
        Ok(())
    });
    let known = Trial::test("what_is_unsupported_is_known", move || {
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
    });
    vec![marks, known, hurried]
}
