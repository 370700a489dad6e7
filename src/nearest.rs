//! What somebody meant by a name that is none.

use strsim::osa_distance;

/// The candidate with the fewest letters to change, if they are few enough for a slip: a third of the text, and at least one.
pub fn nearest<'c>(text: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let text = text.to_ascii_lowercase();
    let distances = candidates.into_iter().map(|it| (osa_distance(&text, &it.to_ascii_lowercase()), it));
    let (distance, meant) = distances.min()?;
    (distance <= (text.chars().count() / 3).max(1)).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_meant_and_another_word_is_not() {
        let known = ["eks:CreateAccessEntry", "eks:DeleteAccessEntry", "eks:DescribeUpdate"];
        assert_eq!(nearest("eks:CreateAccesEntry", known), Some("eks:CreateAccessEntry"));
        assert_eq!(nearest("EKS:describeupdates", known), Some("eks:DescribeUpdate"));
        assert_eq!(nearest("ec2:RunInstances", known), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("", ["a"]), Some("a"));
    }
}
