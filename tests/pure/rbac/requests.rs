//! Who asks.

use eksodus::rbac::UserInfo;

#[test]
fn the_node_authorizer_judges_by_name_and_group_together() {
    let name = |username: &str, groups: &[&str]| {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        UserInfo { username: username.to_owned(), groups }.node_name().map(str::to_owned)
    };
    let nodes = &["system:bootstrappers", "system:nodes"];
    assert_eq!(name("system:node:ip-10-0-0-1", nodes).as_deref(), Some("ip-10-0-0-1"));
    for (username, groups) in [
        ("system:node:ip-10-0-0-1", &["system:bootstrappers"][..]),
        ("system:node:", nodes),
        ("system:nodes:a", nodes),
        ("System:node:a", nodes),
        ("a", nodes),
    ] {
        assert_eq!(name(username, groups), None, "{username}");
    }
}
