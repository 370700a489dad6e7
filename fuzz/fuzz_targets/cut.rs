#![no_main]

use std::collections::BTreeSet;

use eksodus::model::ConfigMap;
use eksodus::reader::{Manifest, SectionName, cut, read};
use libfuzzer_sys::fuzz_target;

// any items of any section: what remains has been read again, and cutting nothing changes nothing
fuzz_target!(|input: (BTreeSet<u8>, u8, &str)| {
    let (items, section, text) = input;
    let section = SectionName::ALL[usize::from(section) % SectionName::ALL.len()];
    let items: BTreeSet<usize> = items.into_iter().take(8).map(|item| usize::from(item % 16)).collect();
    if let Ok(same) = cut(text, section, &BTreeSet::new()) {
        assert_eq!(same, text);
    }
    let Ok(rest) = cut(text, section, &items) else { return };
    let of = |text: &str| {
        let data = [(section.to_string(), text.to_owned())].into();
        let auth = read(&Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() }));
        auth.written()
    };
    let cut_away = items.iter().filter(|item| **item < of(text)).count();
    assert_eq!(of(&rest) + cut_away, of(text), "{text:?} without {items:?} is {rest:?}");
});
