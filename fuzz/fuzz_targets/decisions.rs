#![no_main]

use eksodus::planner::{Decisions, Layer};
use libfuzzer_sys::fuzz_target;

// any text as eksodus.yaml, alone and as two layers: the same twice is the same once
fuzz_target!(|text: &str| {
    let Ok(alone) = Decisions::parse("eksodus.yaml", text) else { return };
    let layer = || Layer::parse("eksodus.yaml", text).expect("it was read before");
    let twice = Decisions::layered([(String::new(), layer()), (String::new(), layer())]);
    assert_eq!(twice.groups, alone.groups);
    assert_eq!(twice.prune, alone.prune);
});
