//! Reads the file as a whole: its texts, its source, its parts.

use toml::de::{DeTable, DeValue};

use super::placed::{ExpectPlaces, PlacedPart};
use super::problem::ProblemKind;
use super::reader::{Field, Fields, Reader, Strictness, Value};
use super::terms::Named;
use super::texts::{Lines, shown, translated};
use super::{expect, flow, steps};
use crate::scenario::{DEFAULT_DEADLINE, Expectation, Receives, Scenario, Section, See, Transport};

/// The keys of a file.
const KEYS: &[&str] = &[
    "replays",
    "about",
    "about-time",
    "title",
    "lesson",
    "see",
    "transport",
    "deadline",
    "server",
    "client",
    "expect",
    "part",
];

/// The keys of a part. All except the label may also be in the file itself.
const PART_KEYS: &[&str] = &[
    "label",
    "transport",
    "deadline",
    "server",
    "client",
    "expect",
];

/// The lists of cases to look at next.
pub(super) const SEE_KEYS: &[&str] = &["cure", "false-cure", "compare"];

/// The whole file as a scenario; `None` if anything in it is wrong.
pub(super) fn scenario(
    reader: &mut Reader<'_>,
    name: &str,
    table: &DeTable<'_>,
) -> Option<Scenario> {
    // A key that is missing from the file is reported at its beginning.
    let fields = Fields::of(table, 0..0, "");
    reader.known_only(&fields, KEYS);
    let section = if_there(reader, &fields, &["replays", "about"], section);
    let title = if_there(reader, &fields, &["title"], |reader, fields| {
        translated(reader, fields, "title", Lines::One)
    });
    let lesson = if_there(reader, &fields, &["lesson"], |reader, fields| {
        translated(reader, fields, "lesson", Lines::Many)
    });
    let see = see(reader, &fields);
    let about_time = reader.flag_of(&fields, "about-time");
    let placed = parts(reader, &fields);
    flow::check_limits(reader, &placed);
    for part in &placed {
        flow::check_part(reader, part, about_time.unwrap_or(true));
    }
    Some(Scenario {
        name: name.to_owned(),
        title: title?,
        lesson: lesson?,
        section: section?,
        see: see?,
        about_time: about_time?,
        parts: placed
            .into_iter()
            .map(PlacedPart::into_part)
            .collect::<Option<_>>()?,
    })
}

/// What `read` makes of keys that a file of the catalogue has to have and a file of one's
/// own need not: `Some(None)` if the file is one's own and has none of `keys`.
#[expect(
    clippy::option_option,
    reason = "absent and unreadable are two things: only the second spoils the whole"
)]
fn if_there<T>(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    keys: &[&str],
    read: impl FnOnce(&mut Reader<'_>, &Fields<'_>) -> Option<T>,
) -> Option<Option<T>> {
    if reader.strictness == Strictness::OwnFile && keys.iter().all(|key| fields.get(key).is_none())
    {
        return Some(None);
    }
    read(reader, fields).map(Some)
}

/// The section of the notes, and whether the file replays it literally.
fn section(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Section> {
    let (field, replayed) = match (fields.get("replays"), fields.get("about")) {
        (Some(replays), None) => (replays, true),
        (None, Some(about)) => (about, false),
        (Some(replays), Some(about)) => {
            let later = if replays.key.start < about.key.start {
                about
            } else {
                replays
            };
            let (first, second) = ("replays", "about");
            reader.problem(later.key.clone(), ProblemKind::Clash { first, second });
            return None;
        }
        (None, None) => {
            reader.problem(fields.span.clone(), ProblemKind::NoSource);
            return None;
        }
    };
    let key = if replayed { "replays" } else { "about" };
    let heading = shown(reader, field.value, key, Lines::One)?;
    Some(Section { heading, replayed })
}

/// The cases to look at next, none of them twice. Whether they exist is not checked here: a file
/// may name others that lie beside it.
fn see(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<See> {
    let Some(field) = fields.get("see") else {
        return Some(See::default());
    };
    let links = reader.table(field.value, field.key.clone(), "see", SEE_KEYS)?;
    let mut taken = Vec::new();
    let mut list = |key: &'static str| {
        let Some(value) = links.value(key) else {
            return Some(Vec::new());
        };
        let array = reader.array(value)?;
        if array.is_empty() {
            reader.problem(value.span(), ProblemKind::Empty { key });
            return None;
        }
        let names: Vec<_> = array
            .iter()
            .map(|value| {
                let name = shown(reader, value, key, Lines::One)?;
                reader.unique(value, Named::Scenario, name, &mut taken)
            })
            .collect();
        names.into_iter().collect()
    };
    let (cure, false_cure, compare) = (list("cure"), list("false-cure"), list("compare"));
    let see = See {
        cure: cure?,
        false_cure: false_cure?,
        compare: compare?,
    };
    if see == See::default() {
        let key = "see";
        reader.problem(field.key.clone(), ProblemKind::Empty { key });
        return None;
    }
    Some(see)
}

/// The file's parts: its only one, or several.
fn parts(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<PlacedPart> {
    let Some(field) = fields.get("part") else {
        return vec![part(reader, fields, None)];
    };
    for &got in PART_KEYS.iter().filter(|&&key| key != "deadline") {
        if let Some(stray) = fields.get(got).filter(|_| KEYS.contains(&got)) {
            reader.problem(stray.key.clone(), ProblemKind::MixedParts { got });
        }
    }
    let deadline = fields.get("deadline");
    let Some(array) = reader.array(field.value) else {
        return Vec::new();
    };
    if array.is_empty() {
        let key = "part";
        reader.problem(field.value.span(), ProblemKind::Empty { key });
    }
    array
        .iter()
        .filter_map(|value| {
            let fields = reader.table(value, value.span(), "part", PART_KEYS)?;
            Some(part(reader, &fields, Some(deadline)))
        })
        .collect()
}

/// One part. `several` is the file's own deadline if the file has several parts.
#[expect(
    clippy::option_option,
    reason = "a file of several parts, and its deadline, are two things that can be absent"
)]
fn part(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    several: Option<Option<&Field<'_>>>,
) -> PlacedPart {
    let label = match several {
        Some(_) => translated(reader, fields, "label", Lines::One).map(Some),
        None => Some(None),
    };
    let transport = reader
        .optional(fields, "transport", |reader, value| {
            reader.name(value, Named::Transport, &Transport::ALL, Transport::name)
        })
        .map(|named| named.unwrap_or(Transport::Tcp));
    let deadline = match fields.get("deadline").or(several.flatten()) {
        Some(field) => reader.duration(field.value),
        None => Some(DEFAULT_DEADLINE),
    };
    let mut side = |name: &'static str| {
        let field = reader.require(fields, name)?;
        let known = &["options", "steps"];
        let fields = reader.table(field.value, field.key.clone(), name, known)?;
        steps::script(reader, &fields)
    };
    let (server, client) = (side("server"), side("client"));
    let expect = if_there(reader, fields, &["expect"], expectation);
    let (expect, expect_places) = expect.map(Option::unzip).unzip();
    PlacedPart {
        label,
        transport,
        deadline,
        server,
        client,
        expect,
        expect_places: expect_places.flatten().unwrap_or_default(),
    }
}

fn expectation(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
) -> Option<(Expectation, ExpectPlaces)> {
    let Some(field) = fields.get("expect") else {
        reader.problem(fields.span.clone(), ProblemKind::NoExpectation);
        return None;
    };
    let sides = reader.table(
        field.value,
        field.key.clone(),
        "expect",
        &["server", "client"],
    )?;
    let mut places = Vec::new();
    let mut side = |name: &'static str| {
        let Some(field) = sides.get(name) else {
            return Some(Receives::default());
        };
        let fields = reader.table(field.value, field.key.clone(), name, expect::KEYS)?;
        places.extend(
            fields
                .iter()
                .map(|field| (field.name.to_owned(), field.key.clone())),
        );
        if let Some(DeValue::Array(array)) = fields.value("recv").map(Value::get_ref) {
            let ends = array
                .iter()
                .filter(|one| one.get_ref().as_str() == Some("end"));
            places.extend(ends.map(|end| ("end".to_owned(), end.span())));
        }
        expect::receives(reader, &fields)
    };
    let (server, client) = (side("server"), side("client"));
    let (server, client) = (server?, client?);
    if server.is_empty() && client.is_empty() {
        reader.problem(field.key.clone(), ProblemKind::NoExpectation);
        return None;
    }
    Some((Expectation { server, client }, places))
}
