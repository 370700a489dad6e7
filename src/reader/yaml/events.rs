use crate::reader::Span;

/// One event of the YAML stream, with the bytes it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reader) struct Event {
    pub kind: Kind,
    /// Of a collection, where it begins; of its end, the closing bracket, or nothing in block style.
    pub span: Span,
    /// Where the `-` stands whose item this begins.
    pub dash: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reader) enum Kind {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias {
        anchor: String,
    },
    Scalar {
        anchor: Option<String>,
        tag: Option<String>,
        value: String,
        /// Neither quoted nor tagged, or tagged with a lone `!`.
        implicit: bool,
    },
    SequenceStart {
        anchor: Option<String>,
    },
    SequenceEnd,
    MappingStart {
        anchor: Option<String>,
    },
    MappingEnd,
}
