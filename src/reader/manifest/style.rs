/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

impl Style {
    /// Told by the first character: no plain scalar begins with the sign of another style.
    pub(super) fn of(scalar: &str) -> Self {
        match scalar.as_bytes().first() {
            Some(b'\'') => Self::SingleQuoted,
            Some(b'"') => Self::DoubleQuoted,
            Some(b'|') => Self::Literal,
            Some(b'>') => Self::Folded,
            _ => Self::Plain,
        }
    }
}
