//! The AWS CDK, version 2, in TypeScript: a stack that synthesises to the template of [`cloudformation`](super::cloudformation()).

use std::fmt::Write as _;

use super::cloudformation::{description, unsayable};
use super::spelling::{Spelling, TagShape};
use crate::export::ExportError;
use crate::export::error::{Unsayable, say_all};
use crate::export::handover::Handover;
use crate::export::names::logical_id;
use crate::export::value::Value;
use crate::json;

const SPELLING: Spelling = Spelling {
    principal: "principalArn",
    entry_type: "type",
    username: "username",
    groups: "kubernetesGroups",
    policies: "accessPolicies",
    policy: "policyArn",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
    tag_shape: TagShape::List { key: "key", value: "value" },
};

/// A module with one class, `AccessEntries`.
///
/// # Errors
/// When it is not known which cluster it is, or the CDK or CloudFormation cannot say a value.
pub fn cdk(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    let mut cannot = unsayable(handover);
    let mut constructs = String::new();
    for entry in &handover.entries {
        let of_cluster = [("clusterName".to_owned(), Value::text(&cluster.name))];
        let properties = Value::fields(of_cluster.into_iter().chain(SPELLING.fields_of(&entry.entry)));
        // a placeholder of the CDK's own, which it resolves or refuses (aws-cdk-lib, core/lib/private/encoding.ts)
        let tokens = properties.all_texts().into_iter();
        let tokens = tokens.filter(|text| text.contains("${Token[") || text.contains("#{Token["));
        cannot.extend(
            tokens.map(|text| {
                Unsayable::of(&entry.entry.principal, format!("{text:?}, which is a token to it"))
            }),
        );
        let id = string(&logical_id(cluster, &entry.entry.principal));
        let _ = writeln!(constructs, "      new CfnAccessEntry(this, {id}, {}),", literal(&properties, 6));
    }
    say_all("the CDK", cannot)?;
    let description = string(&description(cluster));
    let comments = handover.comments("//", true);
    Ok(format!(
        r#"// The access entries of {cluster}, as one stack.
{comments}import {{ RemovalPolicy, Stack, StackProps }} from "aws-cdk-lib";
import {{ CfnAccessEntry }} from "aws-cdk-lib/aws-eks";
import {{ Construct }} from "constructs";

export class AccessEntries extends Stack {{
  constructor(scope: Construct, id: string, props?: StackProps) {{
    super(scope, id, {{ description: {description}, ...props }});
    const entries = [
{constructs}    ];
    // whoever deletes the stack by mistake takes nobody's access
    entries.forEach((entry) => entry.applyRemovalPolicy(RemovalPolicy.RETAIN));
  }}
}}
"#
    ))
}

fn literal(value: &Value, indent: usize) -> String {
    match value {
        Value::Text(text) => string(text),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, indent)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Fields(fields) => {
            let mut text = "{\n".to_owned();
            for (key, value) in fields {
                let value = literal(value, indent + 2);
                let _ = writeln!(text, "{:fill$}{key}: {value},", "", fill = indent + 2);
            }
            let _ = write!(text, "{:indent$}}}", "");
            text
        }
    }
}

/// JSON is JavaScript (ECMAScript 2019, "JSON superset"), and nothing in ours is hidden.
fn string(text: &str) -> String {
    json::pretty(&text).unwrap_or_default().trim_end().to_owned()
}
