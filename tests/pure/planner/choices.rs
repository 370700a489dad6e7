//! What answers a finding: each choice, once what only a person can say was said, is a decisions file that settles it.

use std::collections::BTreeSet;

use eksodus::findings::{Ask, Choice, Edit, Finding, Reason, RuleId, choices, quoted};
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::{Decisions, Phase, Plan, Prune, plan};
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::{ObservedEntry, Snapshot};
use proptest::prelude::*;

use crate::kit::cluster::{With, cluster, observed, policy, role};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;
const DNS: &str = "system:node:{{EC2PrivateDNSName}}";
const PARTNER: &str = "444455556666";

fn mapped(arn: &str, username: &str, groups: &[&str]) -> String {
    let groups: String = groups.iter().map(|group| format!("  - {group:?}\n")).collect();
    format!("- rolearn: {arn}\n  username: {username:?}\n  groups:\n{groups}")
}

fn dual(roles: &str) -> Snapshot {
    cluster(DUAL, &[("mapRoles", roles)]).admin("Second")
}

fn one(name: &str, username: &str, groups: &[&str]) -> Snapshot {
    dual(&mapped(&role(name), username, groups)).iam(&[&role(name)])
}

fn decided(text: &str) -> Decisions {
    Decisions::parse("eksodus.yaml", &format!("version: 1\n{text}")).unwrap()
}

/// A cluster, what is decided already, and the rule of what is open then.
fn cases() -> Vec<(Snapshot, Decisions, &'static str)> {
    let none = Decisions::default;
    let foreign = format!("arn:aws:iam::{PARTNER}:role/Dev");
    let ci = || one("Ci", "ci", &["system:ci", "builders"]);
    let user = |name: &str| format!("arn:aws:iam::111122223333:user/{name}");
    let account = || cluster(DUAL, &[("mapAccounts", "- '444455556666'\n")]).admin("Second");
    let partner = format!("arn:aws:iam::{PARTNER}:role/partner");
    let half_made = observed(&role("Dev"), "dev", &[], &[]);
    let older = |entry: ObservedEntry| ObservedEntry { created: "2020-01-01T00:00:00Z".to_owned(), ..entry };
    let mut no_admin_policy = one("Admin", "admin", &["system:masters"]);
    no_admin_policy.access_policies = Some(vec![policy("AmazonEKSViewPolicy")]);
    let mut no_view = one("Dev", "dev", &["devs"]);
    no_view.access_policies = Some(vec![policy("AmazonEKSClusterAdminPolicy")]);
    let unseen = Snapshot { rbac: None, ..ci() };
    let unproven = one("Dev", "dev", &["devs"]).entry(observed(&role("Dev"), "dev", &["devs", "x"], &[]));
    let slr = role("aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers");
    let is_dev = |text: &str| decided(&format!("principals:\n- principal: {}\n  {text}\n", role("Dev")));
    let two = [mapped(&role("A"), "a", &["system:a"]), mapped(&role("B"), "b", &["system:b"])].concat();
    let two = dual(&two).iam(&[&role("A"), &role("B")]).bound(SubjectKind::Group, "system:a", "edit").bound(
        SubjectKind::Group,
        "system:b",
        "view",
    );
    vec![
        (dual(&mapped(&foreign, "dev", &["devs"])), none(), "unresolved-role"),
        (
            dual(&mapped(&role("Dev"), "dev", &[])).iam(&[role("a/Dev"), role("b/Dev")]),
            none(),
            "ambiguous-role",
        ),
        (
            dual(&mapped(&role("AWSServiceRoleForAmazonEMRContainers"), "emr", &[])).iam(&[slr]),
            none(),
            "service-linked-role",
        ),
        (one("Dev", "{{SessionName}}", &["devs"]), none(), "session-name-without-colon"),
        (one("Dev", "system:dev", &["devs"]), none(), "reserved-username"),
        // a proposal that is a word of the file
        (one("Dev", "system:default", &["devs"]), none(), "reserved-username"),
        (one("Dev", "d:{{AccessKeyID}}", &["devs"]), none(), "username-placeholder"),
        (ci(), none(), "system-group"),
        (ci().bound(SubjectKind::Group, "system:ci", "edit"), none(), "system-group"),
        (unseen, none(), "system-group"),
        (one("Ci", "ci", &["system:", "system:b"]), none(), "system-group"),
        (one("Dev", "dev", &["{{SessionName}}"]), none(), "group-placeholder"),
        (one("Node", DNS, &["system:bootstrappers"]), none(), "half-a-node"),
        (
            one("Node", DNS, &[]).nodegroup("a", &role("Node"), Some("WINDOWS_CORE_2022_x86_64")),
            none(),
            "half-a-node",
        ),
        (one("Node", DNS, &["system:nodes", "system:masters"]), none(), "node-and-masters"),
        (
            one("Node", DNS, &["system:nodes", "system:masters"]).nodegroup("a", &role("Node"), None),
            none(),
            "node-and-masters",
        ),
        (
            cluster(
                DUAL,
                &[("mapUsers", &mapped(&user("ann"), DNS, &["system:nodes"]).replace("rolearn", "userarn"))],
            )
            .iam(&[user("ann")])
            .admin("Second"),
            none(),
            "node-principal",
        ),
        (one("Dev", "dev", &["devs"]).nodegroup("a", &role("Dev"), None), none(), "node-role"),
        (no_admin_policy, none(), "policy-unavailable"),
        (no_view, is_dev("policies: [{policy: AmazonEKSViewPolicy, scope: cluster}]"), "policy-unavailable"),
        (
            two,
            decided("groups: {\"system:a\": {rename: both}, \"system:b\": {rename: both}}\n"),
            "name-in-use",
        ),
        (
            one("Dev", "dev", &[]).entry(older(observed(&role("Dev"), "system:odd", &[], &[]))),
            none(),
            "entry-in-the-way",
        ),
        (account(), none(), "account-mapping"),
        (account().bound(SubjectKind::User, &partner, "view"), none(), "account-mapping"),
        (
            account().iam(&[&partner]).bound(SubjectKind::User, &partner, "view").entry(older(observed(
                &partner,
                "system:odd",
                &[],
                &[],
            ))),
            none(),
            "entry-in-the-way",
        ),
        (dual(&mapped("arn:aws:iam::111122223333:root", "a", &["devs"])), none(), "root-arn"),
        (
            dual(&mapped("arn:aws:sts::111122223333:federated-user/ann", "a", &["devs"])),
            none(),
            "not-a-principal",
        ),
        (one("Dev", "dev", &[]), is_dev("arn: arn:aws:iam::111122223333:role/Other"), "impossible-decision"),
        (
            one("Dev", "dev", &[]).entry(observed(&role("Dev"), "x", &[], &[])),
            is_dev("arn: arn:aws:iam::111122223333:role/p/Dev"),
            "impossible-decision",
        ),
        (
            one("Dev", "dev", &[]).nodegroup("a", &role("Dev"), Some("WINDOWS_CORE_2022_x86_64")),
            is_dev("type: EC2_LINUX"),
            "impossible-decision",
        ),
        (
            Snapshot { rbac: None, ..ci() },
            decided("groups: {\"system:ci\": {rename: ci}}\n"),
            "impossible-decision",
        ),
        (
            {
                let both = [mapped(&role("Dev"), "system:x", &[]), mapped(&role("Ops"), "x", &[])].concat();
                dual(&both).iam(&[role("Dev"), role("Ops")])
            },
            decided("proposed-usernames: accept\n"),
            "impossible-decision",
        ),
        (one("Dev", "dev", &["devs"]).entry(half_made), none(), "entry-gives-less"),
        (
            one("Dev", "dev", &["devs"]).entry(observed(&role("Dev"), "dev", &["x"], &[])),
            none(),
            "entry-gives-less",
        ),
        (unproven.iam_known(false, false), none(), "entry-unproven"),
        (
            one("Dev", "dev", &["devs"]),
            Decisions {
                prune: Prune::Delete,
                ..decided(&format!("principals: [{{principal: {}, skip: x}}]", quoted(&role("Dev"))))
            },
            "delete-blocked",
        ),
        (
            one("Node", DNS, &["system:nodes"])
                .nodegroup("a", &role("Node"), Some("WINDOWS_CORE_2022_x86_64"))
                .entry(eksodus_node(EntryType::Ec2Linux)),
            none(),
            "node-uncovered",
        ),
    ]
}

fn eksodus_node(entry_type: EntryType) -> ObservedEntry {
    crate::kit::cluster::observed_node(&role("Node"), entry_type)
}

/// What is open, of a rule.
fn open<'p>(plan: &'p Plan, rule: &str) -> Option<&'p Finding> {
    plan.blockers(Phase::ApiMode).find(|finding| finding.rule == rule)
}

/// Answers all that a choice asks.
fn answered(mut choice: Choice) -> Choice {
    let mut names = 0;
    while let Some(ask) = choice.open() {
        let text = match ask {
            // the role that is asked for in these worlds
            Ask::Arn => match choice.yaml().contains(PARTNER) {
                true => "arn:aws:iam::444455556666:role/team/Dev".to_owned(),
                false => role("Dev"),
            },
            Ask::Arns(account) => format!("arn:aws:iam::{account}:role/p/partner"),
            Ask::Username => "team:somebody".to_owned(),
            Ask::Group => {
                names += 1;
                format!("team-{names}")
            }
            Ask::Groups => "team-a team-b".to_owned(),
            Ask::Reason => "yes: \"because\" # it is so".to_owned(),
            Ask::Until => "2030-12-31".to_owned(),
        };
        choice = choice.answered(&text).unwrap();
    }
    choice
}

fn said(choice: &Choice) -> Decisions {
    Decisions::parse("eksodus.yaml", &choice.yaml()).unwrap().without_places()
}

#[test]
fn each_choice_settles_the_finding_that_offers_it() {
    for (snapshot, decisions, rule) in cases() {
        let before = plan(&snapshot, &decisions);
        let finding = open(&before, rule).unwrap_or_else(|| panic!("{rule}: {:#?}", before.notices));
        let offered = choices(&finding.reason, &finding.subject);
        assert!(!offered.is_empty(), "{rule}");
        for choice in offered.into_iter().map(answered) {
            let with = decisions.with(&choice).unwrap();
            let after = plan(&snapshot, &with);
            let is_open = |it: &&Finding| {
                it.at == finding.at && (it.reason == finding.reason || it.rule == "impossible-decision")
            };
            let left: Vec<&Finding> = after.blockers(Phase::ApiMode).filter(is_open).collect();
            // of a group that several mappings have, each is a finding of its own
            assert!(left.is_empty(), "{rule}: {}{left:#?}", choice.yaml());
        }
    }
}

#[test]
fn what_is_pasted_into_a_new_file_is_the_choice() {
    let mut kinds = BTreeSet::new();
    for (snapshot, decisions, rule) in cases() {
        let before = plan(&snapshot, &decisions);
        let finding = open(&before, rule).unwrap();
        for open in choices(&finding.reason, &finding.subject) {
            let choice = answered(open.clone());
            let expected = Decisions::default().with(&choice).unwrap().without_places();
            assert_eq!(said(&choice), expected, "{}", choice.yaml());
            let line = format!("version: 1\n{}\n", choice.in_one_line());
            assert_eq!(Decisions::parse("x", &line).unwrap().without_places(), expected, "{line}");
            // what is not said yet is never taken for an answer
            if open.open().is_some() {
                assert!(Decisions::parse("x", &open.yaml()).is_err(), "{}", open.yaml());
                assert_eq!(Decisions::default().with(&open), None);
            }
            kinds.extend(
                choice.edits.iter().map(|edit| serde_json::to_value(edit).unwrap()["kind"].to_string()),
            );
        }
    }
    assert_eq!(kinds.len(), 7, "{kinds:?}");
}

/// A blocker without a decision that answers it says what to do instead.
#[test]
fn the_words_of_a_finding_have_its_choices_first() {
    for (snapshot, decisions, rule) in cases() {
        let before = plan(&snapshot, &decisions);
        let words = open(&before, rule).unwrap().words();
        assert!(words.help.len() >= words.choices.len());
        assert!(words.help[0].contains(&words.choices[0].in_one_line()), "{words:?}");
        for (help, choice) in words.help.iter().zip(&words.choices) {
            let of_principal = match choice.edits.as_slice() {
                [Edit::Principal { what, .. }] => what.line(),
                _ => choice.in_one_line(),
            };
            assert!(help.contains(&of_principal), "{help}");
        }
    }
    let text = "- userarn: arn:aws:iam::111122223333:user/Ann\n  username: a\n- userarn: arn:aws:iam::111122223333:user/ann\n  username: b\n";
    let plan = plan(&cluster(DUAL, &[("mapUsers", text)]), &Decisions::default());
    let finding = open(&plan, "random-duplicate").unwrap();
    assert!(matches!(finding.reason, Reason::Waits { .. }) && finding.rule == RuleId::RandomDuplicate);
    assert!(finding.words().choices.is_empty() && finding.words().help.len() == 1);
}

/// Another element decides for the principal, and for others: what it says of the principal is kept.
#[test]
fn a_decision_for_one_of_many_keeps_what_was_decided_for_all() {
    let decisions = decided(
        "principals:\n- principal: arn:aws:iam::111122223333:role/D*\n  policies: []\n- {principal: '*', skip: rest}\n",
    );
    let snapshot = one("Dev", "dev", &["{{SessionName}}"]);
    let before = plan(&snapshot, &decisions);
    let finding = open(&before, "group-placeholder").unwrap();
    let groups = answered(choices(&finding.reason, &finding.subject).remove(0));
    let with = decisions.with(&groups).unwrap();
    assert_eq!(with.principals.len(), 3);
    assert_eq!(
        (with.principals[0].principal.as_str(), &with.principals[0].policies),
        (&*role("Dev"), &Some(vec![]))
    );
    assert_eq!(with.principals[0].groups.as_ref().unwrap().len(), 2);
    assert_eq!(with.principals[1..], decisions.principals[..]);
    // and again, into the element that is there now
    let again = with.with(&groups).unwrap();
    assert_eq!(again, with);
}

proptest! {
    #[test]
    fn what_is_quoted_is_read_as_it_was(text in "\\PC{0,12}|[ -~]{0,8}|(true|no|~|1e3|0x1f|-|.|: |#|a:|a b|\u{85}|\u{1b}|\u{7f}|\n|\t|\r|\u{feff}|\u{2028}|\u{202e}|\\{|]|,){0,5}") {
        prop_assume!(!text.trim().is_empty());
        let file = format!("version: 1\naccept-gains:\n  {}: {}\n", quoted(&text), quoted(&text));
        let decisions = Decisions::parse("x", &file).unwrap_or_else(|error| panic!("{error}: {file:?}"));
        prop_assert_eq!(decisions.accept_gains.into_iter().collect::<Vec<_>>(), [(text.clone(), text.clone())]);
        let file = format!("version: 1\naccept-gains: {{{}: {}}}\n", quoted(&text), quoted(&text));
        let decisions = Decisions::parse("x", &file).unwrap_or_else(|error| panic!("{error}: {file:?}"));
        prop_assert_eq!(decisions.accept_gains.into_iter().collect::<Vec<_>>(), [(text.clone(), text)]);
    }
}
