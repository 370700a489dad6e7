//! A world as a snapshot folder, in the form that `aws` and `kubectl` print: the test and the command line read the same.

use serde_json::{Value, json};

use crate::cast::{HOME, OTHER, Who};
use crate::mappings;
use crate::oracle::default_username;
use crate::world::{
    BORN, Caller, Choice, Decision, ENTERED, Entry, Fate, Listed, Mode, Person, REBORN, Scope, Subject, Use,
    World,
};

/// File names with their text; what is unknown has none.
pub fn documents(world: &World) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("cluster.json", text(&cluster(world))),
        ("access-policies.json", text(&policies())),
        ("nodegroups.json", text(&nodegroups(world))),
        ("fargate-profiles.json", text(&fargate_profiles(world))),
        ("namespaces.yaml", text(&namespaces())),
        ("eksodus.yaml", decisions(world)),
    ];
    let data = mappings::data(world);
    if !data.is_empty() {
        let sections = data.iter().map(|(key, lines)| {
            let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
            format!("  {key}: |\n{lines}")
        });
        let head =
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\ndata:\n";
        all.push(("aws-auth.yaml", head.to_owned() + &sections.collect::<String>()));
    }
    if world.mode != Mode::ConfigMap {
        all.push((
            "access-entries.json",
            text(&Value::Array(world.people.iter().filter_map(entry_of).collect())),
        ));
    }
    if world.iam.home != Listed::Absent {
        all.push(("iam-roles.json", iam(world, "Roles", Who::is_role)));
        all.push(("iam-users.json", iam(world, "Users", |who| !who.is_role())));
    }
    if let Some(bindings) = &world.bindings {
        let mut items = cluster_roles();
        for (number, binding) in bindings.iter().enumerate() {
            let (kind, name) = match &binding.subject {
                Subject::User(name) => ("User", name),
                Subject::Group(name) => ("Group", name),
            };
            let mut metadata = json!({"name": format!("b{number}")});
            if let Some(namespace) = binding.namespace {
                metadata["namespace"] = json!(namespace);
            }
            items.push(json!({
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": if binding.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" },
                "metadata": metadata,
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": binding.role},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}],
            }));
        }
        all.push(("rbac.yaml", text(&json!({"apiVersion": "v1", "kind": "List", "items": items}))));
    }
    if let Caller::Known(who) = world.caller {
        all.push(("caller.json", text(&caller(who))));
    }
    all
}

fn text(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

fn cluster(world: &World) -> Value {
    let mode = match world.mode {
        Mode::ConfigMap => "CONFIG_MAP",
        Mode::Dual => "API_AND_CONFIG_MAP",
        Mode::Api => "API",
    };
    let auto = world.uses.iter().find_map(|it| match it {
        Use::Auto(who) => Some(who.arn()),
        _ => None,
    });
    let mut cluster = json!({
        "name": "w",
        "arn": format!("arn:aws:eks:eu-west-1:{HOME}:cluster/w"),
        "version": "1.33",
        "platformVersion": "eks.12",
        "status": "ACTIVE",
        "accessConfig": {"authenticationMode": mode},
    });
    if let Some(role) = auto {
        cluster["computeConfig"] =
            json!({"enabled": true, "nodePools": ["general-purpose"], "nodeRoleArn": role});
    }
    json!({ "cluster": cluster })
}

fn policies() -> Value {
    let names = [
        "AmazonEKSAdminPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSAutoNodePolicy",
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSViewPolicy",
    ];
    let all = names.map(|name| json!({"name": name, "arn": policy(name)}));
    json!({ "accessPolicies": all })
}

fn policy(name: &str) -> String {
    format!("arn:aws:eks::aws:cluster-access-policy/{name}")
}

fn nodegroups(world: &World) -> Value {
    let named = world.uses.iter().enumerate().filter_map(|(number, it)| {
        let (name, ami) = match it {
            Use::Linux(_) => ("linux", "AL2023_x86_64_STANDARD"),
            Use::Windows(_) => ("windows", "WINDOWS_CORE_2022_x86_64"),
            Use::Custom(_) => ("custom", "CUSTOM"),
            Use::Fargate(_) | Use::Auto(_) => return None,
        };
        Some(json!({"nodegroup": {
            "nodegroupName": format!("{name}-{number}"),
            "clusterName": "w",
            "amiType": ami,
            "nodeRole": it.role().arn(),
        }}))
    });
    named.collect()
}

fn fargate_profiles(world: &World) -> Value {
    let profiles = world.uses.iter().enumerate().filter_map(|(number, it)| match it {
        Use::Fargate(who) => Some(json!({"fargateProfile": {
            "fargateProfileName": format!("pods-{number}"),
            "clusterName": "w",
            "podExecutionRoleArn": who.arn(),
        }})),
        _ => None,
    });
    profiles.collect()
}

fn namespaces() -> Value {
    let items = ["default", "kube-system", "team-a"]
        .map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}));
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

fn cluster_roles() -> Vec<Value> {
    let role = |name: &str, rules: Value| {
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": rules,
        })
    };
    vec![
        role(
            "cluster-admin",
            json!([
                {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                {"nonResourceURLs": ["*"], "verbs": ["*"]},
            ]),
        ),
        role("view", json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}])),
        role("edit", json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}])),
    ]
}

fn entry_of(person: &Person) -> Option<Value> {
    let Entry { kind, username, groups, policies } = person.entry.as_ref()?;
    let who = person.who;
    let type_of = if who.is_role() { "role" } else { "user" };
    let mut value = json!({"accessEntry": {
        "clusterName": "w",
        "principalArn": who.arn(),
        "kubernetesGroups": if *kind == "EC2_LINUX" { vec!["system:nodes".to_owned()] } else { groups.clone() },
        "accessEntryArn": format!(
            "arn:aws:eks:eu-west-1:{HOME}:access-entry/w/{type_of}/{}/{}/1", who.account(), who.name()
        ),
        "createdAt": ENTERED,
        "modifiedAt": ENTERED,
        "tags": {"team": "a"},
        "username": username.clone().unwrap_or_else(|| default_username(who, kind)),
        "type": kind,
    }});
    if ["STANDARD", "EC2"].contains(kind) {
        let associated = policies.iter().map(|(name, scope)| {
            let scope = match scope {
                Scope::Cluster => json!({"type": "cluster", "namespaces": []}),
                Scope::TeamA => json!({"type": "namespace", "namespaces": ["team-a"]}),
            };
            json!({"policyArn": policy(name), "accessScope": scope, "associatedAt": ENTERED, "modifiedAt": ENTERED})
        });
        value["associatedAccessPolicies"] = associated.collect();
    }
    Some(value)
}

fn iam(world: &World, key: &str, kind: impl Fn(Who) -> bool) -> String {
    let list = |account: &str| {
        let those = world.listed().into_iter().filter(|who| kind(*who) && who.account() == account);
        let items: Vec<Value> = those
            .map(|who| {
                let born = if world.fate(who) == Fate::Recreated { REBORN } else { BORN };
                let id = format!("{}{:012}", if who.is_role() { "AROA" } else { "AIDA" }, who as usize);
                let id_key = if who.is_role() { "RoleId" } else { "UserId" };
                json!({"Arn": who.arn(), id_key: id, "CreateDate": born})
            })
            .collect();
        let truncated = world.iam.home == Listed::Partial;
        text(&json!({key: items, "IsTruncated": truncated}))
    };
    if world.iam.other { list(HOME) + &list(OTHER) } else { list(HOME) }
}

pub fn session_of(who: Who) -> String {
    match who.is_role() {
        true => format!("arn:aws:sts::{}:assumed-role/{}/ann", who.account(), who.name()),
        false => who.arn(),
    }
}

fn caller(who: Who) -> Value {
    json!({
        "UserId": if who.is_role() { "AROAEXAMPLE:ann" } else { "AIDAEXAMPLE" },
        "Account": who.account(),
        "Arn": session_of(who),
    })
}

/// `eksodus.yaml`; JSON is YAML.
pub fn decisions(world: &World) -> String {
    let team = &world.team;
    let mut file = json!({"version": 1});
    if let Some(group) = team.masters {
        file["masters"] = json!({ "group": group });
    }
    if team.accept_usernames {
        file["proposed-usernames"] = json!("accept");
    }
    if team.delete {
        file["prune"] = json!("delete");
    }
    for (group, to) in &team.groups {
        file["groups"][group] = to.map_or_else(|| json!("drop"), |to| json!({ "rename": to }));
    }
    for account in &team.accounts {
        let mut value = json!({});
        if !account.principals.is_empty() {
            value["principals"] = account.principals.iter().map(|who| json!(who.arn())).collect();
        }
        if account.skip_others {
            value["skip-others"] = json!("nobody else");
        }
        file["accounts"][account.account] = value;
    }
    let people: Vec<Value> =
        world.people.iter().filter_map(|it| Some(decision(it.who, it.decision.as_ref()?))).collect();
    if !people.is_empty() {
        file["principals"] = Value::Array(people);
    }
    text(&file)
}

fn decision(who: Who, decision: &Decision) -> Value {
    let principal = if decision.by_real_arn { who.arn() } else { who.canonical() };
    let mut value = json!({ "principal": principal });
    match &decision.choice {
        Choice::Skip => value["skip"] = json!("not any more"),
        Choice::KeepEntry => value["keep"] = json!("entry"),
        Choice::TakeMapping => value["take"] = json!("mapping"),
        Choice::Values { arn, username, groups, kind, policies } => {
            if *arn {
                value["arn"] = json!(who.arn());
            }
            if let Some(username) = username {
                value["username"] = json!(username);
            }
            if let Some(groups) = groups {
                value["groups"] = json!(groups);
            }
            if let Some(kind) = kind {
                value["type"] = json!(kind);
            }
            if let Some(policies) = policies {
                let all = policies.iter().map(|policy| json!({"policy": policy, "scope": "cluster"}));
                value["policies"] = all.collect();
            }
        }
    }
    value
}

/// What a decision's username makes of a login; `default` is that of EKS.
pub fn decided_username(who: Who, text: &str) -> String {
    match text {
        "default" => default_username(who, "STANDARD"),
        text => text.to_owned(),
    }
}
