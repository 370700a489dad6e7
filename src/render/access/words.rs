use std::collections::BTreeSet;

use crate::access::{Taken, Who};
use crate::parity::{Assumption, GrantedBy, MissingInput};
use crate::rbac::{Attributes, PolicyRule};
use crate::render::page::{Page, paint};
use crate::render::parity::{assumption, missing};
use crate::render::style::CARE;

/// `create deployments.apps/scale named "web" in namespace shop`, `get /healthz`.
pub fn request(what: &Attributes) -> String {
    match what {
        Attributes::NonResource { .. } => action(what),
        Attributes::Resource { namespace, .. } => match namespace {
            Some(namespace) => format!("{} in namespace {namespace}", action(what)),
            None => format!("{} in the whole cluster", action(what)),
        },
    }
}

/// Without where.
pub fn action(what: &Attributes) -> String {
    let one = |text: &str| vec![text.to_owned()];
    let rule = match what {
        Attributes::NonResource { path, verb } => {
            PolicyRule { verbs: one(verb), non_resource_urls: one(path), ..PolicyRule::default() }
        }
        Attributes::Resource { namespace: _, verb, group, resource: _, subresource: _, name } => PolicyRule {
            verbs: one(verb),
            api_groups: one(group),
            resources: vec![resource(what)],
            resource_names: name.iter().cloned().collect(),
            non_resource_urls: Vec::new(),
        },
    };
    rule.to_string()
}

/// `pods/exec`; of a path itself.
fn resource(what: &Attributes) -> String {
    match what {
        Attributes::NonResource { path, .. } => path.clone(),
        Attributes::Resource { resource, subresource, .. } => match subresource {
            Some(subresource) => format!("{resource}/{subresource}"),
            None => resource.clone(),
        },
    }
}

/// What every answer of a page lacks, and relies on.
pub fn caveats(page: &mut Page, inputs: &BTreeSet<MissingInput>, assumptions: &BTreeSet<Assumption>) {
    for input in inputs {
        unknown(page, 0, input);
    }
    for it in assumptions {
        page.line(0, format!("assuming: {}", assumption(it)));
    }
}

/// What is missing; and in a line of its own, so that it can be pasted, what supplies it.
pub fn unknown(page: &mut Page, level: usize, input: &MissingInput) {
    let said = missing(input);
    page.line(level, paint(CARE, format!("unknown: {}", said.what)));
    if let Some(command) = said.command {
        page.command(level + 1, command);
    }
}

pub fn who(who: &Who) -> String {
    match who {
        Who::Principal { name, session, mapping } => {
            let session = session.as_ref().map(|it| format!(" as session {it}")).unwrap_or_default();
            let mapping = mapping.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
            format!("{name}{session}{mapping}")
        }
        Who::Group { name } => format!("group {name}"),
        Who::User { name } => format!("user {name}"),
        Who::ServiceAccount { namespace, name } => format!("service account {namespace}/{name}"),
    }
}

/// By a group that whoever authenticates is in.
pub fn is_by_everybody(source: &GrantedBy) -> bool {
    match source {
        GrantedBy::Binding { binding: _, subject } => {
            subject.kind == crate::rbac::SubjectKind::Group
                && subject.name == crate::model::GroupName::AUTHENTICATED
        }
        GrantedBy::Masters | GrantedBy::NodeAuthorizer | GrantedBy::AccessPolicy { .. } => false,
    }
}

/// How a request was taken.
pub fn taken(taken: &Taken) -> String {
    match taken {
        Taken::BuiltIn { written, resource, group } if group.is_empty() => {
            format!("{written:?}: assuming {resource} in the core group")
        }
        Taken::BuiltIn { written, resource, group } => {
            format!("{written:?}: assuming {resource}.{group}")
        }
        Taken::Core { written } => format!(
            "{written:?} is no resource that Kubernetes has by itself: taken for one of the core group; write \
             RESOURCE.GROUP for another"
        ),
        Taken::EveryGroup => {
            "\"*\": assuming every resource of every group; write *.GROUP for one".to_owned()
        }
        Taken::Version { version } => format!("RBAC has no versions: ignoring {version:?}"),
        Taken::NoNamespace { namespace } => {
            format!("not a namespaced request: ignoring {namespace:?}")
        }
        Taken::NoName { name } => {
            format!("such a request has no name: ignoring {name:?}")
        }
        Taken::OwnNamespace { namespace } => {
            format!("a namespace is authorized in itself: in namespace {namespace:?}")
        }
        Taken::Verb { verb } => format!("{verb:?} is not a Kubernetes verb"),
    }
}
