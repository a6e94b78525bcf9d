//! The code that puts the chat on a page.

/// A script for the page: it opens the chat, and tells it where the visitor comes from.
pub fn snippet() -> &'static str {
    include_str!("embed.html")
}
