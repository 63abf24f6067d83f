//! Draws two things side by side, each in one half of the page.
//!
//! Promises: what belongs together begins in the same line on both sides, and no half is wider than
//! its share.

use std::io;

use crate::analysis::Analysis;
use crate::picture::{Part, Picture};
use crate::trace::Trace;

use super::line::{Ink, Line};
use super::{Page, Section, Sheet, Style, timeline};

/// The fewest columns of a page on which two things stand side by side.
pub const LEAST: usize = 120;
/// The columns between the halves: a rule with a space on either side.
const BETWEEN: usize = 3;
/// The fewest columns of a half.
pub(super) const HALF: usize = (LEAST - BETWEEN) / 2;

/// The style of one half of the page; `None` if the page is too narrow.
pub(super) fn half(style: &Style) -> Option<Style> {
    let columns = style.columns();
    (columns >= LEAST).then(|| Style {
        width: (columns - BETWEEN) / 2,
        ..*style
    })
}

/// The style of the halves in which the two parts of a comparison stand; `None` if there are not
/// two, or if a call would be cut off there.
pub(super) fn comparison<'p, 'a>(
    style: &Style,
    picture: &'p Picture<'a>,
) -> Option<(Style, &'p [Part<'a>; 2])> {
    let parts: &[Part<'a>; 2] = picture.parts.as_slice().try_into().ok()?;
    let half = half(style)?;
    let fits = |part: &Part<'_>| timeline::fits(&half, part);
    parts.iter().all(fits).then_some((half, parts))
}

/// Draws the two parts of a comparison in halves of this style.
pub(super) fn parts(page: &mut Page<'_>, half: &Style, parts: &[Part<'_>; 2]) -> io::Result<()> {
    let [left, right] = parts;
    zip(page, half, [groups(half, left)?, groups(half, right)?])
}

/// Draws two replays side by side, part by part.
pub(super) fn replays(
    page: &mut Page<'_>,
    half: &Style,
    cases: [(&Trace, &Analysis); 2],
) -> io::Result<()> {
    let [left, right] = cases.map(|(trace, analysis)| {
        let picture = Picture::of(trace, analysis, half.telling());
        let mut all = vec![kept(half, [Section::Title(&picture)])?];
        for part in &picture.parts {
            all.extend(groups(half, part)?);
        }
        Ok::<_, io::Error>(all)
    });
    zip(page, half, [left?, right?])
}

/// The calls, the bytes and the verdict of a part.
fn groups(half: &Style, part: &Part<'_>) -> io::Result<Vec<Vec<Line>>> {
    let bytes = part.directions.iter();
    let bytes = bytes.map(|direction| Section::Bytes(part, direction));
    Ok(vec![
        kept(half, [Section::Calls(part)])?,
        kept(half, bytes)?,
        kept(half, [Section::Verdict(part)])?,
    ])
}

/// The lines of these sections.
fn kept<'a>(
    style: &Style,
    sections: impl IntoIterator<Item = Section<'a>>,
) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut page = Page::on(style, Sheet::Kept(&mut lines));
    for section in sections {
        section.draw_on(&mut page)?;
    }
    Ok(lines)
}

/// Draws both sides, each group as high as the higher of the two.
fn zip(page: &mut Page<'_>, half: &Style, sides: [Vec<Vec<Line>>; 2]) -> io::Result<()> {
    let [mut left, mut right] = sides;
    let groups = left.len().max(right.len());
    left.resize_with(groups, Vec::new);
    right.resize_with(groups, Vec::new);
    for (left, right) in left.into_iter().zip(right) {
        for line in joined(page.style, half, left, right) {
            page.line(line)?;
        }
    }
    Ok(())
}

/// The lines of both halves beside each other.
pub(super) fn joined(style: &Style, half: &Style, left: Vec<Line>, right: Vec<Line>) -> Vec<Line> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let both = (0..rows).map(|_| {
        let mut line = left.next().unwrap_or_default();
        line.pad_to(half.columns());
        line.push(Ink::Plain, " ");
        line.push_char(Ink::Plain, style.glyphs().header);
        line.push(Ink::Plain, " ");
        line.append(&right.next().unwrap_or_default());
        line
    });
    both.collect()
}
