//! An audit event as it is written (`audit.k8s.io/v1`), and what logs wrap around it.

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;

use super::event::{AuditEvent, Decision, ObjectRef, Stage, Target, User};
use super::scan::{Base, Fault, Kept, Scanner};
use super::texts::{Piece, Texts};

/// The fields of an event that are read, as places in the texts of its batch. All else is skipped without being kept: bodies
/// of requests are most of a log.
#[derive(Debug, Default)]
pub(super) struct Native {
    is_event: bool,
    audit_id: Piece,
    stage: Option<Stage>,
    has_stage: bool,
    verb: Piece,
    request_uri: Piece,
    user: NativeUser,
    impersonated_user: Option<Box<NativeUser>>,
    object_ref: NativeObject,
    code: Option<i64>,
    annotations: Annotations,
    received: Piece,
    staged: Piece,
}

#[derive(Debug, Default)]
struct NativeUser {
    username: Piece,
    uid: Piece,
    /// Of [`Kept::groups`].
    groups: Range<usize>,
    arn: Piece,
    canonical_arn: Piece,
    principal_id: Piece,
    session_name: Piece,
}

#[derive(Debug, Default)]
struct NativeObject {
    resource: Piece,
    subresource: Piece,
    api_group: Piece,
    namespace: Piece,
    name: Piece,
}

#[derive(Debug, Default)]
struct Annotations {
    decision: Option<Decision>,
    reason: Piece,
}

/// What a line is.
#[derive(Debug)]
pub(super) enum Outer {
    Event(Native),
    /// A wrapper, with an event as text.
    Text(Piece),
    /// A wrapper with something else, which is neither text nor object.
    Other,
}

impl Native {
    /// The one object of a text.
    pub fn parse(text: &str, base: Base, kept: &mut Kept) -> Result<Outer, Fault> {
        let mut scanner = Scanner::of(text, base, kept);
        let outer = Self::read(&mut scanner)?;
        scanner.end()?;
        Ok(outer)
    }

    fn read(scanner: &mut Scanner<'_>) -> Result<Outer, Fault> {
        let mut it = Self::default();
        let mut wrapped = None;
        scanner.object(|scanner, field| {
            match field {
                "kind" => it.is_event = scanner.word()? == "Event",
                "auditID" => it.audit_id = scanner.text()?,
                "stage" => {
                    let stage = scanner.word()?;
                    (it.has_stage, it.stage) = (!stage.is_empty(), stage_of(&stage));
                }
                "verb" => it.verb = scanner.text()?,
                "requestURI" => it.request_uri = scanner.text()?,
                "user" => it.user = NativeUser::read(scanner)?.unwrap_or_default(),
                "impersonatedUser" => it.impersonated_user = NativeUser::read(scanner)?.map(Box::new),
                "objectRef" => it.object_ref = NativeObject::read(scanner)?,
                "responseStatus" => it.code = code(scanner)?,
                "annotations" => it.annotations = Annotations::read(scanner)?,
                "requestReceivedTimestamp" => it.received = scanner.text()?,
                "stageTimestamp" => it.staged = scanner.text()?,
                // CloudWatch Logs and its Insights
                "message" | "@message" => wrapped = wrapped_in(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(wrapped.unwrap_or(Outer::Event(it)))
    }

    pub fn is_audit_event(&self) -> bool {
        self.is_event && self.has_stage
    }

    /// What the stages of one request have in common. Not the id alone: a client may choose it, and could hide requests behind
    /// each other by giving all of them the same one. `None`: it has no id.
    pub fn identity<'a>(&self, texts: &'a Texts) -> Option<[&'a str; 4]> {
        let parts = [self.audit_id, self.user.username, self.verb, self.request_uri];
        (!self.audit_id.is_empty()).then(|| parts.map(|part| texts.get(part)))
    }

    /// `None`: there is no such stage.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    pub fn event<'a>(&self, stage: Stage, texts: &'a Texts, groups: &[Piece]) -> AuditEvent<'a> {
        let text = |piece| Cow::Borrowed(texts.get(piece));
        let object = &self.object_ref;
        let target = match object.resource.is_empty() {
            true => Target::Path(path_of(texts.get(self.request_uri))),
            false => Target::Resource(ObjectRef {
                resource: text(object.resource),
                subresource: text(object.subresource),
                api_group: text(object.api_group),
                namespace: text(object.namespace),
                name: text(object.name),
            }),
        };
        let time = |piece| texts.get(piece).parse::<Timestamp>().ok();
        AuditEvent {
            stage,
            verb: text(self.verb),
            user: self.user.user(texts, groups),
            impersonated: self.impersonated_user.as_ref().map(|user| user.user(texts, groups)),
            target,
            decision: self.annotations.decision,
            reason: text(self.annotations.reason),
            code: self.code.and_then(|code| u16::try_from(code).ok()),
            time: time(self.received).or_else(|| time(self.staged)),
        }
    }
}

fn stage_of(name: &str) -> Option<Stage> {
    match name {
        "RequestReceived" => Some(Stage::RequestReceived),
        "ResponseStarted" => Some(Stage::ResponseStarted),
        "ResponseComplete" => Some(Stage::ResponseComplete),
        "Panic" => Some(Stage::Panic),
        _ => None,
    }
}

/// `None` for `null`.
fn wrapped_in(scanner: &mut Scanner<'_>) -> Result<Option<Outer>, Fault> {
    if scanner.is_null()? {
        return Ok(None);
    }
    Ok(Some(match scanner.peek()? {
        b'"' => Outer::Text(scanner.text()?),
        // what wraps a wrapper is none of ours
        b'{' => match Native::read(scanner)? {
            Outer::Event(event) => Outer::Event(event),
            Outer::Text(_) | Outer::Other => Outer::Other,
        },
        _ => {
            scanner.skip()?;
            Outer::Other
        }
    }))
}

impl NativeUser {
    /// `None` for `null`.
    fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, Fault> {
        if scanner.is_null()? {
            return Ok(None);
        }
        let mut it = Self::default();
        scanner.object(|scanner, field| {
            match field {
                "username" => it.username = scanner.text()?,
                "uid" => it.uid = scanner.text()?,
                "groups" => it.groups = groups(scanner)?,
                "extra" => it.read_extra(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(Some(it))
    }

    /// What the authenticator tells of a login; every value is a list of one.
    fn read_extra(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Fault> {
        if scanner.is_null()? {
            return Ok(());
        }
        scanner.object(|scanner, field| {
            match field {
                "arn" => self.arn = first(scanner)?,
                "canonicalArn" => self.canonical_arn = first(scanner)?,
                "sessionName" => self.session_name = first(scanner)?,
                "principalId" | "sigs.k8s.io/aws-iam-authenticator/principalId" => {
                    let id = first(scanner)?;
                    if !id.is_empty() && (field == "principalId" || self.principal_id.is_empty()) {
                        self.principal_id = id;
                    }
                }
                _ => scanner.skip()?,
            }
            Ok(())
        })
    }

    fn user<'a>(&self, texts: &'a Texts, groups: &[Piece]) -> User<'a> {
        let text = |piece| Cow::Borrowed(texts.get(piece));
        let groups = groups.get(self.groups.clone()).unwrap_or_default();
        User {
            username: text(self.username),
            groups: groups.iter().map(|group| text(*group)).collect(),
            uid: text(self.uid),
            arn: text(self.arn),
            canonical_arn: text(self.canonical_arn),
            principal_id: text(self.principal_id),
            session_name: text(self.session_name),
        }
    }
}

impl NativeObject {
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, Fault> {
        let mut it = Self::default();
        if scanner.is_null()? {
            return Ok(it);
        }
        scanner.object(|scanner, field| {
            match field {
                "resource" => it.resource = scanner.text()?,
                "subresource" => it.subresource = scanner.text()?,
                "apiGroup" => it.api_group = scanner.text()?,
                "namespace" => it.namespace = scanner.text()?,
                "name" => it.name = scanner.text()?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(it)
    }
}

impl Annotations {
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, Fault> {
        let mut it = Self::default();
        if scanner.is_null()? {
            return Ok(it);
        }
        scanner.object(|scanner, field| {
            match field {
                "authorization.k8s.io/decision" => {
                    it.decision = match &*scanner.word()? {
                        "allow" => Some(Decision::Allow),
                        "forbid" => Some(Decision::Forbid),
                        _ => None,
                    }
                }
                "authorization.k8s.io/reason" => it.reason = scanner.text()?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(it)
    }
}

fn code(scanner: &mut Scanner<'_>) -> Result<Option<i64>, Fault> {
    let mut code = None;
    if scanner.is_null()? {
        return Ok(code);
    }
    scanner.object(|scanner, field| {
        match field {
            "code" => code = scanner.number()?,
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    Ok(code)
}

fn groups(scanner: &mut Scanner<'_>) -> Result<Range<usize>, Fault> {
    let from = scanner.kept.groups.len();
    if !scanner.is_null()? {
        scanner.list(|scanner| {
            let group = scanner.text()?;
            scanner.kept.groups.push(group);
            Ok(())
        })?;
    }
    Ok(from..scanner.kept.groups.len())
}

/// Empty for an empty list, and for none.
fn first(scanner: &mut Scanner<'_>) -> Result<Piece, Fault> {
    let mut first = None;
    if !scanner.is_null()? {
        scanner.list(|scanner| match first {
            None => {
                first = Some(scanner.text()?);
                Ok(())
            }
            Some(_) => scanner.skip(),
        })?;
    }
    Ok(first.unwrap_or_default())
}

/// The path that authorizers are asked for: without the query, and with its escapes undone, as `URL.Path` of Go has it.
fn path_of(uri: &str) -> Cow<'_, str> {
    let path = uri.split('?').next().unwrap_or(uri);
    unescaped(path).map_or(Cow::Borrowed(path), Cow::Owned)
}

/// `None` where nothing is escaped, or not as it should be.
fn unescaped(path: &str) -> Option<String> {
    path.contains('%').then_some(())?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok().filter(|it| !it.starts_with('+'))?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                after
            }
            (b'%', _) => return None,
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_no_query_and_no_escapes() {
        for (uri, path) in [
            ("/healthz?verbose", "/healthz"),
            ("/apis", "/apis"),
            ("/a%20b/%C3%A9?x=%2f", "/a b/é"),
            ("/bad%2", "/bad%2"),
            ("/bad%+1", "/bad%+1"),
            ("/bad%ff", "/bad%ff"),
            ("", ""),
        ] {
            assert_eq!(path_of(uri), path);
        }
    }
}
