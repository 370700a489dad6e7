//! What somebody may have meant.

/// The candidate at most `within` edits away, the nearest first.
pub(crate) fn nearest<'c>(word: &str, candidates: &[&'c str], within: usize) -> Option<&'c str> {
    candidates
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(distance, _)| *distance <= within)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's: characters inserted, deleted or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_wins_and_the_far_is_left_alone() {
        let groups = ["system:masters", "system:nodes"];
        assert_eq!(nearest("systems:masters", &groups, 2), Some("system:masters"));
        assert_eq!(nearest("system:node", &groups, 2), Some("system:nodes"));
        assert_eq!(nearest("developers", &groups, 2), None);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
