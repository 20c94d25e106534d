//! Any bytes as a demo: nothing panics, every problem and every step is at a place in the
//! file, what came out can be written down, and then it is what is expected.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterline::demos::script::{Actual, End, Verdict, bless, compare, shell};
use waterline::demos::stock::Demos;
use waterline::notebook::{Notebook, Rules};

fn demos(bytes: &[u8]) -> Demos {
    let files = [("demos/x.md".to_owned(), bytes.to_vec())];
    Demos::of(&Notebook::from_files(files, &Rules::default()))
}

fuzz_target!(|bytes: &[u8]| {
    let all = demos(bytes);
    let demo = all.get("x").expect("a demo");
    let lines = demo.source.split('\n').count();
    for problem in all.problems() {
        let line = problem.line as usize;
        assert!((1..=lines).contains(&line), "{problem:?} of {lines}");
    }
    let mut last = 0;
    let mut came = Vec::new();
    for step in demo.steps() {
        assert!(last < step.line && step.line <= step.command_end);
        assert!(step.command_end <= step.end && step.end as usize <= lines);
        last = step.end;
        let actual = Actual {
            stdout: bytes.to_vec(),
            stderr: b"! x\n\n".to_vec(),
            end: End::Code(1),
        };
        came.push((step.number, actual));
    }
    shell(demo);
    let Ok(blessed) = bless(demo, &demo.source, &came) else {
        return;
    };
    let again = demos(blessed.as_bytes());
    let again = again.get("x").expect("still a demo");
    for (number, actual) in &came {
        let step = again.step(*number).expect("still a step");
        let verdict = compare(&step.expected, actual, step.order);
        assert_eq!(verdict, Verdict::Passed, "{blessed}");
    }
});
