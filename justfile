# What a developer runs; `just` lists it.

default:
    @just --list

# Everything that must pass before a change lands.
ci:
    .ci/run

# The tests, one process each.
test *ARGS:
    cargo nextest run {{ARGS}}

lint:
    cargo fmt --all
    cargo clippy --all-targets -- -D warnings

# Accept new snapshots of the binary's output after reading them.
review:
    cargo insta review

# Instruction counts and peak memory; needs valgrind.
bench:
    cargo bench

# Feed random bytes to a target of fuzz/: audit, cut, decisions, journal, manifest, plan_file, rbac, reader.
fuzz TARGET RUNS="1000000":
    .ci/fuzz target/fuzz {{RUNS}} {{TARGET}}

# Read a folder of aws-auth files of your own.
corpus DIR:
    EKSODUS_CORPUS={{DIR}} cargo test --test pure corpus -- --nocapture
