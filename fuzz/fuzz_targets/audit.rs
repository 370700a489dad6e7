#![no_main]

use eksodus::audit::read_events;
use libfuzzer_sys::fuzz_target;

// any bytes as an audit log: it is read to its end, and no line ends it
fuzz_target!(|bytes: &[u8]| {
    let mut told = 0_u64;
    let reading = read_events(bytes, |_| told += 1).expect("memory can be read");
    assert_eq!(reading.events, told);
});
