//! A migration of a made-up cluster from the first look to the last call, with what goes wrong on the way: every command is
//! shown, and can be typed again on the folder that is left.

use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::files::{create_directory, write_atomic};
use eksodus::render::{Page, shell_word};

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, typed};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// New folder to play in
    #[arg(default_value = "eksodus-demo")]
    folder: PathBuf,
}

/// The cluster of the quick start, as it is in the repository.
const CLUSTER: [(&str, &str); 13] = [
    ("access-policies.json", include_str!("../../../fixtures/quickstart/access-policies.json")),
    ("api-resources.json", include_str!("../../../fixtures/quickstart/api-resources.json")),
    ("audit.jsonl", include_str!("../../../fixtures/quickstart/audit.jsonl")),
    ("aws-auth.yaml", include_str!("../../../fixtures/quickstart/aws-auth.yaml")),
    ("caller.json", include_str!("../../../fixtures/quickstart/caller.json")),
    ("cluster.json", include_str!("../../../fixtures/quickstart/cluster.json")),
    ("eksodus.yaml", include_str!("../../../fixtures/quickstart/eksodus.yaml")),
    ("fargate-profiles.json", include_str!("../../../fixtures/quickstart/fargate-profiles.json")),
    ("iam-roles.json", include_str!("../../../fixtures/quickstart/iam-roles.json")),
    ("iam-users.json", include_str!("../../../fixtures/quickstart/iam-users.json")),
    ("namespaces.yaml", include_str!("../../../fixtures/quickstart/namespaces.yaml")),
    ("nodegroups.json", include_str!("../../../fixtures/quickstart/nodegroups.json")),
    ("rbac.yaml", include_str!("../../../fixtures/quickstart/rbac.yaml")),
];

/// One command, why it is typed, and how it ends. `CLUSTER` and `PLAN` are in the folder.
struct Scene {
    why: &'static str,
    args: &'static [&'static str],
    ends: Exit,
}

const SCENES: [Scene; 8] = [
    Scene {
        why: "What is wrong with this aws-auth?",
        args: &["lint", "--snapshot", "CLUSTER", "--quiet"],
        ends: Exit::Done,
    },
    Scene {
        why: "What would be done, who loses or gains what, and why? Nothing is changed, the plan is saved.",
        args: &["plan", "--snapshot", "CLUSTER", "--out", "PLAN", "--quiet"],
        ends: Exit::Done,
    },
    Scene {
        why: "Rehearse it on a simulated cluster, where the answer to a call is lost, and roll it back.",
        args: &[
            "rehearse",
            "--snapshot",
            "CLUSTER",
            "--fault",
            "lost-answer:eks:CreateAccessEntry:2",
            "--rollback",
            "--quiet",
        ],
        ends: Exit::Done,
    },
    Scene {
        why: "Apply it (the folder is the cluster). The power goes off in the middle.",
        args: &[
            "apply",
            "PLAN",
            "--simulate",
            "CLUSTER",
            "--allow-irreversible",
            "--yes",
            "--fault",
            "halt:eks:CreateAccessEntry:3",
        ],
        ends: Exit::PartlyApplied,
    },
    Scene { why: "Where does it stand?", args: &["status", "--simulate", "CLUSTER"], ends: Exit::Done },
    Scene {
        why: "Apply it again: the run is resumed.",
        args: &["apply", "PLAN", "--simulate", "CLUSTER", "--allow-irreversible", "--yes"],
        ends: Exit::Done,
    },
    Scene {
        why: "Is the cluster as planned?",
        args: &["verify", "PLAN", "--simulate", "CLUSTER"],
        ends: Exit::Done,
    },
    Scene {
        why: "Undo it. Mappings first, so that nobody is without access in between.",
        args: &["rollback", "--simulate", "CLUSTER", "--yes"],
        ends: Exit::Done,
    },
];

pub fn run(args: DemoArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let DemoArgs { folder } = args;
    if folder.exists() {
        return Err(CliError::DemoThere { folder });
    }
    let (cluster, plan) = (folder.join("cluster"), folder.join("plan.json"));
    create_directory(&cluster)?;
    for (name, text) in CLUSTER {
        write_atomic(&cluster.join(name), text.as_bytes())?;
    }
    let count = SCENES.len();
    for (at, Scene { why, args, ends }) in SCENES.into_iter().enumerate() {
        let args: Vec<String> = args.iter().map(|arg| placed(arg, &cluster, &plan)).collect();
        let mut page = Page::default();
        if at > 0 {
            page.blank();
        }
        page.section(&format!("{} of {count}", at + 1), 0);
        page.line(0, why);
        page.command(
            0,
            format!("$ eksodus {}", args.iter().map(|arg| shell_word(arg)).collect::<Vec<_>>().join(" ")),
        );
        page.blank();
        context.console.data(page)?;
        let ended = typed(args.iter().map(String::as_str), context.host);
        if ended != ends {
            return Err(CliError::DemoWent { command: args.join(" "), code: ended.code() });
        }
    }
    let mut page = Page::default();
    page.blank();
    page.line(
        0,
        format!("All of it is in {}, to be looked at and tried again. Your own cluster:", folder.display()),
    );
    page.command(1, "eksodus plan --aws-auth aws-auth.yaml");
    page.command(1, "eksodus plan --cluster NAME --region REGION");
    context.console.data(page)?;
    Ok(Exit::Done)
}

fn placed(arg: &str, cluster: &Path, plan: &Path) -> String {
    match arg {
        "CLUSTER" => cluster.display().to_string(),
        "PLAN" => plan.display().to_string(),
        arg => arg.to_owned(),
    }
}
