#![no_main]

use eksodus::reader::{Manifest, emit, oddities, read};
use libfuzzer_sys::fuzz_target;

// any bytes as the manifest of aws-auth: what is read has its places within the text, and reads the same when it is written
fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = Manifest::parse("fuzz", bytes) else { return };
    let auth = read(&manifest);
    for mapping in auth.roles.entries.iter().chain(&auth.users.entries) {
        assert!(mapping.span.end <= manifest.source.text.len());
    }
    let _ = oddities(&manifest);
    let written = emit(&manifest.config_map);
    let again = Manifest::parse("again", written.as_bytes()).expect("what is written can be read");
    assert_eq!(again.config_map, manifest.config_map);
});
