//! What a text is that is no manifest of `aws-auth`: what people hold in their hands instead.

use super::error::{ManifestError, ManifestErrorKind};

/// Known by the text and by why it could not be read. Places are lines from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LooksLike {
    /// Nothing, or nothing but comments.
    Nothing {
        has_comments: bool,
    },
    /// `iamIdentityMappings` of a ClusterConfig of eksctl.
    Eksctl,
    /// `- rolearn: …`, what stands in a section, without the section.
    Mappings,
    /// `mapRoles:` at the top, without a ConfigMap around it.
    Sections,
    /// `mapRoles:` is followed by a list, and not by `|` and a text.
    NoText {
        section: String,
        line: usize,
    },
    Terraform,
    /// A template with `{{` that nobody has rendered.
    Template {
        line: usize,
    },
    CloudFormation,
    Kustomization,
    /// What kubectl prints when it fails.
    KubectlError,
    /// A page, such as a proxy or a login answers with.
    Html,
}

const SECTIONS: [&str; 3] = ["mapRoles", "mapUsers", "mapAccounts"];

impl LooksLike {
    /// `None`: it looks like nothing that is known, or the error says all there is to say.
    pub fn of(bytes: &[u8], error: &ManifestError) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let lines = || text.lines().map(|line| line.trim_start_matches('\u{feff}'));
        let has_line = |begins: &str| lines().any(|line| line.starts_with(begins));
        let first = lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let first = first.unwrap_or_default();
        Some(match &error.kind {
            ManifestErrorKind::Empty => {
                Self::Nothing { has_comments: lines().any(|line| line.trim_start().starts_with('#')) }
            }
            ManifestErrorKind::NotAString { key, found: "a list" } if SECTIONS.contains(&key.as_str()) => {
                let is_key = |line: &str| line.trim_start().starts_with(&format!("{key}:"));
                let line = lines().position(is_key)? + 1;
                Self::NoText { section: key.clone(), line }
            }
            _ if first.starts_with("Error from server") || first.starts_with("error:") => Self::KubectlError,
            _ if first.to_ascii_lowercase().starts_with("<!doctype html") || first.starts_with("<html") => {
                Self::Html
            }
            _ if [
                "resource \"",
                "module \"",
                "locals {",
                "terraform {",
                "data \"",
                "variable \"",
                "provider \"",
            ]
            .iter()
            .any(|begins| has_line(begins)) =>
            {
                Self::Terraform
            }
            _ if has_line("iamIdentityMappings:") || text.contains("apiVersion: eksctl.io/") => Self::Eksctl,
            _ if has_line("AWSTemplateFormatVersion") => Self::CloudFormation,
            _ if text.contains("kind: Kustomization") => Self::Kustomization,
            _ if text.contains("{{") && is_of_a_template(error, text) => {
                let line = lines().position(|line| line.contains("{{") && !is_of_eks(line))?;
                Self::Template { line: line + 1 }
            }
            _ if is_a_mapping(first) => Self::Mappings,
            _ if SECTIONS.iter().any(|section| has_line(&format!("{section}:"))) => Self::Sections,
            _ => return None,
        })
    }
}

/// `{{SessionName}}` and its like are EKS's own, within a text that is read.
fn is_of_a_template(error: &ManifestError, text: &str) -> bool {
    let is_shaped = matches!(
        error.kind,
        ManifestErrorKind::Syntax(_) | ManifestErrorKind::WrongName(_) | ManifestErrorKind::WrongNamespace(_)
    );
    is_shaped || text.lines().any(|line| line.trim_start().starts_with("{{"))
}

fn is_of_eks(line: &str) -> bool {
    let of_eks = ["{{SessionName", "{{EC2PrivateDNSName}}", "{{AccessKeyID}}", "{{AccountID}}"];
    line.matches("{{").count() == of_eks.iter().map(|known| line.matches(known).count()).sum::<usize>()
}

fn is_a_mapping(line: &str) -> bool {
    let keys = ["rolearn", "userarn", "username", "groups"];
    line.strip_prefix("- ").is_some_and(|rest| {
        let key = rest.split(':').next().unwrap_or_default().trim_matches(['"', '\'']);
        keys.iter().any(|known| known.eq_ignore_ascii_case(key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Manifest;

    fn looks(text: &str) -> Option<LooksLike> {
        let error = Manifest::parse("x", text.as_bytes()).unwrap_err();
        LooksLike::of(text.as_bytes(), &error)
    }

    #[test]
    fn what_people_hold_is_told_apart() {
        let nothing = |has_comments| Some(LooksLike::Nothing { has_comments });
        assert_eq!(looks(""), nothing(false));
        assert_eq!(looks("# a\n#b\n"), nothing(true));
        assert_eq!(looks("kind: ClusterConfig\niamIdentityMappings:\n- arn: x\n"), Some(LooksLike::Eksctl));
        assert_eq!(looks("- rolearn: x\n  username: y\n"), Some(LooksLike::Mappings));
        assert_eq!(looks("- \"groups\": []\n"), Some(LooksLike::Mappings));
        assert_eq!(looks("mapRoles: |\n  - rolearn: x\n"), Some(LooksLike::Sections));
        let list = "kind: ConfigMap\nmetadata: {name: aws-auth}\ndata:\n  mapUsers:\n    - userarn: x\n";
        assert_eq!(looks(list), Some(LooksLike::NoText { section: "mapUsers".to_owned(), line: 4 }));
        assert_eq!(looks("resource \"kubernetes_config_map\" \"a\" {\n}\n"), Some(LooksLike::Terraform));
        let template = "kind: ConfigMap\ndata:\n  mapRoles: |\n{{ toYaml .Values.x | indent 4 }}\n";
        assert_eq!(looks(template), Some(LooksLike::Template { line: 4 }));
        let named = "kind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n";
        assert_eq!(looks(named), Some(LooksLike::Template { line: 3 }));
        assert_eq!(looks("AWSTemplateFormatVersion: 1\n"), Some(LooksLike::CloudFormation));
        assert_eq!(looks("kind: Kustomization\n"), Some(LooksLike::Kustomization));
        assert_eq!(looks("Error from server (NotFound): x\n"), Some(LooksLike::KubectlError));
        assert_eq!(looks("<!DOCTYPE html><html>\n"), Some(LooksLike::Html));
        assert_eq!(looks("kind: Secret\n"), None);
        assert_eq!(looks("- a\n"), None);
        // what EKS replaces is no template of somebody's
        assert_eq!(looks("kind: ConfigMap\nmetadata: {name: x}\ndata: {a: '{{SessionName}}'}\n"), None);
    }
}
