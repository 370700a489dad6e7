//! `whois` says who somebody is: held against the simulator, which knows unique ids and asks nothing of the facts.

use std::collections::BTreeSet;

use eksodus::facts::Facts;
use eksodus::model::{IamArn, LoginValues};
use eksodus::planner::{Decisions, Phase, Plan, plan};
use eksodus::reader::Identity;
use eksodus::render::whois::{Answer, Asked};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use crate::kit::clusters::{cluster, decisions, everybody};

/// Who everybody is, each with the ARN that was asked.
fn whois(snapshot: &Snapshot, plan: &Plan) -> Vec<Answer> {
    let facts = Facts::of(snapshot);
    let answer = |arn: String| {
        let identity = Identity::from_arn(&arn, "");
        let session = match arn.parse() {
            Ok(IamArn::AssumedRole { session, .. }) => session,
            _ => String::new(),
        };
        let account = &identity.account;
        let values =
            LoginValues { account, session_name: Some(&session), access_key_id: Some(""), dns: None };
        let asked = Asked { text: &arn, identity: &identity, values };
        Answer::new(&asked, &facts, Some(plan))
    };
    everybody().into_iter().map(answer).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        // three of four clusters need a decision
        max_global_rejects: 1 << 20,
        ..ProptestConfig::default()
    })]

    #[test]
    fn today_is_what_the_cluster_says(snapshot in cluster(), decisions in decisions()) {
        let simulator = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
        for answer in whois(&snapshot, &plan(&snapshot, &decisions)) {
            let arn = &answer.identity;
            let login = simulator.login_of(arn);
            let says = answer.who.username.clone().map(|username| {
                let groups = answer.who.groups.iter().flatten().cloned();
                (username, groups.chain(["system:authenticated".to_owned()]).collect::<BTreeSet<_>>())
            });
            // what has no instance has no private DNS name, and the simulator knows none of any
            let says = says.filter(|(name, _)| answer.result == "entry" || !name.contains("{{"));
            prop_assert_eq!(says, login.map(|user| (user.username, user.groups)), "{} {:?}", arn, answer);
            let known = ["entry", "mapped", "not-mapped", "template-failed", "nondeterministic"];
            prop_assert!(known.contains(&answer.result), "{:?}", answer);
            prop_assert_eq!(answer.by.is_some(), answer.result != "not-mapped", "{:?}", answer);
        }
    }

    /// The plan is carried out by hand, and the same question asked again.
    #[test]
    fn after_the_plan_is_what_the_cluster_says_then(snapshot in cluster(), decisions in decisions()) {
        let plan = plan(&snapshot, &decisions);
        prop_assume!(plan.blockers(Phase::ApiMode).next().is_none());
        let after = super::applied::applied(&snapshot, &plan);
        let rest = eksodus::planner::plan(&after, &Decisions::default());
        for (before, then) in whois(&snapshot, &plan).into_iter().zip(whois(&after, &rest)) {
            let arn = &before.identity;
            let said = before.after_plan.as_ref().unwrap();
            let has_access = matches!(then.result, "entry");
            match said.result {
                "same" => {
                    prop_assert_eq!(has_access, before.who.username.is_some(), "{} {:?} {:?}", arn, before, then);
                    if has_access {
                        prop_assert_eq!(&before.who.username, &then.who.username);
                        prop_assert_eq!(&before.who.policies, &then.who.policies);
                    }
                }
                "changed" => {
                    prop_assert!(has_access, "{} {:?} {:?}", arn, before, then);
                    prop_assert_eq!(&said.who.username, &then.who.username);
                    prop_assert_eq!(&said.who.policies, &then.who.policies);
                    prop_assert_eq!(&said.by, &then.by);
                }
                "no-access" => prop_assert!(!has_access, "{} {:?} {:?}", arn, before, then),
                other => prop_assert!(false, "{} waits though nothing blocks: {}", arn, other),
            }
        }
    }
}
