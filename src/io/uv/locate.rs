//! Where the program `uv` is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::remote::RemoteError;

pub(super) fn locate(
    explicit: Option<PathBuf>,
    beside: Option<&Path>,
    path: Option<&OsStr>,
) -> Result<PathBuf, RemoteError> {
    if let Some(program) = explicit {
        // Never another one than the one that was asked for.
        return if program.is_file() {
            Ok(program)
        } else {
            Err(RemoteError::NotConfigured(format!(
                "no program `{}`",
                program.display()
            )))
        };
    }
    let name = format!("uv{}", std::env::consts::EXE_SUFFIX);
    let on_path = path.into_iter().flat_map(std::env::split_paths);
    beside
        .map(Path::to_owned)
        .into_iter()
        .chain(on_path)
        .map(|directory| directory.join(&name))
        .find(|program| is_executable(program))
        .ok_or_else(|| {
            RemoteError::NotConfigured(
                "program `uv` is neither beside `vhb` nor on `PATH`".to_owned(),
            )
        })
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    program
        .metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(program: &Path) -> bool {
    program.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_named_program_comes_first_then_beside_then_path() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let make = |directory: &str, mode: u32| {
            let directory = root.path().join(directory);
            fs_err::create_dir(&directory).unwrap();
            let program = directory.join("uv");
            fs_err::write(&program, "").unwrap();
            fs_err::set_permissions(&program, std::fs::Permissions::from_mode(mode)).unwrap();
            directory
        };
        let beside = make("beside", 0o755);
        let plain = make("plain", 0o644);
        let on_path = make("path", 0o755);
        let path = std::env::join_paths([&plain, &on_path]).unwrap();
        let found = |explicit: Option<PathBuf>, beside: Option<&Path>| {
            locate(explicit, beside, Some(&path)).map_err(|error| error.to_string())
        };
        assert_eq!(found(None, Some(&beside)), Ok(beside.join("uv")));
        assert_eq!(found(None, Some(&plain)), Ok(on_path.join("uv")));
        let named = plain.join("uv");
        assert_eq!(found(Some(named.clone()), Some(&beside)), Ok(named));
        let missing = root.path().join("missing");
        assert!(found(Some(missing), Some(&beside)).is_err());
        assert!(locate(None, None, None).is_err());
    }
}
