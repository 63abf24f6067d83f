//! Finds the names that a mistyped name most likely means.

use std::collections::HashSet;

/// The names similar to `got`, the most similar first.
///
/// Similar means: at most a third of its letters (at least one) are wrong, missing, extra or
/// swapped. Case does not count, nor `_` for `-`.
pub(crate) fn near<'k>(got: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    let wanted = plain(got);
    // The comparison is quadratic, and not worth it for a longer name.
    if wanted.len() > 100 {
        return Vec::new();
    }
    let mut near: Vec<_> = known
        .into_iter()
        .filter_map(|name| {
            let candidate = plain(name);
            let lengths = [wanted.chars().count(), candidate.chars().count()];
            let longest = lengths[0].max(lengths[1]);
            // That many letters are too many or missing at the least.
            if lengths[0].abs_diff(lengths[1]) > (longest / 3).max(1) {
                return None;
            }
            let distance = strsim::osa_distance(&wanted, &candidate);
            let close = distance <= (longest / 3).max(1) && distance < longest;
            close.then_some((distance, name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).collect()
}

/// The name in `known` that `got` most likely means.
pub(crate) fn nearest<'k>(got: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    near(got, known).into_iter().next()
}

/// A few of the names that a file itself defines, each once: the similar ones if there are any,
/// otherwise the first.
pub(crate) fn few<'k>(got: &str, known: impl Iterator<Item = &'k str>) -> Vec<String> {
    const LOOKED_AT: usize = 200;
    const MOST: usize = 12;
    let mut known: Vec<_> = known.take(LOOKED_AT).collect();
    let mut seen = HashSet::new();
    known.retain(|name| seen.insert(*name));
    let near = near(got, known.iter().copied());
    let chosen = if near.is_empty() { known } else { near };
    chosen.into_iter().take(MOST).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn the_nearest_comes_first_and_the_far_not_at_all() {
        let known = ["no-delay", "cork", "recv", "recv-exact", "reach"];
        assert_eq!(near("no_delay", known), ["no-delay"]);
        assert_eq!(near("nodelay", known), ["no-delay"]);
        assert_eq!(near("recieve", known), [] as [&str; 0]);
        assert_eq!(near("rech", known), ["reach", "recv"]);
        assert_eq!(near("完全不同", known), [] as [&str; 0]);
    }
}
