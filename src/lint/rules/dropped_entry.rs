use super::{About, Check, Rule, RuleId};
use crate::findings::{Misspelt, Reason};
use crate::reader::{Mapping, Status};

/// An entry that fails validation is left out, the others stay (authenticator, `pkg/config/mapper.go`, Validate).
pub(crate) const RULE: Rule = Rule { id: RuleId::DroppedEntry, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let mappings = input.mappings().filter_map(|mapping| match &mapping.status {
        Status::Dropped(why) => {
            let reason = Reason::Dropped { why: why.clone(), misspelt: misspelt(mapping) };
            Some(About::mapping(mapping, mapping.span, reason))
        }
        _ => None,
    });
    let accounts = input.accounts().filter_map(|account| match &account.status {
        Status::Dropped(why) => {
            let reason = Reason::Dropped { why: why.clone(), misspelt: None };
            Some(About { span: account.span, ..About::account(input, account, reason) })
        }
        _ => None,
    });
    mappings.chain(accounts).collect()
}

/// The key that was probably to be its ARN's.
fn misspelt(mapping: &Mapping) -> Option<Misspelt> {
    let section = mapping.at.section;
    let keys = mapping.unknown_keys.iter();
    let mut meant = keys.filter_map(|(key, _)| Some((key, super::unknown_field::meant(key, section)?)));
    let (key, meant) = meant.find(|(_, meant)| meant.ends_with("arn"))?;
    Some(Misspelt { key: key.clone(), meant: meant.to_owned() })
}
