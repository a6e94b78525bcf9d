//! The list of cases in docs/architecture.md is the suites'.

/// Makes a constant of the names of a suite's cases.
macro_rules! names {
    (($suite:ident) $($module:ident { $($case:ident)+ })+) => {
        const $suite: &[&str] = &[$($(stringify!($case)),+),+];
    };
}

port_contracts::for_each_storage_case!([names] STORAGE);
port_contracts::for_each_queue_case!([names] QUEUE);

#[test]
fn every_case_is_listed() {
    let text = include_str!("../../../docs/architecture.md");
    let words: Vec<_> = text.split_whitespace().collect();
    let text = words.join(" ");
    for case in STORAGE.iter().chain(QUEUE) {
        let sentence = case.replace('_', " ");
        assert!(text.contains(&sentence), "docs/architecture.md does not list: {sentence}");
    }
    for (suite, count) in [("storage ports", STORAGE.len()), ("of the queue", QUEUE.len())] {
        assert!(
            text.contains(&format!("the same {count}")),
            "docs/architecture.md counts the cases of the {suite} wrongly"
        );
    }
}
