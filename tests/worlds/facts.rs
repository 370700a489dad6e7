//! The library's facts against the oracle: what is effective for each login, in every mode.

use eksodus::facts::{EffectiveBy, Facts};
use eksodus::model::CanonicalArn;
use eksodus::snapshot::Snapshot;

use proptest::strategy::ValueTree;

use crate::apply::{Played, save};
use crate::find::tree;
use crate::generate::worlds;
use crate::oracle::{Source, logins, source};

#[test]
fn facts_name_what_is_effective() {
    let scratch = tempfile::tempdir().unwrap();
    let strategy = worlds();
    for number in 0..300 {
        let world = tree(&strategy, number).current();
        save(&world, scratch.path());
        let snapshot = Snapshot::load(scratch.path()).unwrap();
        let state = Played::begin(&world, scratch.path()).unwrap().state().unwrap();
        let facts = Facts::of(&snapshot);
        for login in logins(&world) {
            let key = CanonicalArn::of(&login.canonical);
            let by = facts.effective(&key, login.account).by;
            let same = match (source(&world, &state, &login), &by) {
                (Source::Entry(entry), EffectiveBy::Entry(fact)) => {
                    entry.principal == fact.observed.principal
                }
                (Source::Mapping(mapping), EffectiveBy::Mapping(found)) => {
                    mapping.arn == found.arn
                        && mapping.username.clone().unwrap_or_default() == found.username
                        && mapping.groups == found.groups.clone().unwrap_or_default()
                }
                (Source::Either, EffectiveBy::AnyOf(_))
                | (Source::Account, EffectiveBy::Account(_))
                | (Source::Nothing, EffectiveBy::Nobody) => true,
                _ => false,
            };
            assert!(same, "world {number}, {login:?}: {by:?}, not {:?}", source(&world, &state, &login));
        }
    }
}
