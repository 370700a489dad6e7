//! Somebody else's text in every field of every file that is read, in file names, arguments and journals, and every output
//! of it. What is seen of it is told by means that are not those that escape.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

use serde_json::Value;

use crate::apply::{apply, planned, run_folder};
use crate::bench::{Bench, Ran, fixture_path};
use crate::export::FORMS;
use crate::kit::markup::holds_only_ours;
use crate::kit::seen::{hidden_in, live, parsed, payloads, without_styles};

/// A string as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match u32::from(c) {
            0x22 | 0x5c => quoted.extend(['\\', c]),
            code @ (..0x20 | 0x7f..0xb0 | 0x2000..0x2100 | 0xfeff) => {
                quoted.push_str(&format!("\\u{code:04x}"))
            }
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}

/// The names of the fields of a file; `-` is an item of a list.
fn fields(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| Some(field(line)?.0.to_owned())).collect()
}

/// The field of a line with a text for its value: its name, what stands before the value, the value, and what is behind.
fn field(line: &str) -> Option<(&str, &str, &str, &str)> {
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let (key, value) = match line[start..].split_once(": ") {
        Some((key, value)) => (key.trim_matches('"'), value),
        None if line[..start].contains('-') => ("-", &line[start..]),
        None => return None,
    };
    let bare = value.trim_end_matches(',').trim_matches('"');
    let is_text =
        !bare.is_empty() && !bare.starts_with(['[', '{', '|', '#']) && !matches!(bare, "true" | "false");
    let behind = if value.ends_with(',') { "," } else { "" };
    is_text.then(|| (key, &line[..line.len() - value.len()], bare, behind))
}

/// The text with the payload behind the values of a field: of each one, or of the last only, with which more goes on.
fn with(text: &str, name: &str, payload: &str, everywhere: bool) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in lines.iter_mut().rev() {
        let Some((key, before, value, behind)) = field(line) else { continue };
        if key == name {
            *line = format!("{before}{}{behind}", quoted(&format!("{value}{payload}")));
            if !everywhere {
                break;
            }
        }
    }
    lines.join("\n") + "\n"
}

/// What was printed is for eyes, and ended as it should.
fn seen(bench: &Bench, args: &[&str]) -> Ran {
    seen_os(bench, &args.iter().map(OsStr::new).collect::<Vec<_>>())
}

fn seen_os(bench: &Bench, args: &[&OsStr]) -> Ran {
    let mut command = bench.command(&[]);
    command.args(args);
    let ran = bench.run_with(command, b"");
    for text in [&ran.stdout, &ran.stderr] {
        let plain = without_styles(text);
        assert_eq!(hidden_in(&plain), None, "{args:?}\n{plain:?}");
        let coloured = args.contains(&OsStr::new("always"));
        assert!(coloured || plain == *text, "{args:?}\n{text:?}");
    }
    let code = ran.code;
    assert!(matches!(code, Some(0..=6)), "{args:?}: {}", ran.all());
    if args.contains(&OsStr::new("json")) && !ran.stdout.is_empty() {
        let read: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(read.is_object() || read.is_array());
    }
    if args.contains(&OsStr::new("markdown")) {
        is_only_text(&ran.stdout);
    }
    if args.contains(&OsStr::new("html")) && !ran.stdout.is_empty() {
        holds_only_ours(&ran.stdout);
    }
    ran
}

/// Nothing is in a comment but what a plan of ours has there.
fn is_only_text(markdown: &str) {
    let found = parsed(markdown);
    for node in &found.structure {
        let node = node.trim_start();
        let ours = [
            "Document",
            "Paragraph",
            "Strong",
            "list",
            "item",
            "heading ",
            "table ",
            "Table",
            "code block \"diff\"",
            "code block \"sh\"",
            "Alert(",
        ];
        let folds = ["What this relies on", "Nodes", "Existing entries, unchanged", ": "];
        let folds = folds.map(|title| format!("html \"<details><summary>{title}"));
        let html = ["html \"-->\\n\"", "html \"</details>\\n\""];
        let html = html.into_iter().chain(folds.iter().map(String::as_str));
        assert!(ours.into_iter().chain(html).any(|ours| node.starts_with(ours)), "{node}\n{markdown}");
        assert!(!node.starts_with("html ") || node.matches('<').count() <= 3, "{node}\n{markdown}");
    }
    let is_title = |title: &String| {
        title.bytes().all(|b| b.is_ascii_alphabetic() || b" ,-".contains(&b)) && title.len() < 40
    };
    // the first one has the name of the cluster, or of the file
    assert!(found.headings.iter().skip(1).all(is_title), "{:?}", found.headings);
    assert!(!found.headings.iter().skip(1).any(|title| title.contains("heading") || title.contains("gone")));
    let alive: Vec<&String> = found.words.iter().filter(|word| live(word)).collect();
    assert!(alive.is_empty(), "{alive:?}\n{markdown}");
}

/// All payloads but the longest, in turn, so that each field meets some and each payload some fields.
fn in_turn() -> impl FnMut() -> String {
    let payloads: Vec<String> = payloads().into_iter().filter(|payload| payload.len() < 200).collect();
    let mut next = (0..payloads.len()).cycle();
    move || next.next().map(|i| payloads[i].clone()).unwrap_or_default()
}

/// Every field of these files of the snapshot, each with another payload, and the commands that read them.
fn fields_of(files: &[&str], commands: &[&[&str]]) {
    let mut payload = in_turn();
    let mut printed = 0;
    for file in files {
        let text = fs::read_to_string(fixture_path("quickstart").join(file)).unwrap();
        let names = fields(&text);
        assert!(names.len() > 1, "{file}: {names:?}");
        for (i, name) in names.iter().enumerate() {
            let bench = Bench::new();
            bench.copy("quickstart", "sim");
            let payload = payload();
            bench.write(&format!("sim/{file}"), with(&text, name, &payload, i % 2 == 0));
            exports(&bench, i);
            for command in commands {
                let ran = seen(&bench, command);
                let end: String = payload.chars().rev().take_while(char::is_ascii_alphanumeric).collect();
                let end: String = end.chars().rev().collect();
                printed += usize::from(end.len() > 2 && (ran.stdout + &ran.stderr).contains(&end));
            }
        }
    }
    assert!(printed > 0, "no payload of {files:?} was printed");
}

/// A plan that somebody else's text is in, in a quarter of the forms.
fn exports(bench: &Bench, turn: usize) {
    let saved = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json"]);
    if matches!(saved.code, Some(0 | 4)) {
        for form in FORMS.iter().skip(turn % 4).step_by(4) {
            seen(bench, &[&["export", "plan.json", "--applied"], *form].concat());
        }
    }
}

const PLANS: [&[&str]; 4] = [
    &["plan", "--snapshot", "sim", "--color", "always", "--verbose"],
    &["plan", "--snapshot", "sim", "-o", "json"],
    &["plan", "--snapshot", "sim", "-o", "markdown", "--verbose"],
    &["plan", "--snapshot", "sim", "-o", "html"],
];

#[test]
fn of_aws_auth_and_decisions_all_is_shown_as_text() {
    let more: [&[&str]; 11] = [
        &["decide", "--snapshot", "sim", "-o", "json"],
        &["assert", "--record", "--snapshot", "sim", "--color", "always"],
        &["assert", "--record", "--snapshot", "sim", "-o", "json"],
        &["explain", "arn:aws:iam::111122223333:role/deployer", "--snapshot", "sim", "--color", "always"],
        &["who-can", "get", "pods", "--snapshot", "sim", "--color", "always"],
        &["lint", "--snapshot", "sim", "--color", "always"],
        &["lint", "--snapshot", "sim", "-o", "json"],
        &["whois", "arn:aws:iam::111122223333:role/deployer", "--snapshot", "sim"],
        &["whois", "arn:aws:iam::111122223333:user/ops/maria", "--snapshot", "sim", "-o", "json"],
        &["rehearse", "--snapshot", "sim", "--verbose", "--through", "verify"],
        &["status", "--simulate", "sim", "-o", "json"],
    ];
    fields_of(&["aws-auth.yaml", "eksodus.yaml"], &[&PLANS[..], &more[..]].concat());
}

#[test]
fn of_what_aws_says_all_is_shown_as_text() {
    let files =
        ["cluster.json", "caller.json", "nodegroups.json", "fargate-profiles.json", "access-policies.json"];
    let more: [&[&str]; 3] = [
        &["status", "--simulate", "sim"],
        &["rehearse", "--snapshot", "sim", "--color", "always", "--through", "entries"],
        &["policies", "--snapshot", "sim"],
    ];
    fields_of(&files, &[&PLANS[..], &more[..]].concat());
    fields_of(&["iam-roles.json", "iam-users.json"], &PLANS);
}

#[test]
fn of_what_kubernetes_says_all_is_shown_as_text() {
    let more: [&[&str]; 6] = [
        &["explain", "arn:aws:iam::111122223333:role/deployer", "--snapshot", "sim", "--color", "always"],
        &["explain", "arn:aws:iam::111122223333:user/ops/maria", "--snapshot", "sim", "-o", "json"],
        &[
            "explain",
            "arn:aws:iam::111122223333:user/ops/maria",
            "--snapshot",
            "sim",
            "--verb",
            "get",
            "--resource",
            "pods",
        ],
        &["who-can", "get", "pods", "-n", "shop", "--snapshot", "sim", "--color", "always"],
        &["who-can", "get", "pods", "-n", "shop", "--snapshot", "sim", "-o", "json"],
        &["who-can", "--dangerous", "--snapshot", "sim", "-v"],
    ];
    fields_of(&["rbac.yaml", "namespaces.yaml"], &[&PLANS[..], &more[..]].concat());
}

/// What a log has of people and objects is told in full where the snapshot decides it otherwise.
#[test]
fn of_an_audit_log_all_is_shown_as_text() {
    let mut printed = 0;
    for payload in payloads() {
        let bench = Bench::new();
        bench.copy("quickstart", "sim");
        let of = |canonical: &str| {
            serde_json::json!({
                "kind": "Event", "stage": "ResponseComplete", "verb": format!("get{payload}"),
                "user": {
                    "username": format!("x{payload}"), "groups": [format!("g{payload}")],
                    "uid": "aws-iam-authenticator:111122223333:AROAX", "extra": {"canonicalArn": [canonical]},
                },
                "objectRef": {
                    "resource": format!("pods{payload}"), "apiGroup": payload, "subresource": payload,
                    "namespace": format!("shop{payload}"), "name": payload,
                },
                "annotations": {
                    "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": payload,
                },
            })
        };
        let mut of_path = of(&format!("arn:aws:iam::111122223333:role/Dev{payload}"));
        of_path["objectRef"] = Value::Null;
        of_path["requestURI"] = format!("/x{payload}").into();
        let known = of("arn:aws:iam::111122223333:user/ops/maria");
        bench.write("sim/log", format!("{known}\n{of_path}\n{payload}\n{{\"{payload}\n"));
        for how in [&["--color", "always"][..], &["-o", "json"]] {
            let ran = seen(&bench, &[&["replay", "sim/log", "--snapshot", "sim", "--verbose"], how].concat());
            printed += ran.stdout.matches("maria").count();
        }
    }
    assert!(printed > payloads().len(), "{printed}");
}

/// Whatever stands in rules and bindings comes back in rows.
#[test]
fn what_bindings_give_a_group_is_shown_as_text() {
    let mut printed = 0;
    for payload in payloads().iter().map(|payload| payload.replace('\0', "")) {
        let bench = Bench::new();
        let name = quoted(&payload);
        let of_role = format!(
            r#""metadata": {{"name": {name}}}, "rules": [
            {{"apiGroups": [{name}], "resources": [{name}, "pods"], "verbs": ["get", {name}], "resourceNames": [{name}]}},
            {{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}},
            {{"nonResourceURLs": [{name}], "verbs": [{name}]}}]"#
        );
        let binding = |kind: &str, metadata: &str, role: &str| {
            format!(
                r#"{{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "{kind}", "metadata": {{{metadata}}},
                "roleRef": {{"kind": "{role}", "name": {name}}}, "subjects": [{{"kind": "Group", "name": {name}}}]}}"#
            )
        };
        let items = [
            format!(r#"{{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", {of_role}}}"#),
            binding("ClusterRoleBinding", &format!(r#""name": {name}"#), "ClusterRole"),
            binding("RoleBinding", &format!(r#""name": {name}, "namespace": {name}"#), "Role"),
        ];
        bench.write("rbac.json", format!(r#"{{"kind": "List", "items": [{}]}}"#, items.join(", ")));
        let commands: [&[&str]; 4] = [
            &["policies", "--for-group", &payload, "--rbac", "rbac.json", "--color", "always"],
            &["policies", "--for-group", &payload, "--rbac", "rbac.json", "-o", "json"],
            &["policies", "AmazonEKSSecretReaderPolicy", "--rbac", "rbac.json", "--color", "always"],
            &["policies", "AmazonEKSSecretReaderPolicy", "--rbac", "rbac.json", "-o", "json"],
        ];
        // an option is no name of a group
        for command in commands.iter().skip(if payload.starts_with('-') { 2 } else { 0 }) {
            let ran = seen(&bench, command);
            assert_eq!(ran.code, Some(0), "{}", ran.all());
            printed += usize::from(ran.stdout.contains("secrets"));
        }
    }
    assert!(printed > 20, "{printed}");
}

#[test]
fn of_entries_and_runs_all_is_shown_as_text() {
    let payload = &mut in_turn();
    let bench = planned();
    assert_eq!(apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]).code, Some(6));
    let folder = run_folder(&bench);
    let files =
        [bench.path("sim/access-entries.json"), folder.join("journal.jsonl"), folder.join("plan.json")];
    let run = folder.to_str().unwrap();
    let commands: [&[&str]; 9] = [
        &["report", run, "--color", "always"],
        &["report", run, "-o", "json"],
        &["report", run, "--simulate", "sim", "-o", "html"],
        &["status", "--simulate", "sim", "--color", "always"],
        &["status", "--simulate", "sim", "-o", "json"],
        &["verify", "plan.json", "--simulate", "sim"],
        &["verify", "plan.json", "--simulate", "sim", "-o", "json"],
        &["rollback", "--simulate", "sim", "-o", "markdown"],
        &["rollback", "--simulate", "sim", "--color", "always"],
    ];
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let damage = |payload: &str| {
            let name = fields(&text).into_iter().next().unwrap_or_default();
            let first = text.find('"').unwrap() + 1;
            [
                format!("{text}{payload}\n"),
                format!("{}{}{}", &text[..first], payload, &text[first..]),
                text.replacen("arn:aws", &format!("{payload}arn:aws"), 1),
                text.replacen("STANDARD", quoted(payload).trim_matches('"'), 1),
                with(&text, &name, payload, true),
            ]
        };
        for i in 0..5 {
            bench.write(file.strip_prefix(bench.path("")).unwrap().to_str().unwrap(), &damage(&payload())[i]);
            commands.iter().for_each(|command| drop(seen(&bench, command)));
        }
        bench.write(file.strip_prefix(bench.path("")).unwrap().to_str().unwrap(), &text);
    }
}

const ARN: &str = "arn:aws:iam::111122223333:role/deployer";

#[test]
fn file_names_and_arguments_are_shown_as_text() {
    for (turn, payload) in payloads().iter().enumerate() {
        let name: String = payload.replace(['/', '\0'], "_").chars().take(50).collect();
        let bench = Bench::new();
        bench.copy("quickstart", &name);
        fs::copy(bench.path(&name).join("aws-auth.yaml"), bench.path(&format!("{name}.yaml"))).unwrap();
        let (file, plan, none) =
            (format!("./{name}.yaml"), format!("./{name}.json"), format!("./{name}.none"));
        let folder = format!("./{name}");
        let saved = seen(&bench, &["plan", "--snapshot", &folder, "--aws-auth", &file, "--out", &plan]);
        assert_eq!(saved.code, Some(0), "{}", saved.all());
        let text = payload.replace('\0', "");
        let commands: [&[&str]; 30] = [
            &["show", &plan, "--color", "always"],
            &["show", &plan, "-o", "json"],
            &["show", &plan, "-o", "markdown"],
            &["plan", "--aws-auth", &file, "-o", "markdown"],
            &["plan", "--aws-auth", &file, "--config", &none],
            &["plan", "--aws-auth", &file, "--config", &file],
            &["plan", "--aws-auth", &none, "-o", "json"],
            &["lint", "--aws-auth", &file, "--color", "always"],
            &["lint", "--aws-auth", &file, "-o", "json"],
            &["lint", "--snapshot", &none],
            &["whois", &payload.replace('\0', ""), "--aws-auth", &file, "--color", "always"],
            &["whois", &payload.replace('\0', ""), "--aws-auth", &file, "-o", "json"],
            &["explain", &text, "--aws-auth", &file, "--color", "always"],
            &["explain", ARN, "--verb", &text, "--resource", &text, "--name", &text, "--aws-auth", &file],
            &["who-can", &text, &text, &text, "-n", &text, "--aws-auth", &file, "--color", "always"],
            &["who-can", "get", &text, "-n", &text, "--aws-auth", &file, "-o", "json"],
            &["policies", &payload.replace('\0', ""), "--snapshot", &folder],
            &["policies", "--for-group", &payload.replace('\0', ""), "--snapshot", &folder, "-o", "json"],
            &["policies", "AmazonEKSViewPolicy", "--rbac", &file],
            &["show", &file],
            &["prove", &plan, "--snapshot", &folder, "--aws-auth", &file],
            &["verify", &plan, "--simulate", &folder],
            &["apply", &plan, "--simulate", &folder, "--allow-irreversible", "--color", "always"],
            &["status", "--simulate", &folder],
            &["status", "--simulate", &folder, "-o", "json"],
            &["rollback", "--simulate", &folder, &none],
            &["rollback", "--simulate", &folder, "-o", "markdown"],
            &["man", &payload.replace('\0', "")],
            &["plan", "--output", &none, "--color", "always"],
            &[&none, "--color", "always"],
        ];
        // each command meets a third of the payloads
        for (_, command) in commands.iter().enumerate().filter(|(i, _)| (i + turn) % 3 == 0) {
            seen(&bench, command);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_no_text_is_shown_as_text() {
    use std::os::unix::ffi::OsStrExt as _;

    let bench = Bench::new();
    let name = OsStr::from_bytes(b"\xff\x9b31m\x1b[31m\xe2\x80\xaex");
    for command in [["lint", "--aws-auth"], ["plan", "--snapshot"], ["show", "--"]] {
        let ran = seen_os(&bench, &[OsStr::new(command[0]), OsStr::new(command[1]), name]);
        assert!(ran.stderr.contains("\\u{1b}[31m\\u{202e}x"), "{}", ran.all());
    }
}
