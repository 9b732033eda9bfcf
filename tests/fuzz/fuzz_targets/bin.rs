#![no_main]

mod check;

use check::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check("fuzz.bin", bytes);
});
