//! What is said of one mapping, or of a key or section of the text.

use super::blocker::gained;
use super::note::note_words;
use super::{Words, list};
use crate::findings::{GivesMore, Misspelt, Note, Reason, YamlFix};
use crate::reader::{DropReason, SectionName};

/// The end of what an invalid mapping means.
const NO_ENTRY: &str = "no entry is created: it would grant new access";

pub(super) fn words(reason: &Reason, subject: &str) -> Words {
    match reason {
        Reason::NeverMatches { why } => {
            Words::titled("the mapping has no effect", why.to_string())
                .today(format!("has no effect today: {why}"))
                .then("no entry is created: it would grant new access")
                .help("if this access is wanted, create an access entry for it")
        }
        Reason::Dropped { why, misspelt } => Words::titled("EKS ignores this mapping", why.to_string())
            .today(format!(
                "EKS ignores this mapping: {why}"
            ))
            .then(NO_ENTRY)
            .help(match (misspelt, why) {
                (Some(Misspelt { key, meant }), _) => {
                    format!("write {meant} instead of {key} if the access is wanted, or delete the mapping")
                }
                (None, DropReason::RoleArnAndSso) => "keep rolearn and delete sso".to_owned(),
                (None, DropReason::InvalidSso { .. }) => {
                    "map the role by rolearn, without its path: EKS does not support sso matchers".to_owned()
                }
                (None, DropReason::AccountNotAScalar { .. }) => {
                    "write only the account id, in quotes, or delete the element".to_owned()
                }
                (None, _) => "fix or delete the mapping".to_owned(),
            }),
        Reason::Superseded { by, across: _, lost: _ } if by.entry.section == SectionName::MapAccounts => {
            Words::titled("the account is listed twice", format!("same as {by}"))
                .today(format!("{by} lists the same account"))
                .then("listing it twice changes nothing")
                .help("optional: delete one of them")
        }
        Reason::Superseded { by, across, lost } => {
            let why = if *across { "mapRoles comes before mapUsers" } else { "the last one wins" };
            let lost = match lost.is_empty() {
                true => String::new(),
                false => format!("; the principal does not have {}", list(lost)),
            };
            Words::titled("another mapping of the same principal overrides this one", format!("overridden by {by}"))
                .today(format!("overridden completely by {by} (same principal; {why}){lost}"))
                .then("the access entry follows the other mapping")
                .help("merge what is needed into the other mapping, then delete this one")
        }
        Reason::PrincipalGone => {
            Words::titled("the IAM principal no longer exists", "gone from IAM")
                .today("the IAM principal no longer exists, and an entry needs one")
                .then("if it is recreated, aws-auth would grant it access; an entry will not")
                .help("delete the mapping")
        }
        Reason::EntryGivesLess { gives_more } => gives_less(gives_more),
        Reason::EntryUnproven { principal } => Words::titled(
            "overridden by an access entry that may be dead",
            "overridden, if the entry is alive",
        )
        .today(format!("the access entry of {principal} overrides it, unless the entry is dead (older than its principal), which IAM does not show"))
        .then("if the entry is dead, this mapping is the only access")
        .help(format!("add the IAM roles and users of account {} to the snapshot", principal.account())),
        Reason::Covered => Words::titled("overridden by an access entry that covers it", "overridden")
            .today("overridden: its access entry is effective, and is not changed")
            .then("the entry covers everything the mapping would give"),
        Reason::Differs { note } => differs(note),
        Reason::Replaced { from, to, dead } => Words::plain(format!(
            "its access entry is deleted and recreated: {}",
            match dead {
                true => "its principal was recreated, so the entry no longer works".to_owned(),
                false => format!("an entry's type cannot be changed from {from} to {to}"),
            }
        ))
        .help("expect a few seconds without access by an entry"),
        Reason::SectionLost { section, entries, fix, prose } => section_lost(*section, *entries, *fix, prose),
        Reason::SectionCutShort { section, entries } => Words::titled(
            format!("EKS stops reading {section} here"),
            "after the end of the list",
        )
        .today(format!(
            "the list ends after {}, usually because of indentation; EKS ignores the rest silently",
            match entries {
                1 => "1 mapping".to_owned(),
                n => format!("{n} mappings"),
            }
        ))
        .then("no entries are created from the rest")
        .help("indent these lines like the first list item, or delete them"),
        Reason::KeyCase { key, meant } => {
            unread(format!("{key} is not {meant}"), format!("read only when spelled {meant}"))
                .help(format!("rename it to {meant} if its mappings are wanted, or delete it"))
        }
        Reason::UnreadKey { key } => {
            unread(format!("EKS does not read the key {key}"), "not one of mapRoles, mapUsers, mapAccounts".to_owned())
                .help("move its mappings to mapRoles or mapUsers if they are wanted, or delete the key")
        }
        Reason::MadeByEks { entry_type, because, becomes } => {
            let (then, help) = match becomes {
                Some(becomes) => (
                    format!("the plan replaces it by an entry of type {becomes}"),
                    "if the run stops there with exit 6, plan again: the new plan continues from that entry",
                ),
                None => (
                    "what the mapping gives is then lost".to_owned(),
                    "give one of the two uses its own role before the mode changes",
                ),
            };
            Words::titled("EKS will probably create an entry that overrides this mapping", "overridden in dual mode")
                .today(format!("when the mode changes, EKS will probably create an entry of type {entry_type} for {because}, which overrides this mapping at once"))
                .then(then)
                .help(help)
        }
        Reason::UnboundGroup { others, nearest } => {
            let others = match others {
                0 => String::new(),
                n => format!(" ({n} other mappings have it too)"),
            };
            Words::plain(format!("no binding names this group, so it gives nothing{others}")).help(match nearest {
                Some(near) => format!("did you mean {near}? If so, fix the mapping first"),
                None => "nothing to do (the group is kept), or create its binding".to_owned(),
            })
        }
        Reason::UnusedMapping { period, requests, account } => {
            let requests = if *requests == 1 { "1 request".to_owned() } else { format!("{requests} requests") };
            let whom = if *account { "no principal of the account" } else { "nobody" };
            Words::titled("nobody used this mapping", "not used")
                .today(format!("{whom} authenticated by it in the audit log of {period} ({requests} in all)"))
                .then("this is no proof (use may be rare, events may be lost), so no access is dropped")
                .help(match account {
                    true => format!("ask who needs it; if nobody does, decide `skip-others` for account {subject}"),
                    false => "ask who needs it; if nobody does, decide `skip` for it".to_owned(),
                })
        }
        Reason::SessionsSeen { period, sessions, and_more } => {
            let others = if *and_more { ", and others" } else { "" };
            Words::titled("its username contains the session name", "differs by session")
                .today(format!("the audit log of {period} shows these usernames: {}{others}", list(sessions)))
                .then("a binding for one of them applies to that session only")
        }
        Reason::GainAccepted { gain } => {
            Words::plain(format!("accepted by decision: {}", gained(gain, subject)))
        }
        Reason::GroupGiven { group, bindings } => {
            Words::plain(format!("by decision, it gets the group {group}, which has {}", list(bindings)))
        }
        _ => Words::default(),
    }
}

fn gives_less(gives_more: &GivesMore) -> Words {
    let GivesMore { groups, cluster_admin, username, node, half_made } = gives_more;
    let groups = groups.iter().map(|group| format!("group {group}"));
    let admin = cluster_admin.then(|| "cluster administrator by system:masters".to_owned());
    let username = username.iter().map(|name| format!("username {name}, which has bindings"));
    let node = node.iter().map(|node| format!("access for nodes of type {node}"));
    let more = list(groups.chain(admin).chain(username).chain(node));
    let mut then = format!("the mapping would give more (nobody has that today): {more}");
    if *half_made {
        then += "; the entry gives nothing at all: it is probably unfinished, and its principal has no access now";
    }
    Words::titled("overridden by an access entry that gives less", "overridden")
        .today("overridden: its access entry is effective")
        .then(then)
}

fn differs(note: &Note) -> Words {
    let words = Words::plain(note_words(note));
    match note {
        Note::MastersByPolicy => {
            Words::titled("system:masters becomes an access policy", "AmazonEKSClusterAdminPolicy")
                .today("this group bypasses all authorization")
                .then(note_words(note))
                .help(
                    "nothing to do; or bind a group of your own to cluster-admin, and set it as `masters` in eksodus.yaml",
                )
        }
        Note::UsernameDefaulted { to } => Words::titled(
            "the mapping has no username",
            "no username",
        )
        .today("the principal authenticates with an empty username, which aggregated APIs (metrics) reject")
        .then(format!("the access entry uses EKS's default: {to:?}"))
        .help("nothing to do; or set `username` in eksodus.yaml"),
        Note::GroupsLost { .. } => words.help("grant what they are needed for in another way"),
        Note::UsernameChanged { .. } => {
            words.help("check audit rules and admission policies for the old name")
        }
        Note::Damaged { .. } => words.help("if it should give more, fix the mapping first"),
        _ => words,
    }
}

fn section_lost(section: SectionName, entries: usize, fix: YamlFix, prose: &str) -> Words {
    // of mapAccounts alone EKS keeps what comes before the error
    let (title, today) = match entries {
        0 => (
            format!("EKS cannot read {section}"),
            "EKS treats the whole section as empty: nobody in it has access, and no earlier version is kept",
        ),
        _ => (
            format!("EKS reads {section} only up to here"),
            "the mappings before this are effective; the rest gives nobody access",
        ),
    };
    Words::titled(title, prose)
        .today(format!("{today} ({prose})"))
        .then("no entries are created from it, and api-mode waits until it is fixed")
        .help(match fix {
            YamlFix::SpacesForTab => "indent with spaces instead of the tab",
            YamlFix::QuotePlaceholder => "quote the value with the placeholder",
            YamlFix::Render => "this is a template: render it, and read what it makes",
            YamlFix::NoDirective => "remove the %YAML directive",
            YamlFix::Quote => "quote the value",
            YamlFix::Fix => "fix the section here, or empty it if it is not needed",
        })
}

fn unread(title: String, label: String) -> Words {
    Words::titled(title, label)
        .today("EKS ignores the key silently: it gives nobody access")
        .then("no entries are created from it")
}
