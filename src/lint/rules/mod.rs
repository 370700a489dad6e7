//! One rule a file; `docs/rules.md` says what each is about.

mod account_id_placeholder;
mod account_mapping;
mod arn_case;
mod binary_data;
mod comment_in_value;
mod dropped_entry;
mod duplicate_key;
mod eks_group;
mod empty_group;
mod empty_section;
mod fall_through;
mod folded_item;
mod group_placeholder;
mod half_a_node;
mod iam_group_arn;
mod implicit_group;
mod instance_profile_arn;
mod key_case;
mod key_case_twice;
mod linux_and_windows;
mod login_denied;
mod lost_field;
mod lost_group;
mod lost_groups;
mod lost_username;
mod merge_overwrites;
mod missing_username;
mod misspelt_group;
mod needs_path;
mod no_groups;
mod node_accounts;
mod node_and_masters;
mod node_and_person;
mod node_extra_groups;
mod node_line;
mod node_principal;
mod not_a_principal;
mod not_an_account;
mod not_an_identity;
mod other_account;
mod other_section;
mod placeholder_left;
mod random_duplicate;
mod repeated_group;
mod reserved_username;
mod role_path;
mod root_arn;
mod second_document;
mod section_cut_short;
mod section_lost;
mod service_linked_role;
mod session_arn;
mod session_name_of_user;
mod session_name_raw;
mod session_name_without_colon;
mod space_in_name;
mod sso_matcher;
mod stray_space;
mod superseded_line;
mod system_group;
mod system_masters;
mod tagged_value;
mod unknown_field;
mod unknown_placeholder;
mod unread_key;
mod userid_unused;
mod username_placeholder;
mod wildcard_arn;

use super::check::{Check, Found, Rule};
use super::held::Held;
use super::input::{Input, SetAside};
use super::never::{self, Never};
use super::{Level, nodes, rest, spans, spelling};
use crate::model::{Username, UsernameRefusal};

/// In the order of their ids.
pub(crate) const RULES: &[Rule] = &[
    account_id_placeholder::RULE,
    account_mapping::RULE,
    arn_case::RULE,
    binary_data::RULE,
    comment_in_value::RULE,
    dropped_entry::RULE,
    duplicate_key::RULE,
    eks_group::RULE,
    empty_group::RULE,
    empty_section::RULE,
    fall_through::RULE,
    folded_item::RULE,
    group_placeholder::RULE,
    half_a_node::RULE,
    iam_group_arn::RULE,
    implicit_group::RULE,
    instance_profile_arn::RULE,
    key_case::RULE,
    key_case_twice::RULE,
    linux_and_windows::RULE,
    login_denied::RULE,
    lost_field::RULE,
    lost_group::RULE,
    lost_groups::RULE,
    lost_username::RULE,
    merge_overwrites::RULE,
    missing_username::RULE,
    misspelt_group::RULE,
    needs_path::RULE,
    no_groups::RULE,
    node_accounts::RULE,
    node_and_masters::RULE,
    node_and_person::RULE,
    node_extra_groups::RULE,
    node_line::RULE,
    node_principal::RULE,
    not_a_principal::RULE,
    not_an_account::RULE,
    not_an_identity::RULE,
    other_account::RULE,
    other_section::RULE,
    placeholder_left::RULE,
    random_duplicate::RULE,
    repeated_group::RULE,
    reserved_username::RULE,
    role_path::RULE,
    root_arn::RULE,
    second_document::RULE,
    section_cut_short::RULE,
    section_lost::RULE,
    service_linked_role::RULE,
    session_arn::RULE,
    session_name_of_user::RULE,
    session_name_raw::RULE,
    session_name_without_colon::RULE,
    space_in_name::RULE,
    sso_matcher::RULE,
    stray_space::RULE,
    superseded_line::RULE,
    system_group::RULE,
    system_masters::RULE,
    tagged_value::RULE,
    unknown_field::RULE,
    unknown_placeholder::RULE,
    unread_key::RULE,
    userid_unused::RULE,
    username_placeholder::RULE,
    wildcard_arn::RULE,
];

/// Why EKS would refuse the username of a standard entry; an empty one it replaces.
fn refusal(held: &Held<'_>) -> Option<UsernameRefusal> {
    let judged = held.is_standard() && !held.username.is_empty();
    judged.then(|| Username::new(held.username.as_str()).err()).flatten()
}
