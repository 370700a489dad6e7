//! Parsers and a linter of Python: python-hcl2, PyYAML (which reads YAML 1.1), cfn-lint.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use super::Exported;
use crate::servers::{TOOLS, program};

/// Prints what the files are as JSON, one a line.
const READ: &str = "
import json, sys, yaml, hcl2
for name in sys.argv[1:]:
    with open(name) as file:
        print(json.dumps(hcl2.load(file) if name.endswith('.tf') else yaml.safe_load(file)))
";

fn read(exported: &Exported, names: &[&str], test: &str) -> Option<Vec<Value>> {
    let python = program(TOOLS, "python3", test)?;
    let output =
        Command::new(python).args(["-c", READ]).args(names).current_dir(exported.dir.path()).output();
    let output = output.expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

/// Without what python-hcl2 adds, and without the quotes that it leaves.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => text.trim_matches('"').into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| !key.starts_with("__"));
            fields.map(|(key, value)| (key.trim_matches('"').to_owned(), plain(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn python_hcl2_reads_what_the_plan_has() {
    let test = "exports::python_hcl2_reads_what_the_plan_has";
    let exported = Exported::new();
    exported.write("a.tf", &["--to", "terraform", "--applied"]);
    exported.write("b.tf", &["--to", "terraform", "--module", "--applied"]);
    let Some(files) = read(&exported, &["a.tf", "b.tf"], test) else { return };
    let targets = &exported.plan.targets;
    let expected: BTreeSet<String> = targets.iter().map(|it| it.entry.principal.to_string()).collect();
    let policies: usize = targets.iter().map(|it| it.entry.policies.len()).sum();
    let [resources, module] = [plain(&files[0]), plain(&files[1])];

    let of_type = |name: &str| -> Vec<Value> {
        let all = resources["resource"].as_array().expect("resources").iter();
        all.filter_map(|it| it.get(name)).filter_map(|it| it.as_object()?.values().next().cloned()).collect()
    };
    let entries = of_type("aws_eks_access_entry");
    let named = entries.iter().map(|it| it["principal_arn"].as_str().expect("an ARN").to_owned());
    assert_eq!(named.collect::<BTreeSet<_>>(), expected);
    for target in targets {
        let principal = target.entry.principal.to_string();
        let entry = entries.iter().find(|it| it["principal_arn"] == principal).expect("it");
        let groups: Vec<&str> = target.entry.groups.iter().map(|group| group.as_str()).collect();
        let said = entry.get("kubernetes_groups").cloned().unwrap_or(json!([]));
        assert_eq!((&said, &entry["type"]), (&json!(groups), &json!(target.entry.entry_type)));
    }
    assert_eq!(of_type("aws_eks_access_policy_association").len(), policies);
    for file in [&resources, &module] {
        assert_eq!(file["import"].as_array().expect("imports").len(), targets.len() + policies);
    }
    let of_module = module["locals"][0]["access_entries"].as_object().expect("entries");
    let named = of_module.values().map(|it| it["principal_arn"].as_str().expect("an ARN").to_owned());
    assert_eq!(named.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn every_form_in_yaml_is_the_same_in_yaml_1_1() {
    let test = "exports::every_form_in_yaml_is_the_same_in_yaml_1_1";
    let exported = Exported::new();
    let forms = ["cloudformation", "pulumi", "eksctl"];
    let names = forms.map(|form| format!("{form}.yaml"));
    for (form, name) in forms.iter().zip(&names) {
        exported.write(name, &["--to", form]);
    }
    let Some(read) = read(&exported, &names.each_ref().map(String::as_str), test) else { return };
    for (name, read) in names.iter().zip(read) {
        let text = std::fs::read_to_string(exported.dir.path().join(name)).expect("a file");
        assert_eq!(read, serde_saphyr::from_str::<Value>(&text).expect("YAML"), "{name}");
    }
}

#[test]
fn cfn_lint_finds_nothing() {
    let test = "exports::cfn_lint_finds_nothing";
    let Some(lint) = program(TOOLS, "cfn-lint", test) else { return };
    let exported = Exported::new();
    exported.write("template.yaml", &["--to", "cloudformation"]);
    let template = exported.dir.path().join("template.yaml");
    let run = || {
        let mut command = Command::new(&lint);
        let output = command.args(["--include-checks", "I", "--"]).arg(&template).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(run(), (true, String::new()));
    let text = std::fs::read_to_string(&template).expect("the template");
    std::fs::write(&template, text.replace("AccessPolicies", "Policies")).expect("a broken one");
    let (clean, told) = run();
    assert!(!clean && told.contains("Policies"), "it would not tell: {told}");
}
