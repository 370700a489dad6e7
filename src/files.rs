//! Writing files so that a crash leaves the old content or the new one, never half of either; and reading them without
//! waiting for what never ends.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A file or directory could not be written; what was there before is unharmed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    #[source]
    pub cause: io::Error,
}

/// The whole of a regular file of at most `limit` bytes.
///
/// # Errors
/// When it is a pipe, a device, a directory or a link to one, or longer: nothing of it is read then, so that nobody
/// waits for an end that does not come. Else those of the disk.
pub fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = open_regular(path, OpenOptions::new().read(true))?;
    read_to_limit(&mut file, limit)
}

/// Opens a regular file, of any size, to be read as it comes.
///
/// # Errors
/// As [`read_bounded`] has them.
pub fn open(path: &Path) -> io::Result<File> {
    open_regular(path, OpenOptions::new().read(true))
}

/// Opens a regular file, or makes one where there is none and `options` say so.
///
/// # Errors
/// When there is something else, which is not opened: that alone may wait, or do something.
pub(crate) fn open_regular(path: &Path, options: &OpenOptions) -> io::Result<File> {
    match fs::metadata(path) {
        Ok(present) => is_regular(&present)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let file = options.open(path)?;
    // it may have been exchanged in between
    is_regular(&file.metadata()?)?;
    Ok(file)
}

/// All that comes, when that is at most `limit` bytes.
///
/// # Errors
/// When more comes; else those of the source.
pub fn read_to_limit(source: &mut impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let text = format!("it is longer than {} MiB", limit >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

fn is_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "a directory" } else { "not a regular file" };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}")))
}

/// Replaces a file, or makes a new one, by way of a temporary file beside it. Once it returns, the bytes are on disk.
///
/// A new file only its owner may read: plans and snapshots tell who has access to what. A symbolic link stays one, and an
/// existing file keeps its permissions. Only a regular file is replaced: not a directory, a device or a pipe.
///
/// # Errors
/// When any step fails; the temporary file is gone then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    // a link is followed; of a link to nowhere, and of a new file, the path itself is written
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, bytes).map_err(|cause| WriteError { path: path.to_owned(), cause })
}

/// Makes a directory and those above it, where they are missing; only its owner may enter a new one.
///
/// # Errors
/// When one of them cannot be made.
pub fn create_directory(path: &Path) -> Result<(), WriteError> {
    private_directory()
        .recursive(true)
        .create(path)
        .map_err(|cause| WriteError { path: path.to_owned(), cause })
}

pub(crate) fn private_directory() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// To make a file that only its owner may read.
pub(crate) fn private_file() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let directory = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if fs::metadata(target).is_ok_and(|present| !present.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
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
    let mut file = private_file().write(true).create_new(true).open(temporary)?;
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
        assert_eq!(error.cause.to_string(), "not a regular file");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(names(directory.path()), ["pipe"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_read_and_nobody_waits_for_it() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let link = directory.path().join("link");
        symlink(&pipe, &link).unwrap();
        for path in [pipe.as_path(), &link, Path::new("/dev/zero")] {
            let error = read_bounded(path, 1 << 20).unwrap_err();
            assert_eq!(error.to_string(), "it is not a regular file", "{}", path.display());
        }
        assert_eq!(read_bounded(directory.path(), 1).unwrap_err().to_string(), "it is a directory");
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("long");
        write_atomic(&path, &vec![b'x'; (2 << 20) + 1]).unwrap();
        assert_eq!(read_bounded(&path, (2 << 20) + 1).unwrap().len(), (2 << 20) + 1);
        assert_eq!(read_bounded(&path, 2 << 20).unwrap_err().to_string(), "it is longer than 2 MiB");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_only_its_owner_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("a/b");
        create_directory(&folder).unwrap();
        write_atomic(&folder.join("plan.json"), b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let modes = [&directory.path().join("a"), &folder, &folder.join("plan.json")].map(|path| mode(path));
        assert_eq!(modes, [0o700, 0o700, 0o600]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        write_atomic(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_atomic(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
