//! How each page with something to type is played.

use super::played::Scene;

/// A snapshot, the team's decisions, and a plan.
const PLANNED: &str =
    "cp -r fixtures/quickstart prod-eu; rm prod-eu/eksodus.yaml; cp fixtures/quickstart/eksodus.yaml .
    eksodus plan --snapshot prod-eu --config eksodus.yaml --out plan.json --quiet >/dev/null";

/// In place of a bucket: a folder.
const NO_BUCKET: (&str, &str) = ("s3://acme-migrations/eksodus", "state");

/// In place of minutes of watching: one look.
const ONE_LOOK: [(&str, &str); 3] =
    [("--watch 10", "--watch 0"), ("--watch 15", "--watch 0"), ("--watch 60", "--watch 0")];

/// In place of every interruption: a few.
const A_FEW: (&str, &str) = ("--all-faults ", "--all-faults --sample 20 ");

/// In the order of their names.
pub const SCENES: &[Scene] = &[
    Scene {
        page: "README.md",
        before: PLANNED,
        unseen: &[("eksodus plan --aws-auth", "cp fixtures/quickstart/aws-auth.yaml aws-auth.yaml")],
        instead: &[
            ONE_LOOK[0],
            ("/etc/bash_completion.d/eksodus", "completions"),
            ("--allow-irreversible        # up to", "--allow-irreversible --yes  # up to"),
        ],
        ..Scene::PLAIN
    },
    Scene { page: "docs/assertions.md", ..Scene::PLAIN },
    Scene {
        page: "docs/audit-log.md",
        before: "cp -r fixtures/quickstart prod-eu; gzip -c fixtures/quickstart/audit.jsonl > audit.log.gz
            mkdir -p export/2026; cp audit.log.gz export/2026/1.gz",
        left_out: &[(
            "eksodus plan --cluster prod-eu --audit-days",
            "the simulator has no audit log here; the tests of --audit-days give it one",
        )],
        ..Scene::PLAIN
    },
    Scene {
        page: "docs/ci.md",
        before: PLANNED,
        left_out: &[("eksodus apply plan.json --plan-digest blake3:DIGEST", "only a review has the digest")],
        ..Scene::PLAIN
    },
    Scene {
        page: "docs/commands.md",
        before: "mkdir -p ~/.local/share/bash-completion/completions",
        unseen: &[
            ("eksodus plan --cluster", "cp fixtures/quickstart/eksodus.yaml ."),
            (
                "eksodus status --cluster",
                "export GITHUB_SERVER_URL=https://github.com GITHUB_REPOSITORY=acme/clusters GITHUB_RUN_ID=4711 GITHUB_RUN_ATTEMPT=2 GITHUB_ACTIONS=true
                eksodus apply plan.json --cluster prod-eu --allow-irreversible --yes --note CHG-7",
            ),
        ],
        instead: &[("bca9968f689b-1", "5ca24caad531-1")],
        left_out: &[("export EKSODUS_CONFIG", "the other examples find their decisions by themselves")],
        ..Scene::PLAIN
    },
    Scene { page: "docs/events.md", before: PLANNED, ..Scene::PLAIN },
    Scene { page: "docs/hand-over.md", before: PLANNED, ..Scene::PLAIN },
    Scene {
        page: "docs/operations.md",
        part: ("", "## When it goes wrong"),
        unseen: &[(
            "eksodus show plan.json --output markdown",
            "cp fixtures/quickstart/eksodus.yaml .; eksodus plan --snapshot prod-eu --out plan.json >/dev/null",
        )],
        instead: &[NO_BUCKET, ONE_LOOK[1], ONE_LOOK[2], A_FEW],
        needs_cluster: true,
        ..Scene::PLAIN
    },
    // a run that is done but for api-mode
    Scene {
        page: "docs/operations.md",
        part: ("## When it goes wrong", ""),
        before: PLANNED,
        unseen: &[(
            "eksodus status --cluster",
            "eksodus apply plan.json --cluster prod-eu --state state --through prune --allow-irreversible --yes",
        )],
        instead: &[NO_BUCKET, ("$STATE", "state")],
        needs_cluster: true,
        ..Scene::PLAIN
    },
    Scene { page: "docs/parity.md", ..Scene::PLAIN },
    Scene { page: "docs/quickstart.md", ..Scene::PLAIN },
    Scene {
        page: "docs/report.md",
        before: PLANNED,
        unseen: &[(
            "eksodus report RUN --cluster",
            "eksodus apply plan.json --cluster prod-eu --allow-irreversible --yes",
        )],
        instead: &[(" RUN ", " .eksodus/111122223333/eu-west-1/prod-eu/5ca24caad531-1 ")],
        ..Scene::PLAIN
    },
    Scene { page: "docs/simulator.md", ..Scene::PLAIN },
    Scene { page: "docs/snapshot.md", ..Scene::PLAIN },
];
