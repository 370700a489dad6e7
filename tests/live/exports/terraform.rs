//! Terraform itself, where the machine has it: `EKSODUS_TERRAFORM` names it, and nothing else in the project needs it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use eksodus::export::{TerraformForm, terraform};
use serde_json::Value;

use super::{Exported, hostile, hostile_texts};

/// Where provider plugins are, as `terraform providers mirror` leaves them; the AWS provider is looked for there alone.
const PLUGINS: &str = "EKSODUS_TERRAFORM_PLUGINS";

/// A folder, and Terraform in it.
struct Terraform {
    program: PathBuf,
    folder: PathBuf,
}

impl Terraform {
    /// `None`, said on the terminal, where it is not there. Clean machines do not have it, and no registry does: the canonical form
    /// is held by tests that need no Terraform (`tests/pure/export`).
    fn of(exported: &Exported, test: &str) -> Option<Self> {
        let program = std::env::var_os("EKSODUS_TERRAFORM").map(PathBuf::from);
        if program.is_none() {
            let why = format!("SKIPPED {test}: EKSODUS_TERRAFORM names no terraform\n");
            let _ = std::io::Write::write_all(&mut std::io::stderr(), why.as_bytes());
        }
        Some(Self { program: program?, folder: exported.dir.path().to_owned() })
    }

    fn run(&self, args: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(&self.folder).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", &self.folder);
        command.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", self.folder.join("terraform.rc"));
        let output = command.output().expect("Terraform runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("a file");
    }
}

#[test]
fn terraform_formats_nothing_and_the_provider_knows_every_argument() {
    let test = "exports::terraform_formats_nothing_and_the_provider_knows_every_argument";
    let exported = Exported::new();
    let Some(terraform) = Terraform::of(&exported, test) else { return };
    terraform.write("terraform.rc", "");
    exported.write("module.tf", &["--to", "terraform", "--module", "--applied", "--bindings"]);
    exported.write("entries.tf", &["--to", "terraform", "--applied", "--bindings"]);
    assert_eq!(terraform.run(&["fmt", "-check", "-diff", "."]), Ok(String::new()));
    std::fs::remove_file(exported.dir.path().join("module.tf")).expect("it");

    let Some(plugins) = std::env::var_os(PLUGINS) else {
        let why = format!("SKIPPED {test}: {PLUGINS} names no provider\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), why.as_bytes());
        return;
    };
    let plugins = plugins.to_string_lossy();
    let mirror =
        format!("provider_installation {{\n  filesystem_mirror {{\n    path = {plugins:?}\n  }}\n}}\n");
    terraform.write("terraform.rc", &mirror);
    exported.write("entries.tf", &["--to", "terraform", "--applied"]);
    let made = terraform.run(&["init", "-backend=false", "-input=false", "-no-color"]);
    made.unwrap_or_else(|error| panic!("{error}"));
    let valid = terraform.run(&["validate", "-no-color"]);
    valid.unwrap_or_else(|error| panic!("{error}"));
    // it would tell
    let text = std::fs::read_to_string(exported.dir.path().join("entries.tf")).expect("it");
    terraform.write("entries.tf", &text.replace("kubernetes_groups", "groups"));
    assert!(terraform.run(&["validate", "-no-color"]).is_err_and(|error| error.contains("groups")));
}

/// What Terraform makes of the strings is what they were: it evaluates the local value of the module's form, which needs no provider.
#[test]
fn hostile_names_are_the_same_in_terraform() {
    let test = "exports::hostile_names_are_the_same_in_terraform";
    let exported = Exported::new();
    let Some(program) = Terraform::of(&exported, test) else { return };
    let names = hostile_texts();
    let handover = hostile(&exported.plan);
    let form = TerraformForm::Module("eks".to_owned());
    let text = terraform(&handover, &form, false).expect("all of it can be said");
    program.write("terraform.rc", "");
    program.write("entries.tf", &text);
    program.write("output.tf", "output \"entries\" {\n  value = local.access_entries\n}\n");
    for args in [&["init", "-input=false"][..], &["apply", "-auto-approve", "-input=false"]] {
        program.run(args).unwrap_or_else(|error| panic!("{error}"));
    }
    let told = program.run(&["output", "-json", "entries"]).expect("its output");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let read: BTreeSet<(String, String, String)> = (0..names.len())
        .map(|nth| {
            let entry = &told[format!("r{nth}")];
            let text = |value: &Value| value.as_str().expect("a string").to_owned();
            let tags = entry["tags"].as_object().expect("tags");
            assert!(tags.iter().all(|(key, value)| value == key), "{tags:?}");
            (text(&entry["user_name"]), text(&entry["kubernetes_groups"][0]), tags.keys().cloned().collect())
        })
        .collect();
    let expected = names.iter().map(|name| (format!("u:{name}"), name.clone(), name.clone())).collect();
    assert_eq!(read, expected);
}
