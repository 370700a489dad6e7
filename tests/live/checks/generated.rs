//! Random roles, bindings and requests.

use eksodus::rbac::{Attributes, UserInfo};
use serde_json::{Value, json};

pub const GROUP: &str = "rbac.authorization.k8s.io";
pub const NAMESPACES: [&str; 3] = ["engine-a", "engine-b", "engine-c"];

/// SplitMix64: the same numbers for the same seed, on every machine and with every version of every crate.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// One time in `times`.
    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    /// Each at most once, `least` of them or more.
    fn some(&mut self, items: &[&str], least: usize, most: usize) -> Vec<String> {
        let count = least + self.below(most - least + 1);
        let mut chosen = Vec::new();
        while chosen.len() < count.min(items.len()) {
            let item = self.of(items).to_owned();
            if !chosen.contains(&item) {
                chosen.push(item);
            }
        }
        chosen
    }
}

const VERBS: [&str; 9] = ["get", "list", "watch", "create", "delete", "*", "impersonate", "use", "get "];
const GROUPS: [&str; 5] = ["", "apps", "batch", "*", "apps/v1"];
const RESOURCES: [&str; 12] = [
    "pods",
    "secrets",
    "deployments",
    "*",
    "pods/log",
    "pods/*",
    "*/*",
    "*/scale",
    "deployments/scale",
    "scale",
    "*/",
    "Pods",
];
const NAMES: [&str; 4] = ["one", "two", "*", ""];
const URLS: [&str; 8] = ["*", "/healthz", "/healthz/*", "/healthz*", "/api/*/x", "/logs/**", "healthz", "/*"];
const PATHS: [&str; 10] = [
    "/healthz",
    "/healthz/",
    "/healthz/etcd",
    "/healthzed",
    "/api/v1/x",
    "/logs/",
    "/logs/a/b",
    "/logs",
    "/",
    "/api/*/x",
];
/// Of users, of groups and of service accounts alike, so that one is mistaken for another where somebody mistakes them.
const WHO: [&str; 5] = ["engine-0", "engine-1", "engine-2", "engine-3", "Engine-0"];

fn role_name(random: &mut Random) -> String {
    format!("engine:role-{}", random.below(12))
}

fn rule(random: &mut Random, is_cluster: bool) -> Value {
    let verbs = random.some(&VERBS, 1, 3);
    let mut rule = if is_cluster && random.one_in(4) {
        json!({"nonResourceURLs": random.some(&URLS, 1, 2), "verbs": verbs})
    } else {
        let names = if random.one_in(3) { random.some(&NAMES, 1, 2) } else { Vec::new() };
        let (groups, resources) = (random.some(&GROUPS, 1, 2), random.some(&RESOURCES, 1, 3));
        json!({"apiGroups": groups, "resources": resources, "verbs": verbs, "resourceNames": names})
    };
    // what the server refuses
    if random.one_in(25) {
        match random.below(4) {
            0 => rule["verbs"] = json!([]),
            1 => rule["apiGroups"] = Value::Null,
            2 => rule["resources"] = json!([]),
            _ => rule["nonResourceURLs"] = json!(["/x"]),
        }
    }
    rule
}

fn subject(random: &mut Random, is_cluster: bool) -> Value {
    let name = random.of(&WHO);
    let mut subject = match random.below(5) {
        0 | 1 => json!({"kind": "User", "apiGroup": GROUP, "name": name}),
        2 | 3 => json!({"kind": "Group", "name": name}),
        _ => {
            let of = random.of(&NAMESPACES);
            json!({"kind": "ServiceAccount", "name": name.to_lowercase(), "namespace": of})
        }
    };
    if subject["kind"] == "ServiceAccount" && !is_cluster && random.one_in(3) {
        subject["namespace"] = "".into();
    }
    if subject["kind"] == "User" && random.one_in(6) {
        subject["name"] = format!("system:serviceaccount:{}:{name}", random.of(&NAMESPACES)).into();
    }
    if random.one_in(40) {
        match random.below(5) {
            0 => subject["kind"] = "group".into(),
            1 => subject["name"] = "".into(),
            2 => subject["apiGroup"] = "apps".into(),
            3 => subject["namespace"] = "".into(),
            _ => subject["name"] = "Not_DNS".into(),
        }
    }
    subject
}

/// An object, and the path of those of its kind. `number` makes its name.
pub fn object(random: &mut Random, number: usize) -> (String, Value) {
    let is_cluster = random.one_in(2);
    let is_role = random.one_in(3);
    let kind = match (is_cluster, is_role) {
        (true, true) => "ClusterRole",
        (false, true) => "Role",
        (true, false) => "ClusterRoleBinding",
        (false, false) => "RoleBinding",
    };
    let mut object = json!({"apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": {}});
    if is_role {
        object["metadata"]["name"] = role_name(random).into();
        object["rules"] = (0..random.below(4)).map(|_| rule(random, is_cluster)).collect();
        if is_cluster && random.one_in(3) {
            object["metadata"]["labels"] = json!({"engine-to": random.of(&["a", "b"])});
        }
        if is_cluster && random.one_in(4) {
            object["aggregationRule"] = aggregation(random);
        }
    } else {
        object["metadata"]["name"] = format!("engine:binding-{number}").into();
        let subjects: Vec<Value> = (0..random.below(4)).map(|_| subject(random, is_cluster)).collect();
        object["subjects"] = subjects.into();
        let role = if is_cluster || random.one_in(2) { "ClusterRole" } else { "Role" };
        object["roleRef"] = json!({"apiGroup": GROUP, "kind": role, "name": role_name(random)});
        if random.one_in(25) {
            match random.below(5) {
                0 => object["roleRef"]["kind"] = "role".into(),
                1 => object["roleRef"]["name"] = "".into(),
                2 => object["roleRef"]["apiGroup"] = "apps".into(),
                3 => object["roleRef"]["apiGroup"] = "".into(),
                _ => object["roleRef"]["kind"] = "Role".into(),
            }
        }
    }
    let resource = format!("{}s", kind.to_lowercase());
    let path = if is_cluster {
        resource
    } else {
        let namespace = random.of(&NAMESPACES);
        object["metadata"]["namespace"] = namespace.into();
        format!("namespaces/{namespace}/{resource}")
    };
    (format!("/apis/{GROUP}/v1/{path}"), object)
}

fn aggregation(random: &mut Random) -> Value {
    let selectors = (0..random.below(3)).map(|_| match random.below(8) {
        0 => json!({}),
        1 => json!({"matchExpressions": [{"key": "engine-to", "operator": "Exists"}]}),
        2 => json!({"matchExpressions": [{"key": "engine-to", "operator": "NotIn", "values": ["a"]}]}),
        3 => json!({"matchExpressions": [{"key": "engine-to", "operator": "In", "values": []}]}),
        4 => json!({"matchExpressions": [{"key": "engine-to", "operator": "in", "values": ["a"]}]}),
        5 => json!({"matchExpressions": [{"key": "engine-to", "operator": "Exists", "values": ["a"]}]}),
        _ => json!({"matchLabels": {"engine-to": random.of(&["a", "b"])}}),
    });
    json!({"clusterRoleSelectors": selectors.collect::<Vec<_>>()})
}

/// Nobody to whom something of another test is bound.
pub fn user(random: &mut Random) -> UserInfo {
    let name = random.of(&WHO);
    let mut groups = random.some(&WHO, 0, 2);
    let username = match random.below(4) {
        0 => format!("system:serviceaccount:{}:{name}", random.of(&NAMESPACES)),
        _ => name.to_owned(),
    };
    for (group, times) in [("system:authenticated", 2), ("system:masters", 40), ("", 10)] {
        groups.extend(random.one_in(times).then(|| group.to_owned()));
    }
    UserInfo { username, groups: groups.into_iter().collect() }
}

pub fn request(random: &mut Random) -> Attributes {
    let verb = random.of(&VERBS).to_owned();
    if random.one_in(5) {
        return Attributes::NonResource { path: random.of(&PATHS).to_owned(), verb };
    }
    let subresource = random.of(&["", "", "", "log", "scale", "*", "status"]);
    let name = random.of(&["", "one", "two", "three", "*"]);
    let namespace = random.of(&["", NAMESPACES[0], NAMESPACES[1], NAMESPACES[2], "engine-none"]);
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Attributes::Resource {
        namespace: given(namespace),
        verb,
        group: random.of(&["", "apps", "batch", "*"]).to_owned(),
        resource: random.of(&["pods", "secrets", "deployments", "scale", "*", "nodes"]).to_owned(),
        subresource: given(subresource),
        name: given(name),
    }
}
