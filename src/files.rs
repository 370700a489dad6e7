//! Writing files so that a crash leaves the old content or the new one, never half of either.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file or directory could not be written; what was there before is unharmed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    #[source]
    pub cause: io::Error,
}

/// Replaces a file, or makes a new one, by way of a temporary file beside it. Once it returns, the bytes are on disk.
///
/// A symbolic link stays one, and an existing file keeps its permissions. Only a regular file is replaced: not a
/// directory, a device or a pipe.
///
/// # Errors
/// When any step fails; the temporary file is gone then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    // a link is followed; of a link to nowhere, and of a new file, the path itself is written
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, bytes).map_err(|cause| WriteError { path: path.to_owned(), cause })
}

/// Makes a directory and those above it, where they are missing.
///
/// # Errors
/// When one of them cannot be made.
pub fn create_directory(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(|cause| WriteError { path: path.to_owned(), cause })
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let directory = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if fs::metadata(target).is_ok_and(|present| !present.is_file()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "there is something that is no regular file",
        ));
    }
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = directory.join(temporary_name);
    // left by a process of the same id that crashed
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let result = fill(&temporary, target, bytes).and_then(|()| fs::rename(&temporary, target));
    if let Err(error) = result {
        // the first error is the one to tell
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_directory(directory)
}

fn fill(temporary: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    if let Ok(metadata) = fs::metadata(target) {
        file.set_permissions(metadata.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// The new name is on disk only when the directory is.
#[cfg(unix)]
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Elsewhere a directory cannot be opened as a file.
#[cfg(not(unix))]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_and_replaced_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plan.json");
        write_atomic(&path, b"one, and longer").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(directory.path()), ["plan.json"]);
    }

    #[test]
    fn a_failure_names_the_path_and_leaves_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        let occupied = directory.path().join("occupied");
        create_directory(&occupied.join("deeper")).unwrap();
        let error = write_atomic(&occupied, b"x").unwrap_err();
        assert_eq!(error.path, occupied);
        assert_eq!(error.to_string(), format!("cannot write {}", occupied.display()));
        assert_eq!(names(directory.path()), ["occupied"]);
        assert_eq!(names(&occupied), ["deeper"]);
        let missing = directory.path().join("missing/file");
        assert_eq!(write_atomic(&missing, b"x").unwrap_err().cause.kind(), io::ErrorKind::NotFound);
        assert!(write_atomic(Path::new(".."), b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = write_atomic(&pipe, b"x").unwrap_err();
        assert_eq!(error.cause.to_string(), "there is something that is no regular file");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(names(directory.path()), ["pipe"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        write_atomic(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        write_atomic(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
