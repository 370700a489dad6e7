use super::Fault;

/// go-yaml v2's guard against documents that grow without end through aliases.
#[derive(Debug, Default)]
pub(super) struct Budget {
    decoded: u32,
    /// Of these, within an alias.
    by_alias: u32,
    /// How many aliases are being followed.
    pub depth: u32,
}

/// Up to here 99 % of the nodes may come from aliases, …
const SMALL: f64 = 400_000.0;
/// … and from here on 10 %.
const LARGE: f64 = 4_000_000.0;

impl Budget {
    /// One more node is decoded.
    pub(super) fn spend(&mut self, at: usize) -> Result<(), Fault> {
        self.decoded += 1;
        if self.depth > 0 {
            self.by_alias += 1;
        }
        if self.by_alias > 100 && self.decoded > 1000 {
            let decoded = f64::from(self.decoded);
            if f64::from(self.by_alias) / decoded > allowed(decoded) {
                return Err(Fault::new("the document contains excessive aliasing", at));
            }
        }
        Ok(())
    }
}

fn allowed(decoded: f64) -> f64 {
    0.99 - 0.89 * ((decoded.clamp(SMALL, LARGE) - SMALL) / (LARGE - SMALL))
}
