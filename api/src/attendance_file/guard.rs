//! The apostrophe that keeps a spreadsheet from running a cell as a formula: put on when we write, taken off when we read. How cells
//! are quoted is not here.

/// Whether a spreadsheet may run the text. One that is already guarded counts too, so that of several apostrophes reading takes off
/// the one that writing put on.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text as it is written.
pub(super) fn guarded(text: String) -> String {
    if is_risky(&text) { format!("'{text}") } else { text }
}

/// The text as it was before it was written.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| is_risky(text)).unwrap_or(text)
}
