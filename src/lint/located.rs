use crate::findings::Finding;
use crate::reader::{AwsAuth, LinePlace, Span};

/// A finding with the bytes of the text that it is about. How it is shown is the renderers' business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub span: Span,
    pub finding: Finding,
}

/// Where the mappings stand in the text.
pub struct Mappings {
    /// In the text's order.
    spans: Vec<(Span, LinePlace)>,
}

impl Mappings {
    pub fn of(aws_auth: &AwsAuth) -> Self {
        let AwsAuth { roles, users, accounts } = aws_auth;
        let mappings = roles.entries.iter().chain(&users.entries);
        let mappings = mappings.map(|mapping| (mapping.span, mapping.at, mapping.place));
        let accounts = accounts.entries.iter().map(|account| (account.span, account.at, account.place));
        let all = mappings.chain(accounts);
        let mut spans: Vec<_> = all.map(|(span, entry, place)| (span, LinePlace { entry, place })).collect();
        spans.sort_by_key(|(span, _)| (span.start, span.end));
        Self { spans }
    }

    /// The mapping that a byte of the text belongs to.
    pub fn at(&self, byte: usize) -> Option<&LinePlace> {
        let behind = self.spans.partition_point(|(span, _)| span.start <= byte);
        let (span, place) = self.spans.get(behind.checked_sub(1)?)?;
        (byte < span.end).then_some(place)
    }
}
