use eksodus::findings::{Finding, Reason, RuleId, Severity, Words};
use eksodus::lint::Located;
use eksodus::model::Phase;
use eksodus::reader::{
    Account, AwsAuth, Damage, DropReason, EntryRef, Layout, Lost, Mapping, NeverMatches, Place, Section,
    SectionName, SectionStatus, Source, Span, Status, ValueKind,
};
use eksodus::render::findings;

const TEXT: &str = "\
apiVersion: v1
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/team/Dev
      username: dev\u{1b}[31m
    - rolearn: arn:aws:iam::111122223333:role/Ops
      groups: ops
";

fn source() -> Source {
    Source { name: "aws-auth.yaml".to_owned(), text: TEXT.to_owned() }
}

fn span(part: &str) -> Span {
    let start = TEXT.find(part).unwrap();
    Span { start, end: start + part.len() }
}

fn found(part: &str, rule: RuleId, severity: Severity, words: Words) -> Located {
    let finding = Finding::new(None, "", Reason::OfText { rule, words });
    Located { span: span(part), finding: finding.with_severity(severity) }
}

fn findings() -> Vec<Located> {
    let path = Words {
        title: "this mapping gives nobody access".to_owned(),
        label: "a role's path is not part of what STS says".to_owned(),
        then: "an access entry for it would grant access that it does not give today".to_owned(),
        help: vec!["delete the mapping, or name arn:aws:iam::111122223333:role/Dev".to_owned()],
        ..Words::default()
    };
    let groups = Words {
        title: "EKS holds no groups of this mapping".to_owned(),
        label: "a string, not a list".to_owned(),
        ..Words::default()
    };
    vec![
        found("arn:aws:iam::111122223333:role/team/Dev", RuleId::RolePath, Severity::Warning, path),
        found("groups: ops", RuleId::LostGroups, Severity::Blocks(Phase::Entries), groups),
    ]
}

fn mapping(
    section: SectionName,
    index: usize,
    arn: &str,
    groups: Option<&[&str]>,
    status: Status,
) -> Mapping {
    Mapping {
        at: EntryRef { section, index },
        place: Place { line: 4 + 2 * index, column: 7 },
        span: Span::default(),
        arn: arn.to_owned(),
        arn_span: None,
        username: "dev".to_owned(),
        username_span: None,
        groups: groups.map(|groups| groups.iter().map(|&group| group.to_owned()).collect()),
        groups_span: None,
        user_id: String::new(),
        sso: false,
        unknown_keys: Vec::new(),
        status,
        damage: Vec::new(),
    }
}

fn aws_auth() -> AwsAuth {
    use SectionName::{MapAccounts, MapRoles, MapUsers};
    let at = |section, index| EntryRef { section, index };
    let mut damaged = mapping(MapRoles, 1, "arn:aws:iam::111122223333:role/Ops", None, Status::InForce);
    damaged.damage.push(Damage { lost: Lost::Groups { found: ValueKind::String }, span: span("ops") });
    let never = Status::NeverMatches(NeverMatches::RolePath { pathless: "x".to_owned() });
    let user =
        |index, status| mapping(MapUsers, index, "arn:aws:iam::111122223333:user/u", Some(&["a"]), status);
    AwsAuth {
        roles: Section {
            name: MapRoles,
            status: SectionStatus::CutShort { place: Place { line: 9, column: 1 }, span: Span::default() },
            span: None,
            layout: Layout::default(),
            entries: vec![
                mapping(MapRoles, 0, "arn:aws:iam::111122223333:role/team/Dev", Some(&[]), never),
                damaged,
                mapping(MapRoles, 2, "", None, Status::Dropped(DropReason::NoRoleArn)),
            ],
        },
        users: Section {
            name: MapUsers,
            status: SectionStatus::Read,
            span: None,
            layout: Layout::default(),
            entries: vec![
                user(0, Status::Superseded { by: at(MapUsers, 1) }),
                user(1, Status::InForce),
                user(2, Status::Random { with: vec![at(MapUsers, 1)] }),
            ],
        },
        accounts: Section {
            name: MapAccounts,
            status: SectionStatus::Lost {
                why: "not a list".to_owned(),
                place: Place { line: 20, column: 3 },
                span: Span::default(),
            },
            span: None,
            layout: Layout::default(),
            entries: vec![Account {
                at: at(MapAccounts, 0),
                place: Place { line: 20, column: 3 },
                span: Span::default(),
                text: "111122223333".to_owned(),
                status: Status::InForce,
            }],
        },
    }
}

#[test]
fn a_finding_stands_under_the_users_own_line() {
    let text = findings::text(&source(), &findings(), 100).to_string();
    insta::assert_snapshot!(super::plain(&text));
}

#[test]
fn the_users_lines_bring_no_escape_sequences_along() {
    let mut found = findings();
    found[0].span = span("dev");
    let text = findings::text(&source(), &found, 100).to_string();
    assert!(!text.contains("\u{1b}[31mx") && !super::plain(&text).contains('\u{1b}'), "{text:?}");
    assert!(super::plain(&text).contains("[31m"), "{text:?}");
}

#[test]
fn a_span_beyond_the_text_is_no_panic() {
    let mut found = findings();
    found[0].span = Span { start: TEXT.len() + 5, end: 3 };
    assert!(findings::text(&source(), &found, 100).to_string().contains("this mapping gives nobody access"));
}

#[test]
fn nothing_found_is_no_text() {
    assert!(findings::text(&source(), &[], 100).is_empty());
}

#[test]
fn json_has_each_section_with_the_values_the_server_holds() {
    insta::assert_json_snapshot!(findings::report(&source(), &aws_auth(), &findings()));
}
