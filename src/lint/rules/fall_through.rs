use super::{Check, Found, Rule, RuleId, spans};
use crate::reader::{SectionName, SectionStatus, Status};

/// With a section lost, its principals are looked for in the next ones (authenticator, `server.go`, doMapping).
pub(crate) const RULE: Rule = Rule { id: RuleId::FallThrough, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lost = |name: SectionName| {
        let section = input.sections().into_iter().find(|section| section.name == name)?;
        match section.status {
            SectionStatus::Lost { .. } => Some(input.manifest.section(name)?.0.to_lowercase()),
            _ => None,
        }
    };
    let roles = lost(SectionName::MapRoles);
    let users = lost(SectionName::MapUsers);
    let found = |span, from: SectionName, who: String, becomes: &str| Found {
        span,
        title: format!("{who} from the unreadable {from} may get access by this mapping"),
        label: "matches now".to_owned(),
        today: format!("EKS treats {from} as empty, so this mapping applies and {becomes}"),
        then: "an access entry made from this mapping would keep that identity".to_owned(),
        help: format!("fix {from} before you migrate"),
    };
    let by_user =
        input.held.iter().filter(|held| held.mapping.at.section == SectionName::MapUsers).filter_map(
            |held| {
                let text = roles.as_ref()?;
                text.contains(&held.mapping.arn.to_lowercase()).then(|| {
                    let who = "the principal".to_owned();
                    found(held.arn_span(), SectionName::MapRoles, who, "gives its own username and groups")
                })
            },
        );
    let by_account =
        input.accounts().filter(|account| account.status == Status::InForce).flat_map(|account| {
            [(SectionName::MapRoles, &roles), (SectionName::MapUsers, &users)]
                .into_iter()
                .filter(|(_, text)| {
                    text.as_ref().is_some_and(|text| text.contains(&format!("::{}:", account.text)))
                })
                .map(|(from, _)| {
                    let who = format!("principals of account {}", account.text);
                    found(
                        spans::account(input.text(), account),
                        from,
                        who,
                        "gives the ARN as username, without groups",
                    )
                })
                .collect::<Vec<_>>()
        });
    by_user.chain(by_account).collect()
}
