//! `mapAccounts`.

use std::collections::BTreeMap;

use super::layout::Layout;
use super::memory_limit::Room;
use super::section::{Contents, Sections};
use super::{Account, DropReason, EntryRef, NeverMatches, Section, SectionName, Status, yaml};
use crate::model::AccountId;

pub(super) fn read(sections: &Sections<'_>) -> Section<Account> {
    let name = SectionName::MapAccounts;
    sections.read(name, |text| {
        let document = yaml::compose(text.yaml)?;
        let mut room = Room::for_items::<Account>(&document)?;
        let (texts, fault) = yaml::decode_texts(&document)?;
        let mut accounts: Vec<Account> = Vec::with_capacity(texts.len());
        for (index, element) in texts.into_iter().enumerate() {
            let span = text.to_source(element.span);
            room.take(element.text.as_ref().map_or(0, |text| text.len()), element.span.start)?;
            let (held, status) = match element.text {
                Ok(held) => (held.to_string(), Status::InForce),
                Err(found) => (String::new(), Status::Dropped(DropReason::AccountNotAScalar { found })),
            };
            let at = EntryRef { section: name, index };
            accounts.push(Account { at, place: text.place(span.start), span, text: held, status });
        }
        if fault.is_some() {
            keep_slots(&mut accounts);
        }
        settle(&mut accounts);
        Ok(Contents { entries: accounts, rest: document.rest, fault, layout: Layout::of(&document) })
    })
}

/// go-yaml closes up the list behind dropped elements when it comes to the end. Stopped before, it leaves their slots
/// empty at the end (`decode.go`, sequence).
fn keep_slots(accounts: &mut Vec<Account>) {
    let dropped = accounts.iter().filter(|account| matches!(account.status, Status::Dropped(_))).count();
    let Some(last) = accounts.last().cloned() else { return };
    for index in accounts.len()..accounts.len() + dropped {
        let at = EntryRef { index, ..last.at };
        accounts.push(Account { at, text: String::new(), status: Status::InForce, ..last.clone() });
    }
}

fn settle(accounts: &mut [Account]) {
    let mut last: BTreeMap<String, EntryRef> = BTreeMap::new();
    for account in accounts.iter_mut().rev().filter(|account| account.status == Status::InForce) {
        if let Some(&by) = last.get(&account.text) {
            account.status = Status::Superseded { by };
            continue;
        }
        last.insert(account.text.clone(), account.at);
        if account.text.parse::<AccountId>().is_err() {
            account.status = Status::NeverMatches(NeverMatches::NotAnAccount);
        }
    }
}
