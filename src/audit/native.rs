//! An audit event as it is written (`audit.k8s.io/v1`), and what logs wrap around it.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

use super::event::{AuditEvent, Decision, ObjectRef, Stage, Target, User};
use super::text::{First, Text};

/// The fields of an event that are read, and those that hold an event when this is what wraps it. All else is skipped
/// without being kept: bodies of requests are most of a log.
#[derive(Deserialize)]
pub(super) struct Native<'a> {
    #[serde(borrow, default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default, rename = "auditID")]
    audit_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    stage: Option<Text<'a>>,
    #[serde(borrow, default)]
    verb: Option<Text<'a>>,
    #[serde(borrow, default, rename = "requestURI")]
    request_uri: Option<Text<'a>>,
    #[serde(borrow, default)]
    user: Option<NativeUser<'a>>,
    #[serde(borrow, default, rename = "impersonatedUser")]
    impersonated_user: Option<NativeUser<'a>>,
    #[serde(borrow, default, rename = "objectRef")]
    object_ref: Option<NativeObject<'a>>,
    #[serde(default, rename = "responseStatus")]
    response_status: Option<NativeStatus>,
    #[serde(borrow, default)]
    annotations: Option<Annotations<'a>>,
    #[serde(borrow, default, rename = "requestReceivedTimestamp")]
    received: Option<Text<'a>>,
    #[serde(borrow, default, rename = "stageTimestamp")]
    staged: Option<Text<'a>>,
    /// CloudWatch Logs: `{"timestamp": 1715000000000, "message": "{…}"}`.
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    /// CloudWatch Logs Insights: `{"@timestamp": "…", "@message": …}`.
    #[serde(borrow, default, rename = "@message")]
    at_message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct NativeUser<'a> {
    #[serde(borrow, default)]
    username: Option<Text<'a>>,
    #[serde(borrow, default)]
    uid: Option<Text<'a>>,
    #[serde(borrow, default)]
    groups: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    extra: Option<Extra<'a>>,
}

/// What the authenticator tells of a login; every value is a list of one.
#[derive(Deserialize)]
struct Extra<'a> {
    #[serde(borrow, default)]
    arn: First<'a>,
    #[serde(borrow, default, rename = "canonicalArn")]
    canonical_arn: First<'a>,
    #[serde(borrow, default, rename = "principalId")]
    principal_id: First<'a>,
    #[serde(borrow, default, rename = "sigs.k8s.io/aws-iam-authenticator/principalId")]
    principal_id_of_sigs: First<'a>,
    #[serde(borrow, default, rename = "sessionName")]
    session_name: First<'a>,
}

#[derive(Deserialize)]
struct NativeObject<'a> {
    #[serde(borrow, default)]
    resource: Option<Text<'a>>,
    #[serde(borrow, default)]
    subresource: Option<Text<'a>>,
    #[serde(borrow, default, rename = "apiGroup")]
    api_group: Option<Text<'a>>,
    #[serde(borrow, default)]
    namespace: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct NativeStatus {
    #[serde(default)]
    code: Option<i64>,
}

#[derive(Deserialize)]
struct Annotations<'a> {
    #[serde(borrow, default, rename = "authorization.k8s.io/decision")]
    decision: Option<Text<'a>>,
    #[serde(borrow, default, rename = "authorization.k8s.io/reason")]
    reason: Option<Text<'a>>,
}

/// What a wrapper holds.
pub(super) enum Message<'a> {
    Text(Cow<'a, str>),
    Event(Box<Native<'a>>),
    /// Neither text nor object.
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Held;
        impl<'de> Visitor<'de> for Held {
            type Value = Message<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Message::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Message::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let event = Native::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Message::Event(Box::new(event)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Message::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Message::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Message::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Message::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Message::Other)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Message::Other)
            }
        }
        deserializer.deserialize_any(Held)
    }
}

impl<'a> Native<'a> {
    /// What this wraps, if it wraps something.
    pub fn take_message(&mut self) -> Option<Message<'a>> {
        self.at_message.take().or_else(|| self.message.take())
    }

    pub fn is_audit_event(&self) -> bool {
        self.kind.as_ref().is_some_and(|kind| kind.0 == "Event") && self.stage.is_some()
    }

    /// What the stages of one request have in common.
    pub fn audit_id(&self) -> &str {
        self.audit_id.as_ref().map_or("", |id| &id.0)
    }

    pub fn stage(&self) -> Result<Stage, &'static str> {
        match self.stage.as_ref().map_or("", |stage| &stage.0) {
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
        let annotations = self.annotations;
        let decision = match annotations.as_ref().and_then(|it| it.decision.as_ref()).map_or("", |it| &it.0) {
            "allow" => Some(Decision::Allow),
            "forbid" => Some(Decision::Forbid),
            _ => None,
        };
        let object = self.object_ref.filter(|it| it.resource.as_ref().is_some_and(|it| !it.0.is_empty()));
        let target = match object {
            Some(object) => Target::Resource(ObjectRef {
                resource: text(object.resource),
                subresource: text(object.subresource),
                api_group: text(object.api_group),
                namespace: text(object.namespace),
                name: text(object.name),
            }),
            None => Target::Path(path_of(text(self.request_uri))),
        };
        let time = |it: Option<Text<'_>>| it.and_then(|it| it.0.parse::<Timestamp>().ok());
        Ok(AuditEvent {
            stage,
            verb: text(self.verb),
            user: self.user.map(NativeUser::into_user).unwrap_or_default(),
            impersonated: self.impersonated_user.map(NativeUser::into_user),
            target,
            decision,
            reason: text(annotations.and_then(|it| it.reason)),
            code: self.response_status.and_then(|status| u16::try_from(status.code?).ok()),
            time: time(self.received).or_else(|| time(self.staged)),
        })
    }
}

impl<'a> NativeUser<'a> {
    fn into_user(self) -> User<'a> {
        let groups = self.groups.unwrap_or_default().into_iter().map(|group| group.0).collect();
        let mut user = User { username: text(self.username), uid: text(self.uid), groups, ..User::default() };
        if let Some(extra) = self.extra {
            user.arn = extra.arn.0;
            user.canonical_arn = extra.canonical_arn.0;
            user.session_name = extra.session_name.0;
            user.principal_id = match extra.principal_id.0.is_empty() {
                false => extra.principal_id.0,
                true => extra.principal_id_of_sigs.0,
            };
        }
        user
    }
}

fn text(text: Option<Text<'_>>) -> Cow<'_, str> {
    text.map_or(Cow::Borrowed(""), |text| text.0)
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
