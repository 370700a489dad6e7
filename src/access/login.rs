use crate::parity::Identity;
use crate::planner::{LoginTemplate, Person, Session};
use crate::reader::LinePlace;

/// One way in which somebody authenticates.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Login {
    /// One session of a role, by its name; `None`: any other, or the only one there is.
    pub session: Option<String>,
    /// The mapping it takes, where each login takes one of several at random.
    pub by: Option<LinePlace>,
    /// `None`: it does not authenticate.
    pub before: Option<Identity>,
    pub after: Option<Identity>,
    /// As it is told: of any session, with the placeholders that a session fills in.
    pub shown_before: Option<String>,
    pub shown_after: Option<String>,
}

impl Login {
    /// `session` stands for all that no binding names where it has no name.
    pub(super) fn of(person: &Person<'_>, by: Option<LinePlace>, session: Session) -> Self {
        let Session { name, before, after } = session;
        let shown = |login: &Option<LoginTemplate>, identity: &Option<Identity>| match (&name, login) {
            (None, Some(login)) => Some(login.username.clone()),
            _ => identity.as_ref().map(|identity| identity.user.username.clone()),
        };
        let (shown_before, shown_after) = (shown(&person.before, &before), shown(&person.after, &after));
        Self { by, before, after, shown_before, shown_after, session: name }
    }

    /// In the session that fills its placeholders in; empty for who has none.
    pub(super) fn in_session(person: &Person<'_>, by: Option<LinePlace>, session: &str) -> Self {
        let of = |login: &Option<LoginTemplate>| login.as_ref().map(|login| login.identity(session));
        Self::between(of(&person.before), of(&person.after), by, session)
    }

    pub(super) fn between(
        before: Option<Identity>,
        after: Option<Identity>,
        by: Option<LinePlace>,
        session: &str,
    ) -> Self {
        let shown = |identity: &Option<Identity>| identity.as_ref().map(|it| it.user.username.clone());
        let (shown_before, shown_after) = (shown(&before), shown(&after));
        let session = (!session.is_empty()).then(|| session.to_owned());
        Self { session, by, before, after, shown_before, shown_after }
    }

    /// Of somebody whom a plan does not change.
    pub(super) fn same(identity: Identity) -> Self {
        Self::between(Some(identity.clone()), Some(identity), None, "")
    }
}
