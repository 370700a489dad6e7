//! Colours only repeat what the words say.

use anstyle::{AnsiColor, Style};

pub(super) const HEADING: Style = Style::new().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const CARE: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const GONE: Style = AnsiColor::Red.on_default();
pub(super) const FAINT: Style = Style::new().dimmed();
