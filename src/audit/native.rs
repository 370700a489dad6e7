//! An audit event as it is written (`audit.k8s.io/v1`), and what logs wrap around it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::event::{AuditEvent, Decision, ObjectRef, Stage, Target, User};
use super::scan::{Fault, Scanner};

/// The fields of an event that are read, and those that hold an event when this is what wraps it. All else is skipped
/// without being kept: bodies of requests are most of a log.
#[derive(Debug, Default)]
pub(super) struct Native<'a> {
    kind: Cow<'a, str>,
    audit_id: Cow<'a, str>,
    stage: Cow<'a, str>,
    verb: Cow<'a, str>,
    request_uri: Cow<'a, str>,
    user: User<'a>,
    impersonated_user: Option<User<'a>>,
    object_ref: ObjectRef<'a>,
    code: Option<i64>,
    decision: Cow<'a, str>,
    reason: Cow<'a, str>,
    received: Cow<'a, str>,
    staged: Cow<'a, str>,
    message: Option<Message<'a>>,
}

/// What a wrapper holds.
#[derive(Debug)]
pub(super) enum Message<'a> {
    Text(Cow<'a, str>),
    Event(Box<Native<'a>>),
    /// Neither text nor object.
    Other,
}

impl<'a> Native<'a> {
    /// The one object of a line.
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut scanner = Scanner::of(text);
        let native = Self::read(&mut scanner)?;
        scanner.end()?;
        Ok(native)
    }

    fn read(scanner: &mut Scanner<'a>) -> Result<Self, Fault> {
        let mut it = Self::default();
        scanner.object(|scanner, field| {
            match field {
                "kind" => it.kind = scanner.text()?,
                "auditID" => it.audit_id = scanner.text()?,
                "stage" => it.stage = scanner.text()?,
                "verb" => it.verb = scanner.text()?,
                "requestURI" => it.request_uri = scanner.text()?,
                "user" => it.user = user(scanner)?.unwrap_or_default(),
                "impersonatedUser" => it.impersonated_user = user(scanner)?,
                "objectRef" => it.object_ref = object_ref(scanner)?,
                "responseStatus" => it.code = code(scanner)?,
                "annotations" => (it.decision, it.reason) = annotations(scanner)?,
                "requestReceivedTimestamp" => it.received = scanner.text()?,
                "stageTimestamp" => it.staged = scanner.text()?,
                // CloudWatch Logs and its Insights
                "message" | "@message" => it.message = Message::read(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(it)
    }

    /// What this wraps, if it wraps something.
    pub fn take_message(&mut self) -> Option<Message<'a>> {
        self.message.take()
    }

    pub fn is_audit_event(&self) -> bool {
        self.kind == "Event" && !self.stage.is_empty()
    }

    /// What the stages of one request have in common. Not the id alone: a client may choose it, and could hide requests behind
    /// each other by giving all of them the same one.
    pub fn identity(&self) -> Option<[&str; 4]> {
        let parts = [&*self.audit_id, &*self.user.username, &*self.verb, &*self.request_uri];
        (!self.audit_id.is_empty()).then_some(parts)
    }

    pub fn stage(&self) -> Result<Stage, &'static str> {
        match &*self.stage {
            "RequestReceived" => Ok(Stage::RequestReceived),
            "ResponseStarted" => Ok(Stage::ResponseStarted),
            "ResponseComplete" => Ok(Stage::ResponseComplete),
            "Panic" => Ok(Stage::Panic),
            _ => Err("there is no such stage of a request"),
        }
    }

    /// The event; `Err` says what about it cannot be.
    pub fn into_event(self) -> Result<AuditEvent<'a>, &'static str> {
        let stage = self.stage()?;
        let target = match self.object_ref.resource.is_empty() {
            false => Target::Resource(self.object_ref),
            true => Target::Path(path_of(self.request_uri)),
        };
        let time = |text: &str| text.parse::<Timestamp>().ok();
        Ok(AuditEvent {
            stage,
            verb: self.verb,
            user: self.user,
            impersonated: self.impersonated_user,
            target,
            decision: match &*self.decision {
                "allow" => Some(Decision::Allow),
                "forbid" => Some(Decision::Forbid),
                _ => None,
            },
            reason: self.reason,
            code: self.code.and_then(|code| u16::try_from(code).ok()),
            time: time(&self.received).or_else(|| time(&self.staged)),
        })
    }
}

impl<'a> Message<'a> {
    fn read(scanner: &mut Scanner<'a>) -> Result<Option<Self>, Fault> {
        if scanner.is_null()? {
            return Ok(None);
        }
        Ok(Some(match scanner.peek()? {
            b'"' => Self::Text(scanner.text()?),
            b'{' => Self::Event(Box::new(Native::read(scanner)?)),
            _ => {
                scanner.skip()?;
                Self::Other
            }
        }))
    }
}

fn user<'a>(scanner: &mut Scanner<'a>) -> Result<Option<User<'a>>, Fault> {
    if scanner.is_null()? {
        return Ok(None);
    }
    let mut it = User::default();
    scanner.object(|scanner, field| {
        match field {
            "username" => it.username = scanner.text()?,
            "uid" => it.uid = scanner.text()?,
            "groups" => it.groups = texts(scanner)?,
            "extra" => extra(scanner, &mut it)?,
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    Ok(Some(it))
}

/// What the authenticator tells of a login; every value is a list of one.
fn extra<'a>(scanner: &mut Scanner<'a>, user: &mut User<'a>) -> Result<(), Fault> {
    if scanner.is_null()? {
        return Ok(());
    }
    scanner.object(|scanner, field| {
        match field {
            "arn" => user.arn = first(scanner)?,
            "canonicalArn" => user.canonical_arn = first(scanner)?,
            "sessionName" => user.session_name = first(scanner)?,
            "principalId" | "sigs.k8s.io/aws-iam-authenticator/principalId" => {
                let id = first(scanner)?;
                if !id.is_empty() && (field == "principalId" || user.principal_id.is_empty()) {
                    user.principal_id = id;
                }
            }
            _ => scanner.skip()?,
        }
        Ok(())
    })
}

fn object_ref<'a>(scanner: &mut Scanner<'a>) -> Result<ObjectRef<'a>, Fault> {
    let mut it = ObjectRef::default();
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

/// The authorizers' decision and reason.
fn annotations<'a>(scanner: &mut Scanner<'a>) -> Result<(Cow<'a, str>, Cow<'a, str>), Fault> {
    let mut found = <(Cow<'a, str>, Cow<'a, str>)>::default();
    if scanner.is_null()? {
        return Ok(found);
    }
    scanner.object(|scanner, field| {
        match field {
            "authorization.k8s.io/decision" => found.0 = scanner.text()?,
            "authorization.k8s.io/reason" => found.1 = scanner.text()?,
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    Ok(found)
}

fn texts<'a>(scanner: &mut Scanner<'a>) -> Result<Vec<Cow<'a, str>>, Fault> {
    let mut texts = Vec::new();
    if !scanner.is_null()? {
        scanner.list(|scanner| {
            texts.push(scanner.text()?);
            Ok(())
        })?;
    }
    Ok(texts)
}

/// Empty for an empty list, and for none.
fn first<'a>(scanner: &mut Scanner<'a>) -> Result<Cow<'a, str>, Fault> {
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
fn path_of(uri: Cow<'_, str>) -> Cow<'_, str> {
    let path = match uri {
        Cow::Borrowed(uri) => Cow::Borrowed(uri.split('?').next().unwrap_or(uri)),
        Cow::Owned(mut uri) => {
            uri.truncate(uri.find('?').unwrap_or(uri.len()));
            Cow::Owned(uri)
        }
    };
    match unescaped(&path) {
        Some(unescaped) => Cow::Owned(unescaped),
        None => path,
    }
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
            assert_eq!(path_of(Cow::Borrowed(uri)), path);
            assert_eq!(path_of(Cow::Owned(uri.to_owned())), path);
        }
    }
}
