//! What is said of one mapping, or of a key or section of the text.

use super::blocker::gained;
use super::note::note_words;
use super::{Words, decide, list, skip};
use crate::findings::{GivesMore, Misspelt, Note, Reason, YamlFix};
use crate::reader::{DropReason, SectionName};

/// The end of what an invalid mapping means.
const NO_ENTRY: &str = "it becomes no access entry: that would grant access nobody has";

pub(super) fn words(reason: &Reason, subject: &str) -> Words {
    match reason {
        Reason::NeverMatches { why } => {
            Words::titled("the mapping matches nobody", why.to_string())
                .today(format!("it gives nobody access: {why}"))
                .then("an entry would grant access, so none is made")
                .help("if somebody misses this access, give it by an entry of its own")
        }
        Reason::Dropped { why, misspelt } => Words::titled("EKS throws this mapping away", why.to_string())
            .today(format!(
                "nobody has access by it, and it overrides no other: {why}"
            ))
            .then(NO_ENTRY)
            .help(match (misspelt, why) {
                (Some(Misspelt { key, meant }), _) => {
                    format!("write {meant} for {key} if the access is missed, or delete the mapping")
                }
                (None, DropReason::RoleArnAndSso) => "keep rolearn and delete sso".to_owned(),
                (None, DropReason::InvalidSso { .. }) => {
                    "name the role by rolearn, without its path: EKS matches no sso matcher".to_owned()
                }
                (None, DropReason::AccountNotAScalar { .. }) => {
                    "write the account id alone, in quotes, or delete the mapping".to_owned()
                }
                (None, _) => "fix the mapping if the access is missed, or delete it".to_owned(),
            }),
        Reason::Superseded { by, across: _, lost: _ } if by.entry.section == SectionName::MapAccounts => {
            Words::titled("the account is listed again", format!("{by} says the same"))
                .today(format!("once is enough for EKS, and {by} says the same"))
                .then("the other mapping is looked at, this one is not")
                .help("delete one of them")
        }
        Reason::Superseded { by, across, lost } => {
            let why = if *across { "mapRoles is asked before mapUsers" } else { "the last one wins" };
            let lost = match lost.is_empty() {
                true => String::new(),
                false => format!("; its principal does not have {}", list(lost)),
            };
            Words::titled("another mapping for the same principal overrides this one", format!("overridden by {by}"))
                .today(format!("{by} names the same principal, and {why} as a whole: nothing of this mapping is effective{lost}"))
                .then("the access entry is made from the other one; a principal has one entry")
                .help("delete this mapping, after moving what is missed to the other")
        }
        Reason::PrincipalGone => {
            Words::titled("IAM has no such principal any more", "gone from IAM")
                .today("IAM has no such principal any more, and an entry needs one")
                .then("should it be recreated, aws-auth would give it access and an entry will not")
                .help("delete the mapping")
        }
        Reason::EntryGivesLess { gives_more } => gives_less(gives_more, subject),
        Reason::EntryUnproven { principal } => Words::titled(
            "overridden by an access entry that may be dead",
            "overridden, if the entry is alive",
        )
        .today(format!("the access entry of {principal} overrides it, if that is alive, and IAM does not tell whether the entry is older than its principal"))
        .then("if the entry is dead, the mapping is all the access there is")
        .help(format!("add the IAM roles and users of account {} to the snapshot", principal.account()))
        .helps(choices(subject)),
        Reason::Covered => Words::titled("overridden by an access entry that gives all of it", "overridden")
            .today("overridden: its access entry is effective and stays as it is")
            .then("the mapping gives nothing beyond it"),
        Reason::Differs { note } => differs(note),
        Reason::Replaced { from, to, dead } => Words::plain(format!(
            "its access entry is deleted and recreated: {}",
            match dead {
                true => "its principal was recreated since, so the entry authenticates nobody".to_owned(),
                false => format!("an entry's type cannot be changed from {from} to {to}"),
            }
        ))
        .help("between the two it has no access by an entry, for seconds"),
        Reason::SectionLost { section, entries, fix, prose } => section_lost(*section, *entries, *fix, prose),
        Reason::SectionCutShort { section, entries } => Words::titled(
            format!("EKS stops reading {section} here"),
            "behind the end of the list",
        )
        .today(format!(
            "the list ends after {}, often by an indentation; what follows gives nobody access, and nothing is logged",
            match entries {
                1 => "one entry".to_owned(),
                n => format!("{n} entries"),
            }
        ))
        .then("nothing from here on becomes an access entry")
        .help("indent these lines as the first list item is, or delete them"),
        Reason::KeyCase { key, meant } => {
            unread(format!("{key} is not {meant}"), format!("read only when spelled {meant}"))
                .help(format!("rename it to {meant} if its mappings are meant to count, or delete it"))
        }
        Reason::UnreadKey { key } => {
            unread(format!("nobody reads the key {key}"), "not one of mapRoles, mapUsers, mapAccounts".to_owned())
                .help("move its mappings into mapRoles or mapUsers if they are missed, or delete the key")
        }
        Reason::MadeByEks { entry_type, because, becomes } => {
            let (then, help) = match becomes {
                Some(becomes) => (
                    format!("the plan replaces it by {becomes}"),
                    "if the run stops there with exit 6, plan again: the next plan goes on from what EKS made",
                ),
                None => (
                    "what the mapping gives is lost with that".to_owned(),
                    "give one of the two uses a role of its own before the mode changes",
                ),
            };
            Words::titled("EKS is expected to make an entry that overrides this mapping", "overridden in dual mode")
                .today(format!("when the mode changes, EKS is expected to make an entry of type {entry_type} for {because}, which overrides this mapping at once"))
                .then(then)
                .help(help)
        }
        Reason::UnboundGroup { others, nearest } => {
            let others = match others {
                0 => String::new(),
                n => format!(", and {n} other mappings have it"),
            };
            Words::plain(format!("no binding names this group, so it gives nothing{others}")).help(match nearest {
                Some(near) => format!("did you mean {near}? Correct the mapping first if so"),
                None => "create its binding if somebody misses it, or leave it: the group is kept".to_owned(),
            })
        }
        Reason::UnusedMapping { period, requests, account } => {
            let requests = if *requests == 1 { "1 request".to_owned() } else { format!("{requests} requests") };
            let whom = if *account { "nobody of the account" } else { "nobody" };
            Words::titled("nobody used this mapping", "not used")
                .today(format!("{whom} authenticated by it in the audit log of {period} ({requests})"))
                .then("that proves nothing, for rare use and lost events look the same: no access is dropped for it")
                .help(match account {
                    true => format!("ask who needs it; if nobody does, decide `skip-others` for account {subject}"),
                    false => format!("ask who needs it; if nobody does, {}", skip(subject)),
                })
        }
        Reason::SessionsSeen { period, sessions, and_more } => {
            let others = if *and_more { ", and others" } else { "" };
            Words::titled("its username has the name of the session", "a username for each session")
                .today(format!("in the audit log of {period} these authenticated: {}{others}", list(sessions)))
                .then("bindings that name one of them are for that session alone")
        }
        Reason::GainAccepted { gain } => {
            Words::plain(format!("accepted by decision: {}", gained(gain, subject)))
        }
        Reason::GroupGiven { group, bindings } => {
            Words::plain(format!("by decision it gets the group {group}, and by that: {}", list(bindings)))
        }
        _ => Words::default(),
    }
}

fn choices(arn: &str) -> [String; 3] {
    [
        decide(arn, "`keep: entry` gives up what the mapping would give"),
        decide(arn, "`take: mapping` makes the entry what the mapping gives, if the entry is half-made"),
        decide(arn, "`skip: <why>` leaves both as they are"),
    ]
}

fn gives_less(gives_more: &GivesMore, arn: &str) -> Words {
    let GivesMore { groups, cluster_admin, username, node, half_made } = gives_more;
    let groups = groups.iter().map(|group| format!("group {group}"));
    let admin = cluster_admin.then(|| "cluster administration by system:masters".to_owned());
    let username = username.iter().map(|name| format!("username {name}, which bindings name"));
    let node = node.iter().map(|node| format!("access for nodes of type {node}"));
    let more = list(groups.chain(admin).chain(username).chain(node));
    let mut options = choices(arn);
    let mut then = format!("the mapping would give more, which nobody has today: {more}");
    if *half_made {
        then += "; the entry gives nothing at all, so it is probably half-made, and its principal has no access now";
        // what finishes it comes first
        options.swap(0, 1);
    }
    Words::titled("overridden by an access entry that gives less", "overridden")
        .today("overridden: its access entry is effective")
        .then(then)
        .helps(options)
}

fn differs(note: &Note) -> Words {
    let words = Words::plain(note_words(note));
    match note {
        Note::MastersByPolicy => {
            Words::titled("system:masters becomes an access policy", "AmazonEKSClusterAdminPolicy")
                .today("the API server lets this group do anything and asks no authorizer")
                .then(note_words(note))
                .help(
                    "leave it, or in eksodus.yaml give `masters` a group of your own bound to cluster-admin",
                )
        }
        Note::UsernameDefaulted { to } => Words::titled(
            "the mapping has no username",
            "its username is empty",
        )
        .today("the principal authenticates with an empty name, which aggregated APIs such as metrics refuse")
        .then(format!("the access entry has EKS's default: {to:?}"))
        .help("leave it, unless something should name the principal: then set `username` in eksodus.yaml"),
        Note::GroupsLost { .. } => words.help("bind what they are needed for in another way"),
        Note::UsernameChanged { .. } => {
            words.help("audit rules and admission policies may name the old one: look there too")
        }
        Note::Damaged { .. } => words.help("fix the mapping first if it should give more"),
        _ => words,
    }
}

fn section_lost(section: SectionName, entries: usize, fix: YamlFix, prose: &str) -> Words {
    // of mapAccounts alone EKS keeps what comes before the error
    let (title, today) = match entries {
        0 => (
            format!("EKS reads nothing of {section}"),
            "the whole section is empty for EKS: nobody named in it has access by it, and no earlier version is kept",
        ),
        _ => (
            format!("EKS reads {section} only to here"),
            "what stands before is effective, and nobody has access by the rest",
        ),
    };
    Words::titled(title, prose)
        .today(format!("{today} ({prose})"))
        .then("what is not read becomes no access entry, and aws-auth cannot be switched off before it is settled")
        .help(match fix {
            YamlFix::SpacesForTab => "indent with spaces instead of the tab",
            YamlFix::QuotePlaceholder => "put the value with the placeholder in quotes",
            YamlFix::NoDirective => "take the %YAML directive out",
            YamlFix::Quote => "put the value in quotes",
            YamlFix::Fix => "fix the section here, or empty it if nobody misses it",
        })
}

fn unread(title: String, label: String) -> Words {
    Words::titled(title, label)
        .today("EKS ignores the key and logs nothing; nobody has access by it")
        .then("nothing of it becomes an access entry")
}
