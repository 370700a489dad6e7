#![no_main]

use eksodus::lint::lint_plan;
use eksodus::planner::Plan;
use libfuzzer_sys::fuzz_target;

// any text as a saved plan: what is one can be linted and is written as it was read
fuzz_target!(|text: &str| {
    let _ = Plan::is_one(text);
    let Ok(plan) = Plan::parse(text) else { return };
    let _ = lint_plan(&plan);
    let again = Plan::parse(&plan.to_json()).expect("what is written can be read");
    assert_eq!(again.digest, plan.digest);
});
