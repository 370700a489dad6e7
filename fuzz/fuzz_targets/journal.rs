#![no_main]

use eksodus::journal::read;
use libfuzzer_sys::fuzz_target;

// any bytes as a journal: what is cut off at the end changes nothing of what was whole
fuzz_target!(|bytes: &[u8]| {
    let Ok(reading) = read(bytes) else { return };
    let whole = &bytes[..bytes.len() - reading.torn];
    let again = read(whole).expect("the whole lines were read before");
    assert_eq!((again.torn, again.records.len()), (0, reading.records.len()));
});
