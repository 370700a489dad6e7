//! Schemas of other people, which are not in this repository.

/// A file of the folder that `EKSODUS_SCHEMAS` names.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "what is skipped must be seen")]
pub fn schema(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("EKSODUS_SCHEMAS").map(std::path::PathBuf::from) else {
        eprintln!("skipped: EKSODUS_SCHEMAS names no folder with {name}");
        return None;
    };
    Some(std::fs::read_to_string(folder.join(name)).unwrap())
}
