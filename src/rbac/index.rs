use std::collections::BTreeMap;

use super::covers::uncovered;
use super::template::could_become;
use super::{Binding, BindingKind, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use crate::model::UsernameTemplate;

/// How far two names may be apart to be taken for a slip of the hand.
const NEAR: usize = 2;

/// Why a binding has no role (the texts are the API server's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NoRole<'b> {
    #[error("clusterrole.rbac.authorization.k8s.io {0:?} not found")]
    ClusterRole(&'b str),
    #[error("role.rbac.authorization.k8s.io {0:?} not found")]
    Role(&'b str),
    #[error("unsupported role reference kind: {0:?}")]
    Kind(&'b str),
}

/// The bindings of a cluster by the names that they bind, and its roles by name.
#[derive(Debug, Clone)]
pub struct Index<'r> {
    groups: BTreeMap<&'r str, Vec<&'r Binding>>,
    /// Names of service accounts included, spelled as the usernames that they are.
    users: BTreeMap<String, Vec<&'r Binding>>,
    /// By namespace and name; ClusterRoles have no namespace.
    roles: BTreeMap<(Option<&'r str>, &'r str), &'r Role>,
}

impl Rbac {
    pub fn index(&self) -> Index<'_> {
        let mut groups: BTreeMap<&str, Vec<&Binding>> = BTreeMap::new();
        let mut users: BTreeMap<String, Vec<&Binding>> = BTreeMap::new();
        for binding in &self.bindings {
            for subject in &binding.subjects {
                if subject.kind == SubjectKind::Group {
                    add(groups.entry(&subject.name).or_default(), binding);
                } else if let Some(username) = username(subject, binding) {
                    add(users.entry(username).or_default(), binding);
                }
            }
        }
        let roles = self.roles.iter().map(|role| ((role.namespace.as_deref(), role.name.as_str()), role));
        Index { groups, users, roles: roles.collect() }
    }
}

impl<'r> Index<'r> {
    /// The groups that bindings name.
    pub fn groups(&self) -> impl Iterator<Item = &'r str> {
        self.groups.keys().copied()
    }

    /// The group of a binding that a name which is none was probably meant to be; never one of Kubernetes' own.
    pub fn nearest_group(&self, name: &str) -> Option<&'r str> {
        let most = NEAR.min(name.len() / 3);
        let near = self.groups().filter(|known| !known.starts_with("system:"));
        let edits = |known: &str| match known.is_ascii() && name.is_ascii() {
            true => apart(known.as_bytes(), name.as_bytes(), most),
            false => {
                let [known, name] = [known, name].map(|text| text.chars().collect::<Vec<char>>());
                apart(&known, &name, most)
            }
        };
        near.filter_map(|known| Some((edits(known)?, known))).min().map(|(_, known)| known)
    }

    /// The usernames that bindings name, those of service accounts included.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// The bindings that apply to members of a group, in the order of the snapshot; each once.
    pub fn bindings_of_group(&self, group: &str) -> &[&'r Binding] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    /// The bindings that apply to a user by name, in the order of the snapshot; each once.
    ///
    /// A ServiceAccount subject is nothing but a username (kubernetes: pkg/registry/rbac/validation/rule.go, appliesToUser).
    pub fn bindings_of_user(&self, username: &str) -> &[&'r Binding] {
        self.users.get(username).map_or(&[], Vec::as_slice)
    }

    /// The usernames that a login could make of a template, with the bindings that name each, by username.
    pub fn bindings_of_template<'i>(
        &'i self,
        template: &'i UsernameTemplate,
    ) -> impl Iterator<Item = (&'i str, &'i [&'r Binding])> {
        // up to its first placeholder a name is as the template has it
        let prefix = template.as_str().find("{{").map_or(template.as_str(), |at| &template.as_str()[..at]);
        self.users
            .range(prefix.to_owned()..)
            .take_while(move |(username, _)| username.starts_with(prefix))
            .filter(|(username, _)| could_become(template, username))
            .map(|(username, bindings)| (username.as_str(), bindings.as_slice()))
    }

    /// The role that a binding refers to, found by `kind` alone: `apiGroup` is not read, and there is no fallback from one
    /// kind to the other (kubernetes: pkg/registry/rbac/validation/rule.go, GetRoleReferenceRules).
    ///
    /// # Errors
    /// [`NoRole`]: the binding gives nothing.
    pub fn role_of<'b>(&self, binding: &'b Binding) -> Result<&'r Role, NoRole<'b>> {
        let RoleRef { kind, name } = &binding.role_ref;
        let (namespace, missing) = match kind.as_str() {
            "ClusterRole" => (None, NoRole::ClusterRole(name)),
            "Role" => match binding.namespace.as_deref() {
                // one without a namespace included, as a file may have it
                None | Some("") => return Err(NoRole::Role(name)),
                namespace => (namespace, NoRole::Role(name)),
            },
            _ => return Err(NoRole::Kind(kind)),
        };
        self.roles.get(&(namespace, name.as_str())).copied().ok_or(missing)
    }

    /// The rules of the role that a binding refers to; none where there is no such role.
    pub fn rules_of(&self, binding: &Binding) -> &'r [PolicyRule] {
        self.role_of(binding).map_or(&[], |role| role.rules.as_slice())
    }

    /// A ClusterRoleBinding to a ClusterRole that covers every verb on every resource.
    pub fn grants_cluster_admin(&self, binding: &Binding) -> bool {
        binding.kind() == BindingKind::ClusterRoleBinding
            && uncovered(self.rules_of(binding), &[PolicyRule::every_resource()]).is_empty()
    }
}

/// Several subjects of one binding may bind the same name.
fn add<'r>(bindings: &mut Vec<&'r Binding>, binding: &'r Binding) {
    if !bindings.last().is_some_and(|last| std::ptr::eq(*last, binding)) {
        bindings.push(binding);
    }
}

/// The username that a subject matches, if it is one that matches usernames.
pub(super) fn username(subject: &Subject, binding: &Binding) -> Option<String> {
    match subject.kind {
        SubjectKind::User => Some(subject.name.clone()),
        SubjectKind::ServiceAccount => {
            let namespace = service_account_namespace(subject, binding)?;
            Some(format!("system:serviceaccount:{namespace}:{}", subject.name))
        }
        SubjectKind::Group | SubjectKind::Other(_) => None,
    }
}

/// Its own, else that of the binding; without one the subject matches nobody.
pub(super) fn service_account_namespace<'b>(subject: &'b Subject, binding: &'b Binding) -> Option<&'b str> {
    let given = subject.namespace.as_deref().filter(|namespace| !namespace.is_empty());
    given.or(binding.namespace.as_deref()).filter(|namespace| !namespace.is_empty())
}

/// How many edits lie between two names, an exchange of neighbours being one, if no more than `most`. A name is held against
/// every group of the cluster, so this gives up early, where counting all edits would take its time.
fn apart<T: PartialEq>(a: &[T], b: &[T], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..)?, b.get(same..)?);
    if a.is_empty() || b.is_empty() {
        return Some(a.len().max(b.len()));
    }
    let most = most.checked_sub(1)?;
    let exchanged = match (a, b) {
        ([first, second, a @ ..], [other, another, b @ ..]) if first == another && second == other => {
            apart(a, b, most)
        }
        _ => None,
    };
    let replaced = apart(a.get(1..)?, b.get(1..)?, most);
    let taken = apart(a.get(1..)?, b, most);
    let added = apart(a, b.get(1..)?, most);
    [exchanged, replaced, taken, added].into_iter().flatten().min().map(|edits| edits + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::RoleRef;

    fn binding(
        namespace: Option<&str>,
        name: &str,
        role: &str,
        subjects: &[(&str, &str, Option<&str>)],
    ) -> Binding {
        Binding {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
            subjects: subjects
                .iter()
                .map(|(kind, name, namespace)| Subject {
                    kind: SubjectKind::from((*kind).to_owned()),
                    name: (*name).to_owned(),
                    namespace: namespace.map(str::to_owned),
                })
                .collect(),
        }
    }

    fn names<'b>(bindings: &[&'b Binding]) -> Vec<&'b str> {
        bindings.iter().map(|binding| binding.name.as_str()).collect()
    }

    proptest::proptest! {
        #[test]
        fn edits_are_counted_as_far_as_it_matters(a in "[abé]{0,6}", b in "[abé]{0,6}", most in 0_usize..4) {
            let edits = strsim::osa_distance(&a, &b);
            let [a, b] = [a, b].map(|text| text.chars().collect::<Vec<char>>());
            proptest::prop_assert_eq!(apart(&a, &b, most), (edits <= most).then_some(edits));
        }
    }

    #[test]
    fn subjects_match_by_kind_and_exact_name() {
        let rbac = Rbac {
            roles: vec![],
            bindings: vec![
                binding(
                    None,
                    "a",
                    "view",
                    &[("Group", "devs", None), ("Group", "devs", Some("x")), ("User", "devs", None)],
                ),
                binding(
                    None,
                    "b",
                    "view",
                    &[("group", "devs", None), ("Group", "Devs", None), ("Group", "*", None)],
                ),
                binding(Some("ns"), "c", "view", &[("Group", "devs", None), ("ServiceAccount", "sa", None)]),
                binding(
                    None,
                    "d",
                    "view",
                    &[("ServiceAccount", "sa", None), ("User", "system:serviceaccount:ns:sa", None)],
                ),
                binding(Some("ns"), "e", "view", &[("ServiceAccount", "sa", Some("other"))]),
            ],
        };
        let index = rbac.index();
        assert_eq!(names(index.bindings_of_group("devs")), ["a", "c"]);
        assert_eq!(names(index.bindings_of_group("nobody")), Vec::<&str>::new());
        assert_eq!(names(index.bindings_of_user("devs")), ["a"]);
        assert_eq!(names(index.bindings_of_user("system:serviceaccount:ns:sa")), ["c", "d"]);
        assert_eq!(names(index.bindings_of_user("system:serviceaccount:other:sa")), ["e"]);
        assert_eq!(names(index.bindings_of_user("sa")), Vec::<&str>::new());
    }

    #[test]
    fn templates_find_the_users_that_could_come_of_them() {
        let rbac = Rbac {
            roles: vec![],
            bindings: vec![
                binding(None, "a", "view", &[("User", "dev:alice", None), ("Group", "dev:group", None)]),
                binding(None, "b", "view", &[("User", "dev:bob", None), ("User", "dev:alice", None)]),
                binding(None, "c", "view", &[("User", "ops:bob", None)]),
            ],
        };
        let index = rbac.index();
        let template = UsernameTemplate::new("dev:{{SessionName}}");
        let found: Vec<_> = index.bindings_of_template(&template).map(|(user, b)| (user, names(b))).collect();
        assert_eq!(found, [("dev:alice", vec!["a", "b"]), ("dev:bob", vec!["b"])]);
    }

    #[test]
    fn cluster_admin_is_everything_everywhere() {
        let star = || vec!["*".to_owned()];
        let all =
            PolicyRule { api_groups: star(), resources: star(), verbs: star(), ..PolicyRule::default() };
        let role = |namespace: Option<&str>, name: &str, rule: &PolicyRule| Role {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            rules: vec![PolicyRule::default(), rule.clone()],
            ..Role::default()
        };
        let rbac = Rbac {
            roles: vec![
                role(None, "all", &all),
                role(None, "named", &PolicyRule { resource_names: vec!["x".into()], ..all.clone() }),
                role(None, "core", &PolicyRule { api_groups: vec![String::new()], ..all.clone() }),
                role(Some("ns"), "local", &all),
            ],
            bindings: vec![],
        };
        let index = rbac.index();
        let grants = |namespace, role| index.grants_cluster_admin(&binding(namespace, "b", role, &[]));
        assert!(grants(None, "all"));
        assert!(!grants(Some("ns"), "all"));
        for other in ["named", "core", "local", "missing"] {
            assert!(!grants(None, other), "{other}");
        }
        let mut lower_case = binding(None, "b", "all", &[]);
        lower_case.role_ref.kind = "clusterrole".into();
        assert!(!index.grants_cluster_admin(&lower_case));
    }

    #[test]
    fn rules_are_those_of_the_role_that_the_binding_can_see() {
        let rule = |verb: &str| PolicyRule { verbs: vec![verb.to_owned()], ..PolicyRule::default() };
        let role = |namespace: Option<&str>, verb: &str| Role {
            namespace: namespace.map(str::to_owned),
            name: "r".to_owned(),
            rules: vec![rule(verb)],
            ..Role::default()
        };
        let rbac = Rbac { roles: vec![role(None, "get"), role(Some("ns"), "list")], bindings: vec![] };
        let index = rbac.index();
        let rules = |kind: &str, namespace| {
            let mut binding = binding(namespace, "b", "r", &[]);
            kind.clone_into(&mut binding.role_ref.kind);
            index.rules_of(&binding).to_vec()
        };
        assert_eq!(rules("ClusterRole", None), [rule("get")]);
        assert_eq!(rules("ClusterRole", Some("ns")), [rule("get")]);
        assert_eq!(rules("Role", Some("ns")), [rule("list")]);
        for (kind, namespace) in [("Role", None), ("Role", Some("other")), ("role", Some("ns"))] {
            assert_eq!(rules(kind, namespace), [], "{kind} {namespace:?}");
        }
    }
}
