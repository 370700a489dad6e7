//! What of GitHub's runner a composite action meets: expressions, environment, output files, and the log.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::bench::Bench;

const ACTION: &str = include_str!("../../../action.yml");

/// Lists comments, and takes new ones, as `gh api` does; each call is a line of `gh.log`.
const GH: &str = r#"#!/bin/bash
set -eu
dir=$GH_FAKE
printf '%q ' "$@" >> "$dir/gh.log"; echo >> "$dir/gh.log"
[ "$GH_TOKEN" = the-token ] || { echo "HTTP 401" >&2; exit 1; }
[ ! -e "$dir/read-only" ] || [[ " $* " != *" --method "* ]] || { echo "HTTP 403" >&2; exit 1; }
body=
for arg in "$@"; do case $arg in body=@*) body=${arg#body=@} ;; esac; done
case " $* " in
  *" --method PATCH "*)
    [[ "$*" =~ issues/comments/([0-9]+) ]]
    cp "$body" "$dir/comment-${BASH_REMATCH[1]}.md" ;;
  *" --method POST "*)
    id=$((100 + $(ls "$dir" | grep -c '^comment-' || true)))
    cp "$body" "$dir/comment-$id.md"; echo 'github-actions[bot]' > "$dir/author-$id" ;;
  *" --paginate "*)
    for file in "$dir"/comment-*.md; do
      [ -e "$file" ] || continue
      id=${file##*/comment-}; id=${id%.md}
      printf '%s\t%s\t%s\n' "$id" "$(cat "$dir/author-$id")" "$(head -n 1 "$file")"
    done ;;
esac
"#;

pub struct Runner {
    pub bench: Bench,
    inputs: BTreeMap<String, String>,
}

/// What a job left.
#[derive(Debug, Default)]
pub struct Job {
    /// Of all steps: stdout and stderr as they came.
    pub log: String,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
    /// The first step that failed.
    pub failed: Option<String>,
}

pub fn action() -> Value {
    serde_saphyr::from_str(ACTION).unwrap()
}

pub fn steps() -> Vec<Value> {
    action()["runs"]["steps"].as_array().unwrap().clone()
}

impl Runner {
    pub fn new() -> Self {
        let bench = Bench::new();
        for folder in ["bin", "temp", "gh", "repository"] {
            fs::create_dir(bench.path(folder)).unwrap();
        }
        let gh = bench.write("bin/gh", GH);
        fs::set_permissions(gh, fs::Permissions::from_mode(0o755)).unwrap();
        bench.copy("quickstart", "repository/snapshot");
        let mut inputs: BTreeMap<String, String> = action()["inputs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, input)| (name.clone(), input["default"].as_str().unwrap().to_owned()))
            .collect();
        for (name, value) in [
            ("eksodus", env!("CARGO_BIN_EXE_eksodus")),
            ("snapshot", "snapshot"),
            ("pull-request", "7"),
            ("token", "the-token"),
        ] {
            inputs.insert(name.to_owned(), value.to_owned());
        }
        Self { bench, inputs }
    }

    #[must_use]
    pub fn with(mut self, input: &str, value: &str) -> Self {
        assert!(self.inputs.contains_key(input), "no input {input}");
        self.inputs.insert(input.to_owned(), value.to_owned());
        self
    }

    pub fn set(&mut self, input: &str, value: &str) {
        self.inputs.insert(input.to_owned(), value.to_owned());
    }

    /// The comments of the pull request, by their number.
    pub fn comments(&self) -> BTreeMap<String, String> {
        let entries = fs::read_dir(self.bench.path("gh")).unwrap().map(|entry| entry.unwrap().path());
        let comment = |path: PathBuf| {
            let name = path.file_name()?.to_str()?.strip_prefix("comment-")?.strip_suffix(".md")?.to_owned();
            Some((name, fs::read_to_string(&path).unwrap()))
        };
        entries.filter_map(comment).collect()
    }

    pub fn comment_by(&self, id: u32, author: &str, body: &str) {
        self.bench.write(&format!("gh/comment-{id}.md"), body);
        self.bench.write(&format!("gh/author-{id}"), author);
    }

    pub fn calls(&self) -> String {
        fs::read_to_string(self.bench.path("gh/gh.log")).unwrap_or_default()
    }

    /// Runs each step that has a script and is not left out; after one that fails, none.
    pub fn run(&self) -> Job {
        let mut job = Job::default();
        for step in steps() {
            if step["if"].as_str().is_some_and(|condition| !self.holds(condition)) || step["run"].is_null() {
                continue;
            }
            let id = step["id"].as_str().unwrap();
            if !self.step(id, &step, &mut job) {
                job.failed = Some(id.to_owned());
                return job;
            }
        }
        job
    }

    fn step(&self, id: &str, step: &Value, job: &mut Job) -> bool {
        let script = self.bench.write("step.sh", step["run"].as_str().unwrap());
        let outputs = self.bench.write("outputs", "");
        let summary = self.bench.write("summary", "");
        // as `shell: bash` of a step does
        assert_eq!(step["shell"], "bash");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(script);
        command.env_clear().current_dir(self.bench.path("repository"));
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.bench.path("bin").display()));
        command.env("GITHUB_OUTPUT", &outputs).env("GITHUB_STEP_SUMMARY", &summary);
        command.env("GH_FAKE", self.bench.path("gh")).env("HOSTNAME", "runner");
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, self.value(value.as_str().unwrap(), job));
        }
        let ran = command.output().unwrap();
        job.log.push_str(&String::from_utf8_lossy(&ran.stdout));
        job.log.push_str(&String::from_utf8_lossy(&ran.stderr));
        for line in fs::read_to_string(outputs).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            job.outputs.insert(format!("{id}.{name}"), value.to_owned());
        }
        job.summary.push_str(&fs::read_to_string(summary).unwrap());
        ran.status.success()
    }

    /// An expression, which is all of the text.
    fn value(&self, text: &str, job: &Job) -> String {
        let expression = text.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")).unwrap();
        let output = |path: &str| {
            let (id, name) = path.split_once(".outputs.").unwrap();
            job.outputs.get(&format!("{id}.{name}")).cloned().unwrap_or_default()
        };
        match expression.split_once('.').unwrap() {
            ("inputs", name) => self.inputs[name].clone(),
            ("steps", path) => output(path),
            ("runner", "temp") => self.bench.path("temp").display().to_string(),
            ("github", "action_path") => env!("CARGO_MANIFEST_DIR").to_owned(),
            ("github", "repository") => "acme/clusters".to_owned(),
            other => unreachable!("{other:?} is not known here"),
        }
    }

    /// Comparisons with a text, all of which must hold.
    fn holds(&self, condition: &str) -> bool {
        condition.split(" && ").all(|part| {
            let is_equal = part.contains(" == ");
            let (input, text) = part.split_once(if is_equal { " == " } else { " != " }).unwrap();
            let value = &self.inputs[input.strip_prefix("inputs.").unwrap()];
            (value == text.trim_matches('\'')) == is_equal
        })
    }
}

/// The lines of a log that the runner takes for commands: not those between stop-commands and its token, and with those of the
/// old kind, which may stand anywhere in a line.
pub fn commands(log: &str) -> Vec<String> {
    let mut stopped: Option<String> = None;
    let mut found = Vec::new();
    for line in log.lines().map(str::trim_start) {
        match &stopped {
            Some(token) if line.starts_with(&format!("::{token}::")) => stopped = None,
            Some(_) => {}
            None if line.starts_with("::stop-commands::") => {
                stopped = line.rsplit("::").next().map(str::to_owned)
            }
            None if line.starts_with("::") || line.contains("##[") => found.push(line.to_owned()),
            None => {}
        }
    }
    assert_eq!(stopped, None, "commands stay stopped\n{log}");
    found
}
