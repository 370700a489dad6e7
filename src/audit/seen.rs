//! Which requests were counted already.

use std::hash::BuildHasher as _;

use super::hash::Quick;

/// 8 MiB of them.
const SETS: usize = 1 << 18;
const WAYS: usize = 4;

/// The ids of the last million requests, or nearly.
///
/// A watch is told of when it begins (`ResponseStarted`) and when it ends (`ResponseComplete`), often half an hour later,
/// and may be going on when the log ends. So the first event of a request counts it, whatever its stage, and later ones
/// are known by its id. To do that in constant memory, only the last ids are remembered: four for each of 262,144 hashes, where a new
/// one pushes the oldest out. When somebody's watch ends after a million other requests, it is counted a second time;
/// no request is ever lost by it, and distinct requests stay what they are.
pub(super) struct Seen {
    /// Hashes of ids; 0 is a free place.
    sets: Vec<[u64; WAYS]>,
    hash: Quick,
}

impl Seen {
    pub fn new() -> Self {
        Self::with(SETS)
    }

    fn with(sets: usize) -> Self {
        Self { sets: vec![[0; WAYS]; sets], hash: Quick::default() }
    }

    /// Whether it is new.
    pub fn is_new(&mut self, id: [&str; 4]) -> bool {
        let hash = self.hash.hash_one(id).max(1);
        let at = hash as usize % self.sets.len();
        let set = &mut self.sets[at];
        if set.contains(&hash) {
            return false;
        }
        set.rotate_right(1);
        set[0] = hash;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_for_a_long_time_and_not_for_ever() {
        let mut seen = Seen::with(1 << 12);
        let mut is_new = |id: &str| seen.is_new([id, "alice", "watch", "/x"]);
        assert!(is_new("watch"));
        // none of 200 others pushes it out: that would take four with its hash
        for n in 0..200 {
            assert!(is_new(&format!("id-{n}")));
        }
        assert!(!is_new("watch"));
        for n in 200..200_000 {
            is_new(&format!("id-{n}"));
        }
        assert!(is_new("watch"));
        assert!(!seen.is_new(["watch", "alice", "watch", "/x"]));
        assert!(seen.is_new(["watch", "alice", "watch", "/y"]));
    }
}
