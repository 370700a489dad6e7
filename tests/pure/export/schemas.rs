//! Schemas of other people, which are not in this repository.

/// A file of the folder that `EKSODUS_SCHEMAS` names.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "what is skipped must be seen")]
pub fn schema(name: &str) -> Option<String> {
    let folder = std::env::var_os("EKSODUS_SCHEMAS").map(std::path::PathBuf::from);
    let path = folder.map(|folder| folder.join(name)).filter(|path| path.is_file());
    if path.is_none() {
        eprintln!("skipped: EKSODUS_SCHEMAS names no folder with {name}");
    }
    Some(std::fs::read_to_string(path?).unwrap())
}
