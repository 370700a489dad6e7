use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use super::kubernetes::{Object, RBAC_KINDS, is_rbac_group, objects};
use super::{FolderError, FolderErrorKind};
use crate::documents::{Location, Misread};
use crate::files;
use crate::rbac::native;
use crate::rbac::{Binding, Problem, ProblemKind, Rbac, Role, problems};

/// Roles and bindings as a file of manifests has them, or the output of kubectl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RbacFile {
    /// Aggregated ClusterRoles that have no rules are filled, as their controller will.
    pub rbac: Rbac,
    /// What gives other than it seems, each kind once.
    pub problems: Vec<Problem>,
}

/// A cluster with 100,000 bindings has some 50 MiB of them.
const MOST_BYTES: u64 = 1 << 30;

impl RbacFile {
    /// YAML of several documents or JSON: ClusterRoles, Roles, their bindings, and lists of them. Objects of other kinds, and
    /// of other groups, are skipped. An object of a namespace that does not say of which is left out, and is a problem: it
    /// would count in no namespace.
    ///
    /// # Errors
    /// When the file cannot be read or is no YAML; when an object lacks its kind or name, or is there twice: in which
    /// document, and where.
    pub fn load(path: &Path) -> Result<Self, FolderError> {
        let bytes = files::read_bounded(path, MOST_BYTES);
        let bytes = bytes.map_err(|cause| FolderError::new(path, FolderErrorKind::Read(cause)))?;
        Self::of(path, bytes)
    }

    /// The same, of bytes that were read from somewhere else, such as standard input. `path`: for errors.
    ///
    /// # Errors
    /// As [`RbacFile::load`].
    pub fn of(path: &Path, bytes: Vec<u8>) -> Result<Self, FolderError> {
        let text = String::from_utf8(bytes).map_err(|_| FolderError::new(path, FolderErrorKind::NotUtf8))?;
        let (rbac, mut found) = read(&text, Homeless::LeftOut).map_err(|misread| {
            let Misread { what, place } = in_document(misread, &text);
            FolderError { path: path.to_owned(), place, kind: FolderErrorKind::Document(what) }
        })?;
        found.extend(problems(&rbac, &rbac.index(), None));
        Ok(Self { rbac, problems: found })
    }
}

/// What becomes of an object of a namespace that does not say of which.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Homeless {
    Refused,
    LeftOut,
}

/// The roles and bindings, and what of the text nobody reads.
pub(super) fn read(text: &str, homeless: Homeless) -> Result<(Rbac, Vec<Problem>), Misread> {
    let mut found = Vec::new();
    let mut roles: BTreeMap<Key, Role> = BTreeMap::new();
    let mut bindings: BTreeMap<Key, Binding> = BTreeMap::new();
    let all = objects(text, |kind| RBAC_KINDS.contains(&kind))?;
    for object in all.into_iter().filter(|object| is_rbac_group(&object.api_version)) {
        unread(&object, &mut found);
        let Object {
            location,
            api_version: _,
            kind,
            name,
            namespace,
            labels,
            rules,
            subjects,
            role_ref,
            aggregation_rule,
            unread: _,
        } = object;
        let namespace = match (kind.as_str(), namespace) {
            ("ClusterRole" | "ClusterRoleBinding", _) => None,
            (_, None) if homeless == Homeless::LeftOut => {
                Problem::add(&mut found, ProblemKind::LacksNamespace, || format!("{kind} {name}"));
                continue;
            }
            (_, None) => return Err(Misread::at(format!("{kind} {name} has no namespace"), location)),
            (_, namespace) => namespace,
        };
        let key = (namespace, name);
        if kind.ends_with("Binding") {
            put(&mut bindings, &kind, location, key.clone(), native::binding(key, role_ref, subjects))?;
        } else {
            put(
                &mut roles,
                &kind,
                location,
                key.clone(),
                native::role(key, labels, aggregation_rule, rules),
            )?;
        }
    }
    let mut rbac = Rbac { roles: roles.into_values().collect(), bindings: bindings.into_values().collect() };
    rbac.fill_aggregated();
    Ok((rbac, found))
}

/// Namespace and name.
type Key = (Option<String>, String);

fn put<T>(
    all: &mut BTreeMap<Key, T>,
    kind: &str,
    location: Location,
    key: Key,
    object: T,
) -> Result<(), Misread> {
    match all.entry(key) {
        Entry::Vacant(place) => {
            place.insert(object);
            Ok(())
        }
        Entry::Occupied(place) => {
            Err(Misread::at(format!("{kind} {} is listed twice", place.key().1), location))
        }
    }
}

fn unread(object: &Object, found: &mut Vec<Problem>) {
    let of_rules = object.rules.iter().flat_map(|rule| &rule.unread);
    for (key, meant) in object.unread.iter().chain(of_rules) {
        let Object { kind, name, location, .. } = object;
        let line = location.line();
        Problem::add(found, ProblemKind::UnreadKey, || {
            format!("{key:?} of {kind} {name}, from line {line}, is spelled {meant}")
        });
    }
}

/// With the number of the document, where there are several.
fn in_document(misread: Misread, text: &str) -> Misread {
    let Misread { what, place } = misread;
    let is_separator = |line: &&str| line.strip_prefix("---").is_some_and(|rest| !rest.starts_with('-'));
    let Some(at) = place.as_ref().filter(|_| text.lines().skip(1).any(|line| is_separator(&line))) else {
        return Misread { what, place };
    };
    let before = text.lines().take(at.line.saturating_sub(1));
    // what stands before the first separator is a document, if it is more than comments
    let has_first = text.lines().take_while(|line| !is_separator(line)).any(has_content);
    let number = before.filter(is_separator).count() + usize::from(has_first);
    Misread { what: format!("document {}: {what}", number.max(1)), place }
}

fn has_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && !line.starts_with('%')
}
