use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a run has come, on a terminal and while there is a run; nothing anywhere else.
#[derive(Clone)]
pub struct Bar {
    bar: ProgressBar,
    is_wanted: bool,
}

impl Bar {
    pub fn new(is_wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, is_wanted }
    }

    /// Whether there is a terminal to show it on.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    pub fn at(&self, number: usize, of: usize, what: &str) {
        if self.is_wanted && self.bar.is_hidden() {
            self.bar.reset();
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
        self.bar.set_length(of as u64);
        self.bar.set_position(number as u64);
        self.bar.set_message(eksodus::render::escape::terminal(what).into_owned());
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
    }

    /// Out of the way of what is written to the same terminal.
    pub fn hidden_while<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}
