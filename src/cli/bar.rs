use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a run has come, on a terminal; nothing anywhere else.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(shown: bool) -> Self {
        let bar = if shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub fn at(&self, number: usize, of: usize, what: &str) {
        self.0.set_length(of as u64);
        self.0.set_position(number as u64);
        self.0.set_message(eksodus::render::escape::terminal(what).into_owned());
        self.0.enable_steady_tick(Duration::from_millis(120));
    }

    pub fn finish_and_clear(&self) {
        self.0.finish_and_clear();
    }

    /// Out of the way of what is written to the same terminal.
    pub fn hidden_while<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }
}
