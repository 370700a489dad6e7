#![no_main]

use std::path::Path;

use eksodus::snapshot::RbacFile;
use libfuzzer_sys::fuzz_target;

// any bytes as roles and bindings
fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = RbacFile::of(Path::new("rbac.yaml"), bytes.to_vec()) else { return };
    for problem in &file.problems {
        assert!(!problem.to_string().is_empty());
    }
});
