//! What every list promises about its pages.

use application::ports::Page;
use uuid::Uuid;

/// Turns pages until there are no more, with several sizes: together they must be `newest_first`, without gap or
/// repetition, and none longer than asked for.
pub(super) async fn assert_pages(newest_first: &[Uuid], list: impl AsyncFn(Page) -> Vec<Uuid>) {
    for limit in [1, 2, 3, 100] {
        let mut seen = Vec::new();
        loop {
            let page = list(Page { before: seen.last().copied(), limit }).await;
            assert!(page.len() <= usize::from(limit), "a page of {limit} has {} items", page.len());
            if page.is_empty() {
                break;
            }
            seen.extend(page);
            assert!(seen.len() <= newest_first.len(), "the list has items that it should not have");
        }
        assert_eq!(seen, newest_first, "in pages of {limit}");
    }
}
