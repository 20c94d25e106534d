//! Any bytes as a docker command line: nothing panics, and what is permitted stays
//! within the sandbox. The same function runs over the saved corpus in `tests/it`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/refusal_cases.rs"]
mod refusal_cases;
#[path = "../../tests/it/stays_inside.rs"]
mod stays_inside;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(line) = std::str::from_utf8(bytes) {
        stays_inside::check(line);
    }
});
