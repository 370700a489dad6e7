#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::ConfigMap;
use eksodus::reader::{Ec2PrivateDnsNames, Identity, Manifest, SectionName, cut, lookup, read};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/pure/reader/logged.rs"]
mod logged;
use logged::logged_errors;

// any text as each of the three sections: read, asked for everybody it names, and cut
fuzz_target!(|text: &str| {
    let data = SectionName::ALL.map(|name| (name.to_string(), text.to_owned()));
    let manifest = Manifest::from_config_map(ConfigMap { data: data.into(), ..ConfigMap::default() });
    let auth = read(&manifest);
    assert!(logged_errors(&auth).iter().all(|error| error.span.end <= manifest.source.text.len()));
    let dns: Ec2PrivateDnsNames = BTreeMap::new();
    for mapping in auth.roles.entries.iter().chain(&auth.users.entries).take(8) {
        lookup(&auth, &Identity::from_arn(&mapping.arn, "session"), &dns);
    }
    for name in SectionName::ALL {
        let _ = cut(text, name, &BTreeSet::from([0]));
    }
});
