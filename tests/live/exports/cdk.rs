//! The stack in TypeScript: it compiles against aws-cdk-lib, and synthesises to the template of `--to cloudformation`.

use std::path::{Path, PathBuf};
use std::process::Command;

use eksodus::export::{Handover, cdk, cloudformation};
use serde_json::Value;

use super::{Exported, hostile};
use crate::servers::skipped;

/// Where `node_modules` with aws-cdk-lib and TypeScript are: `.ci/cdk-tools` makes it.
const TOOLS: &str = "EKSODUS_CDK_TOOLS";

const SYNTH: &str = "
const { App } = require('aws-cdk-lib');
const templates = process.argv.slice(2).map((name) => {
    const { AccessEntries } = require(name);
    const app = new App({ analyticsReporting: false });
    new AccessEntries(app, 'entries');
    return app.synth().getStackByName('entries').template;
});
console.log(JSON.stringify(templates));
";

fn node(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("node").args(args).current_dir(folder).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn the_stack_compiles_and_synthesises_to_the_template() {
    let test = "exports::the_stack_compiles_and_synthesises_to_the_template";
    let Some(tools) = std::env::var_os(TOOLS).map(PathBuf::from).filter(|it| it.is_dir()) else {
        return skipped(test, &format!("{TOOLS} names no folder (see CONTRIBUTING.md)"));
    };
    let exported = Exported::new();
    let folder = exported.dir.path();
    exported.write("quick.ts", &["--to", "cdk"]);
    exported.write("quick.yaml", &["--to", "cloudformation"]);
    let handover: Handover = hostile(&exported.plan);
    std::fs::write(folder.join("hostile.ts"), cdk(&handover).expect("all of it can be said"))
        .expect("a file");
    let template = cloudformation(&handover).expect("all of it can be said");
    std::fs::write(folder.join("hostile.yaml"), template).expect("a file");
    std::fs::write(folder.join("synth.js"), SYNTH).expect("a file");
    std::os::unix::fs::symlink(tools.join("node_modules"), folder.join("node_modules")).expect("a link");

    let options =
        ["--strict", "--skipLibCheck", "--module", "commonjs", "--target", "es2022", "--outDir", "."];
    let compiler = ["node_modules/typescript/bin/tsc"];
    node(folder, &[&compiler[..], &options, &["quick.ts", "hostile.ts"]].concat());
    let told = node(folder, &["synth.js", "./quick.js", "./hostile.js"]);
    let templates: Vec<Value> = serde_json::from_str(&told).expect("JSON");
    for (name, template) in ["quick.yaml", "hostile.yaml"].iter().zip(templates) {
        let text = std::fs::read_to_string(folder.join(name)).expect("the template");
        let expected: Value = serde_saphyr::from_str(&text).expect("YAML");
        assert_eq!(template["Resources"], expected["Resources"], "{name}");
        assert_eq!(template["Description"], expected["Description"]);
        assert!(expected["Resources"].as_object().is_some_and(|it| it.len() > 5));
    }
}
