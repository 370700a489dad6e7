//! One rule a file; `docs/rules.md` says what each is about.

use super::check::{About, Check, Found, Rule};
use super::held::Held;
use super::input::{Input, SetAside};
use super::never::{self, Never};
use super::{nodes, rest, spans, spelling};
use crate::findings::{Blocker, Reason, RuleId};
use crate::model::{Username, UsernameRefusal};
use crate::planner::mappings::proposal::propose;
use crate::reader::Span;

macro_rules! rules {
    ($($file:ident,)*) => {
        $(mod $file;)*

        /// In the order of their ids.
        pub(crate) const RULES: &[Rule] = &[$($file::RULE,)*];
    };
}

rules! {
    account_id_placeholder,
    account_mapping,
    arn_case,
    binary_data,
    comment_in_value,
    dropped_entry,
    duplicate_key,
    eks_group,
    empty_group,
    empty_section,
    fall_through,
    folded_item,
    group_placeholder,
    half_a_node,
    iam_group_arn,
    implicit_group,
    instance_profile_arn,
    key_case,
    key_case_twice,
    linux_and_windows,
    login_denied,
    lost_field,
    lost_group,
    lost_groups,
    lost_username,
    merge_overwrites,
    missing_username,
    misspelt_group,
    needs_path,
    no_groups,
    node_accounts,
    node_and_masters,
    node_and_person,
    node_extra_groups,
    node_line,
    node_principal,
    not_a_principal,
    not_an_account,
    not_an_identity,
    other_account,
    other_section,
    placeholder_left,
    random_duplicate,
    repeated_group,
    reserved_username,
    role_path,
    root_arn,
    second_document,
    section_cut_short,
    section_lost,
    service_linked_role,
    session_arn,
    session_name_of_user,
    session_name_raw,
    session_name_without_colon,
    space_in_name,
    sso_matcher,
    stray_space,
    superseded_line,
    system_group,
    system_masters,
    tagged_value,
    unknown_field,
    unknown_placeholder,
    unread_key,
    userid_unused,
    username_placeholder,
    wildcard_arn,
}

/// Why EKS would refuse the username of a standard entry; an empty one it replaces.
fn refusal(held: &Held<'_>) -> Option<UsernameRefusal> {
    let judged = held.is_standard() && !held.username.is_empty();
    judged.then(|| Username::new(held.username.as_str()).err()).flatten()
}

/// The username cannot stand in an entry, for the reason that a rule is about.
fn refused_username(held: &Held<'_>, rule: RuleId) -> Vec<About> {
    let Some(refusal) = refusal(held) else { return Vec::new() };
    let proposal = propose(&held.principal, &held.username, &refusal);
    let by = Blocker::Username { username: held.username.to_string(), refusal, proposal };
    let about = About::mapping(held.mapping, held.username_span(), Reason::Waits { by });
    if about.reason.rule() == rule { vec![about] } else { Vec::new() }
}

/// Neither node nor person, for the reason that a rule is about.
fn unclassified(held: &Held<'_>, rule: RuleId, span: Span) -> Vec<About> {
    match &held.class {
        Err(by) if by.rule() == rule => {
            vec![About::mapping(held.mapping, span, Reason::Waits { by: by.clone() })]
        }
        _ => Vec::new(),
    }
}
