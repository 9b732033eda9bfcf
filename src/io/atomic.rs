//! Writing a file whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::IoError;

/// What a temporary file's name begins with; one that a killed process left behind is swept by [`make_folder`].
const TEMPORARY: &str = ".sae-lab-";
/// Temporary files older than this belong to no process that still writes.
const STRAY_AFTER: std::time::Duration = std::time::Duration::from_secs(3600);

/// Writes `path` through a temporary file beside it, which takes its name only when all is on the disk: whoever
/// reads `path` sees the old content or the new, never a part.
///
/// # Errors
/// The folder can't be written to, or `content` fails.
pub fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), IoError> {
    let wrong = IoError::write(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder)
        .map_err(&wrong)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    content(&mut writer).map_err(&wrong)?;
    writer.flush().map_err(&wrong)?;
    drop(writer);
    make_readable(file.as_file()).map_err(&wrong)?;
    file.as_file().sync_all().map_err(&wrong)?;
    file.persist(path).map_err(|error| wrong(error.error))?;
    Ok(())
}

/// Temporary files are private; a result is as readable as any file that the user makes.
#[cfg(unix)]
fn make_readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> std::io::Result<()> {
    Ok(())
}

/// Makes the folder and those above it, and sweeps what a killed process left in it.
///
/// # Errors
/// It can't be made, or is a file.
pub fn make_folder(path: &Path) -> Result<(), IoError> {
    std::fs::create_dir_all(path).map_err(|source| IoError::Folder {
        path: path.to_owned(),
        source,
    })?;
    let Ok(entries) = std::fs::read_dir(path) else {
        return Ok(()); // the first write will say what is wrong
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .map(|time| time.elapsed().unwrap_or_default());
        if ours && age.is_ok_and(|age| age > STRAY_AFTER) {
            // another process may have swept it: that is as good
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_content_and_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        write_atomically(&path, |file| file.write_all(b"old")).unwrap();
        let failed = write_atomically(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(std::io::Error::other("the disk is full"))
        });
        assert!(failed.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn stray_files_are_swept_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - 2 * STRAY_AFTER;
        for name in [".sae-lab-stray", "kept"] {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(old).unwrap();
        }
        File::create(folder.path().join(".sae-lab-fresh")).unwrap();
        make_folder(folder.path()).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, [".sae-lab-fresh", "kept"]);
    }
}
