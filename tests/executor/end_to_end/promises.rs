//! What holds for every plan, before anything is done.

use std::collections::BTreeSet;

use eksodus::planner::{Outcome, Plan, plan};
use eksodus::reader::read;
use proptest::prelude::*;

use super::world::worlds;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_same_input_gives_the_same_bytes(world in worlds()) {
        let text = plan(&world.snapshot, &world.decisions).to_json();
        prop_assert_eq!(&text, &plan(&world.snapshot.clone(), &world.decisions.clone()).to_json());
        prop_assert_eq!(Plan::parse(&text).unwrap().to_json(), text);
    }

    #[test]
    fn every_line_and_every_entry_is_told_of_once(world in worlds()) {
        let plan = plan(&world.snapshot, &world.decisions);
        let auth = read(world.snapshot.aws_auth.as_ref().unwrap());
        let mappings = auth.roles.entries.iter().chain(&auth.users.entries).map(|line| line.at);
        let lines: Vec<_> = mappings.chain(auth.accounts.entries.iter().map(|line| line.at)).collect();
        let told: Vec<_> = plan.lines.iter().map(|line| line.at.entry).collect();
        prop_assert_eq!(told.iter().collect::<BTreeSet<_>>(), lines.iter().collect());
        prop_assert_eq!(told.len(), lines.len());

        let existing: Vec<_> = world.snapshot.access_entries.iter().flatten().map(|it| it.principal.as_str()).collect();
        let fates: Vec<_> = plan.existing.iter().map(|it| it.principal.as_str()).collect();
        prop_assert_eq!(fates, existing);

        let ids: BTreeSet<_> = plan.steps.iter().map(|step| step.id.as_str()).collect();
        prop_assert_eq!(ids.len(), plan.steps.len());
    }

    #[test]
    fn every_target_belongs_to_a_line_that_migrates(world in worlds()) {
        let plan = plan(&world.snapshot, &world.decisions);
        let mut owned = Vec::new();
        for line in &plan.lines {
            match &line.outcome {
                Outcome::Migrates { principal } => owned.push(principal.clone()),
                // by decision its entry changes in what the decision names
                Outcome::Overridden { principal, .. }
                    if plan.targets.iter().any(|target| target.entry.principal == *principal) =>
                {
                    owned.push(principal.clone());
                }
                Outcome::Expanded { principals, .. } => owned.extend(principals.clone()),
                _ => {}
            }
        }
        owned.sort();
        let mut targets: Vec<_> = plan.targets.iter().map(|target| target.entry.principal.clone()).collect();
        targets.sort();
        prop_assert_eq!(owned, targets);
    }
}
