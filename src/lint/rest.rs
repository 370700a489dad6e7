//! Not a rule: tells the two ways in which text stands behind the end of a section.

use super::input::Input;
use crate::reader::SectionName;

/// Whether a document marker stands between the entries and the text that is not read.
pub(crate) fn is_next_document(input: &Input<'_>, name: SectionName, rest: usize) -> bool {
    let Some((_, places)) = input.manifest.section(name) else { return false };
    let before = input.text().get(places.span().start..rest).unwrap_or_default();
    before
        .rsplit('\n')
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with(['#', '-', '.']))
        .any(|line| line.starts_with("---") || line.starts_with("..."))
}
