//! The pages that are opened, as the binary prints them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use eksodus::planner::{Decisions, plan};
use eksodus::render::{View, plan_html};
use eksodus::snapshot::Snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::seen::PAYLOADS;

/// Where they are, until the test ends.
pub struct Pages(TempDir);

impl Pages {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        let mut file = std::fs::File::create(&path).unwrap();
        std::io::Write::write_all(&mut file, content.as_ref()).unwrap();
        path
    }

    fn plan(&self, name: &str, args: &[&str]) -> PathBuf {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().current_dir(self.folder()).args(["plan", "-o", "html"]).args(args);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 4)), "{told}");
        self.write(name, output.stdout)
    }

    /// Somebody loses, somebody gains, and everybody else may do the same.
    pub fn quickstart(&self) -> PathBuf {
        self.plan("quickstart.html", &["--snapshot", &fixture("quickstart")])
    }

    /// The same cluster before anything was decided.
    pub fn undecided(&self) -> PathBuf {
        let none = self.write("none.yaml", "version: 1\n");
        let args = ["--snapshot", &fixture("quickstart"), "--config", none.to_str().unwrap()];
        self.plan("undecided.html", &args)
    }

    /// The record of a run that stopped at a call, and of a look at its cluster.
    pub fn run(&self) -> PathBuf {
        let sim = self.folder().join("sim");
        std::fs::create_dir(&sim).unwrap();
        for file in std::fs::read_dir(fixture("quickstart")).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), sim.join(file.file_name())).unwrap();
        }
        let eksodus = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
            command.env_clear().env("CI_JOB_URL", "https://gitlab.example.com/acme/-/jobs/7");
            command.current_dir(self.folder()).args(args).output().unwrap()
        };
        eksodus(&["plan", "--snapshot", "sim", "--out", "plan.json"]);
        let apply = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible", "--note", "CHG-7"];
        let fault = ["--fault", "deny:eks:AssociateAccessPolicy"];
        let ran = eksodus(&[&apply[..], &fault[..]].concat());
        assert_eq!(ran.status.code(), Some(6), "{}", String::from_utf8_lossy(&ran.stderr));
        let mut runs = std::fs::read_dir(sim.join("runs/111122223333/eu-west-1/prod-eu")).unwrap();
        let run = runs.next().unwrap().unwrap().path();
        let ran = eksodus(&["report", run.to_str().unwrap(), "--simulate", "sim", "-o", "html"]);
        self.write("run.html", ran.stdout)
    }

    /// A payload behind every name, and the same with words that are none.
    pub fn hostile(&self) -> (PathBuf, PathBuf) {
        let snapshot = Snapshot::load(Path::new(&fixture("quickstart"))).unwrap();
        let plan = plan(&snapshot, &Decisions::default());
        let page = |name: &str, payloads: &[&str]| {
            let mut payloads = payloads.iter().cycle();
            let mut add = |text: &mut String| text.push_str(payloads.next().unwrap());
            let mut plan = plan.clone();
            plan.lines = plan.lines.iter().cycle().take(PAYLOADS.len()).cloned().collect();
            plan.source.iter_mut().for_each(&mut add);
            plan.notices.iter_mut().map(|notice| &mut notice.subject).for_each(&mut add);
            for line in &mut plan.lines {
                add(&mut line.username);
                line.groups.iter_mut().for_each(&mut add);
            }
            for target in &mut plan.targets {
                add(&mut target.username_today);
                target.groups_today.iter_mut().for_each(&mut add);
            }
            plan.nodes.iter_mut().flat_map(|node| &mut node.used_by).for_each(&mut add);
            plan.existing.iter_mut().map(|existing| &mut existing.principal).for_each(&mut add);
            self.write(&format!("{name}.html"), plan_html(&plan, &View::default()))
        };
        (page("hostile", &PAYLOADS), page("benign", &["benign"]))
    }

    /// So many principals, one of `each` of which loses what a group of its own gave it.
    pub fn large(&self, principals: usize, each: usize) -> PathBuf {
        let mut text =
            "kind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n"
                .to_owned();
        let mut groups = "version: 1\ngroups:\n".to_owned();
        let mut rbac = Vec::new();
        for i in 0..principals {
            let loses = i % each == 0;
            let lost = if loses { format!(", lost-{i}") } else { String::new() };
            let arn = "arn:aws:iam::111122223333:role/team";
            writeln!(
                text,
                "    - rolearn: {arn}-{i}\n      username: team-{i}\n      groups: [team-{}{lost}]",
                i % 50
            )
            .unwrap();
            if loses {
                writeln!(groups, "  lost-{i}: drop").unwrap();
                rbac.push(binding(&format!("lost-{i}"), &format!("shop-{}", i % 9), i));
            }
        }
        self.write("large.yaml", text);
        self.write("groups.yaml", groups);
        let folder = self.folder().join(format!("large-{each}"));
        std::fs::create_dir(&folder).unwrap();
        let items: Vec<Value> = (0..2).map(role).chain(rbac).collect();
        let file = format!("large-{each}/rbac.yaml");
        self.write(&file, json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string());
        let snapshot = format!("large-{each}");
        let args = ["--snapshot", &snapshot, "--aws-auth", "large.yaml", "--config", "groups.yaml"];
        self.plan(&format!("large-{each}.html"), &args)
    }
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    folder.to_str().unwrap().to_owned()
}

fn role(i: usize) -> Value {
    let rules = json!([
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "update"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
    ]);
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": format!("role-{i}")}, "rules": [rules[i]]})
}

fn binding(group: &str, namespace: &str, i: usize) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": group, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": format!("role-{}", i % 2)},
        "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": group}]})
}
