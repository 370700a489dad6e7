//! `docs/permissions.md` is made from the table that preflight asks by.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use eksodus::preflight::Task::{
    ApiMode, Ask, Assume, AuditLog, DualMode, Entries, Lock, OtherAccount, Prune, Read, Rollback, State,
    Verify,
};
use eksodus::preflight::{Extra, KubeScope, Narrowed, On, RIGHTS, Task, What, needs_of_tasks, policy, roles};

/// The blocks of the document, by the names of their markers.
const BLOCKS: [(&str, &[Task]); 10] = [
    ("snapshot", &[Read]),
    ("verify", &[Read, Verify]),
    ("apply", &[Read, Ask, Lock, Entries]),
    ("prune", &[Read, Ask, Lock, Entries, Prune]),
    ("modes", &[Read, Ask, Lock, DualMode, Entries, Prune, ApiMode]),
    ("rollback", &[Read, Ask, Lock, Rollback]),
    ("state", &[State]),
    ("assume", &[Assume]),
    ("other-account", &[OtherAccount]),
    ("audit-days", &[AuditLog]),
];

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md")
}

fn block(name: &str, tasks: &[Task]) -> String {
    let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu".parse().unwrap();
    let assumes = ["arn:aws:iam::444455556666:role/eksodus-look-up".to_owned()];
    let extra = Extra {
        state: Some(("my-bucket", "eksodus")),
        assumes: &assumes,
        caller: Some("arn:aws:iam::111122223333:role/eksodus"),
        node_role: Some("arn:aws:iam::111122223333:role/my-nodes"),
        ..Extra::default()
    };
    let needs = needs_of_tasks(tasks, &cluster, extra);
    let mut text = String::new();
    if let Some(policy) = policy(&needs) {
        let _ = writeln!(text, "```json\n{policy}\n```\n");
    }
    if let Some(roles) = roles(&format!("eksodus-{name}"), &needs) {
        let _ = writeln!(text, "```yaml\n{roles}```\n");
    }
    text
}

fn table() -> String {
    let mut text = "| right | on | commands | needed | to |\n|---|---|---|---|---|\n".to_owned();
    for right in RIGHTS {
        let (what, on) = match right.what {
            What::Iam { action, on, narrowed } => {
                let key = narrowed.filter(|by| *by != Narrowed::PassedTo);
                let key = key.map_or(String::new(), |by| format!(", by `{}`", by.key()));
                (format!("`{action}`"), format!("{}{key}", resource(on)))
            }
            What::Kube { verb, resource, name, scope, .. } => {
                let name = name.map_or(String::new(), |name| format!(" `{name}`"));
                (format!("`{verb}` `{resource}`{name}"), place(scope).to_owned())
            }
        };
        let tasks: Vec<&str> = right.tasks.iter().map(|task| task_name(*task)).collect();
        let _ = writeln!(text, "| {what} | {on} | {} | {} | {} |", tasks.join(", "), right.when, right.why);
    }
    text.push('\n');
    text
}

fn resource(on: On) -> &'static str {
    match on {
        On::Anything => "`*`",
        On::Cluster => "the cluster",
        On::AccessEntries => "access entries of the cluster",
        On::Nodegroups => "node groups of the cluster",
        On::FargateProfiles => "Fargate profiles of the cluster",
        On::Caller => "the caller's own role or user",
        On::NodeRole => "the node role",
        On::StateBucket => "the bucket",
        On::StateObjects => "objects under the prefix",
        On::AssumedRole => "the role",
        On::LogGroup => "the log group of the cluster",
    }
}

fn place(scope: KubeScope) -> &'static str {
    match scope {
        KubeScope::Cluster => "the whole cluster",
        KubeScope::KubeSystem => "`kube-system`",
        KubeScope::OfBinding => "the namespace of the binding",
    }
}

fn task_name(task: Task) -> &'static str {
    match task {
        Read => "all",
        Ask => "all that change something",
        Verify => "`verify`",
        Lock => "all that change something, without `--no-lock`",
        DualMode => "`apply`: `dual-mode`",
        Entries => "`apply`: `entries`",
        Prune => "`apply`: `prune`",
        ApiMode => "`apply`: `api-mode`",
        Rollback => "`rollback`",
        State => "`--state`",
        Assume => "`--role-arn`, `--login-as`, `--assume-role-for`",
        OtherAccount => "`--assume-role-for`: the role itself",
        AuditLog => "`--audit-days`",
    }
}

/// `EKSODUS_EXPECTED=1 cargo test --test executor checks` writes the blocks of the document; read the difference before you commit it.
#[test]
fn the_document_is_that_of_the_table() {
    let found = std::fs::read_to_string(path()).unwrap();
    let mut expected = found.clone();
    let blocks = BLOCKS.map(|(name, tasks)| (name, block(name, tasks)));
    for (name, text) in
        blocks.iter().map(|(name, text)| (*name, text.as_str())).chain([("table", table().as_str())])
    {
        let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("<!-- end of {name} -->\n"));
        let from = expected.find(&begin).unwrap_or_else(|| panic!("{begin}")) + begin.len();
        let to = expected.find(&end).unwrap_or_else(|| panic!("{end}"));
        expected.replace_range(from..to, text);
    }
    if std::env::var_os("EKSODUS_EXPECTED").is_some() {
        std::fs::write(path(), &expected).unwrap();
        return;
    }
    assert!(found == expected, "docs/permissions.md differs from the table: EKSODUS_EXPECTED=1 writes it");
}

/// A policy that IAM would refuse for its size cannot be attached (IAM quotas: 6,144 characters without white space).
#[test]
fn policies_fit_into_a_managed_policy() {
    for (name, tasks) in BLOCKS {
        let length = block(name, tasks)
            .split("```yaml")
            .next()
            .map_or(0, |json| json.split_whitespace().collect::<String>().len());
        assert!(length < 6_144, "{name}: {length}");
    }
}
