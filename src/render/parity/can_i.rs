use crate::rbac::{Attributes, UserInfo};
use crate::render::shell_word;

/// The question as kubectl asks it, for a shell. Groups are always named: without them kubectl asks for the user alone, whose
/// answer is another one.
pub fn can_i(what: &Attributes, who: &UserInfo) -> String {
    let mut words = vec!["kubectl".to_owned(), "auth".to_owned(), "can-i".to_owned()];
    match what {
        Attributes::NonResource { path, verb } => words.extend([shell_word(verb), shell_word(path)]),
        Attributes::Resource { namespace, verb, group, resource, subresource, name } => {
            let of_group = if group.is_empty() { String::new() } else { format!(".{group}") };
            let object = name.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
            words.extend([shell_word(verb), shell_word(&format!("{resource}{of_group}{object}"))]);
            // in the resource's own place kubectl would take it for the name of an object
            words.extend(subresource.iter().map(|of| format!("--subresource={}", shell_word(of))));
            match namespace {
                Some(namespace) => words.extend(["-n".to_owned(), shell_word(namespace)]),
                None => words.push("-A".to_owned()),
            }
        }
    }
    words.extend(["--as".to_owned(), shell_word(&who.username)]);
    words.extend(who.groups.iter().flat_map(|group| ["--as-group".to_owned(), shell_word(group)]));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_can_be_pasted_whatever_the_names_are() {
        let who = UserInfo {
            username: "it's".to_owned(),
            groups: ["a b".to_owned(), "dev".to_owned()].into_iter().collect(),
        };
        let what = Attributes::Resource {
            namespace: Some("shop".to_owned()),
            verb: "create".to_owned(),
            group: String::new(),
            resource: "pods".to_owned(),
            subresource: Some("eviction".to_owned()),
            name: None,
        };
        let said = "kubectl auth can-i create pods --subresource=eviction -n shop --as 'it'\\''s' --as-group 'a b' --as-group dev";
        assert_eq!(can_i(&what, &who), said);
        let what = Attributes::resource("*", "apps", "*").named("x");
        assert!(can_i(&what, &who).starts_with("kubectl auth can-i '*' '*.apps/x' -A --as "));
        let what = Attributes::NonResource { path: "/metrics".to_owned(), verb: "get".to_owned() };
        assert!(can_i(&what, &who).starts_with("kubectl auth can-i get /metrics --as "));
    }
}
