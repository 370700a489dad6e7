use super::layout::Layout;
use super::lines::Lines;
use super::yaml::Fault;
use super::{Manifest, Place, Section, SectionName, SectionStatus, Span, ValuePlaces};

/// The three sections of a manifest.
pub(super) struct Sections<'m> {
    manifest: &'m Manifest,
    lines: Lines<'m>,
}

/// The text of one section, and the way back to the file.
pub(super) struct Text<'m> {
    pub name: SectionName,
    pub yaml: &'m str,
    places: &'m ValuePlaces,
    lines: &'m Lines<'m>,
}

/// What EKS makes of a section's text.
pub(super) struct Contents<E> {
    pub entries: Vec<E>,
    /// Where it stopped reading before the text ended.
    pub rest: Option<usize>,
    pub fault: Option<Fault>,
    pub layout: Layout,
}

impl<'m> Sections<'m> {
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        Self { manifest, lines: Lines::of(&manifest.source.text) }
    }

    pub(super) fn read<E>(
        &self,
        name: SectionName,
        parse: impl FnOnce(&Text<'_>) -> Result<Contents<E>, Fault>,
    ) -> Section<E> {
        let Some((yaml, places)) = self.manifest.section(name) else {
            return Section {
                name,
                status: SectionStatus::Absent,
                span: None,
                entries: Vec::new(),
                layout: Layout::default(),
            };
        };
        let text = Text { name, yaml, places, lines: &self.lines };
        let span = Some(places.span());
        if is_blank(yaml) {
            return Section {
                name,
                status: SectionStatus::Absent,
                span,
                entries: Vec::new(),
                layout: Layout::default(),
            };
        }
        let Contents { entries, rest, fault, layout } = match parse(&text) {
            Ok(contents) => contents,
            Err(fault) => {
                Contents { entries: Vec::new(), rest: None, fault: Some(fault), layout: Layout::default() }
            }
        };
        let status = match (fault, rest) {
            (Some(Fault { what, at }), _) => {
                let span = text.to_source(one_char(yaml, at));
                SectionStatus::Lost { why: what, place: text.place(span.start), span }
            }
            (None, Some(at)) => {
                let span = text.to_source(Span { start: at, end: yaml.len() });
                SectionStatus::CutShort { place: text.place(span.start), span }
            }
            (None, None) => SectionStatus::Read,
        };
        Section { name, status, span, entries, layout }
    }
}

impl Text<'_> {
    pub(super) fn to_source(&self, span: Span) -> Span {
        self.places.to_source(span)
    }

    /// The place of a byte of the source.
    pub(super) fn place(&self, at: usize) -> Place {
        self.lines.place(at)
    }
}

/// Values that the authenticator does not parse at all (`pkg/mapper/configmap/configmap.go`, isSkippable).
fn is_blank(text: &str) -> bool {
    matches!(text.trim(), "" | "\"\"" | "''" | "``")
}

/// The character at a byte, or nothing at the end of the text.
fn one_char(text: &str, at: usize) -> Span {
    let mut start = at.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    Span { start, end: start + width }
}
