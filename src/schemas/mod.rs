//! The JSON Schemas of `docs/schemas`, made of the types that are read and written. Only tests know this module, so that no
//! build pays for it (`docs/adr/0017-schemas-in-tests.md`).

mod kept;
mod shape;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::access::assertions::schema_of_file as schema_of_assertions;
use crate::journal::{JOURNAL_FORMAT, schema_of_line};
use crate::parity::Parity;
use crate::planner::{FormatVersion, Plan, schema_of_decisions};
use crate::render::findings::schema as schema_of_findings;
use kept::is_kept;

const ALL: [&str; 6] = ["assertions", "decisions", "findings", "journal", "parity", "plan"];

/// A schema, and what its title and its description say.
struct Described {
    title: String,
    description: &'static str,
    /// It is of what this program writes; else of what it reads.
    is_written: bool,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

fn described(name: &str) -> Described {
    let of =
        |title: String, description, is_written, schema| Described { title, description, is_written, schema };
    match name {
        "plan" => of(
            format!("eksodus plan, format {}", FormatVersion::CURRENT),
            "A plan: what `plan --out` saves, and what `plan -o json` and `show -o json` print. docs/plan-file.md describes it.",
            true,
            Plan::json_schema,
        ),
        "parity" => of(
            format!("eksodus parity, as in plans of format {}", FormatVersion::CURRENT),
            "The proof of a plan, its field `parity`. docs/parity.md describes it.",
            true,
            Parity::json_schema,
        ),
        "findings" => of(
            "eksodus findings".to_owned(),
            "What `lint -o json` prints: of an aws-auth what was found in it and what EKS makes of each section, of a plan the findings about it. docs/commands.md describes it.",
            true,
            schema_of_findings,
        ),
        "journal" => of(
            format!("eksodus journal record, format {JOURNAL_FORMAT}"),
            "One line of the journal of a run. docs/journal.md describes it.",
            true,
            schema_of_line,
        ),
        "decisions" => of(
            "eksodus decisions".to_owned(),
            "What the team has decided for the migration from aws-auth to access entries: the file eksodus.yaml. docs/decisions.md describes it.",
            false,
            schema_of_decisions,
        ),
        _ => of(
            "eksodus assertions".to_owned(),
            "Who must be able to do what in a cluster, and who must not: a file for `eksodus assert`. docs/assertions.md describes it.",
            false,
            schema_of_assertions,
        ),
    }
}

fn generated(name: &str) -> Value {
    let Described { title, description, is_written, schema } = described(name);
    let settings = SchemaSettings::draft2020_12();
    let settings = if is_written { settings.for_serialize() } else { settings.for_deserialize() };
    let mut generator = settings.into_generator();
    let mut root = schema(&mut generator).to_value();
    root["$defs"] = Value::Object(generator.take_definitions(false));
    root["title"] = title.into();
    root["description"] = description.into();
    shape::tidy(&mut root, is_written);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root
}

#[test]
fn the_schemas_of_the_documentation_are_those_of_the_types() {
    let stale: Vec<&str> = ALL.into_iter().filter(|name| !is_kept(name, &generated(name))).collect();
    assert!(
        stale.is_empty(),
        "not as the types are: {stale:?}; EKSODUS_EXPECTED=1 cargo test --lib schemas writes them"
    );
}
