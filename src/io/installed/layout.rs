//! Where the modules of an environment lie: virtual environments, prefixes, bare directories.

use std::fs;
use std::path::{Path, PathBuf};

use super::InstalledError;

/// The shape of an environment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The directory that all paths are relative to, without links.
    pub(super) root: PathBuf,
    /// The directories that modules are imported from, relative to the root.
    pub(super) sites: Vec<String>,
    /// The Python, as far as the place tells.
    pub(super) python: Option<String>,
    /// Whether the base installation's packages are imported too.
    pub(super) sees_base: bool,
    /// Whether it is the place of an installation, which also imports packages of its user.
    pub(super) is_base: bool,
}

impl Layout {
    /// Finds it. `wanted` is the Python that is expected, `3.11`: a prefix may hold several.
    pub(super) fn of(directory: &Path, wanted: &str) -> Result<Self, InstalledError> {
        let cannot = |error| InstalledError::Unreadable(directory.to_path_buf(), error);
        let root = directory.canonicalize().map_err(cannot)?;
        if !root.is_dir() {
            return Err(InstalledError::NotADirectory(directory.to_path_buf()));
        }
        if is_site_name(&root.file_name().unwrap_or_default().to_string_lossy()) {
            return Ok(Self::of_site(root));
        }
        let settings = Settings::read(&root);
        let known = settings.as_ref().and_then(|it| it.version.clone());
        let known = known.or_else(|| conda_python(&root));
        // A prefix may keep the modules of a Python that it no longer runs.
        if let Some((sites, minor)) = in_prefix(&root, known.as_deref().unwrap_or(wanted)) {
            return Ok(Self::in_root(
                root,
                sites,
                Some(known.unwrap_or(minor)),
                settings.as_ref(),
            ));
        }
        if root.join("Lib/site-packages").is_dir() {
            let sites = vec!["Lib/site-packages".to_owned()];
            return Ok(Self::in_root(root, sites, known, settings.as_ref()));
        }
        if is_site(&root) {
            return Ok(Self::of_site(root));
        }
        Err(InstalledError::NoEnvironment(directory.to_path_buf()))
    }

    fn in_root(
        root: PathBuf,
        sites: Vec<String>,
        python: Option<String>,
        settings: Option<&Settings>,
    ) -> Self {
        Self {
            root,
            sites,
            python,
            sees_base: settings.is_some_and(|it| it.sees_base),
            is_base: settings.is_none(),
        }
    }

    /// A directory of modules by itself; where it is that of a prefix, that is the root, because
    /// programs and data lie beside it.
    fn of_site(site: PathBuf) -> Self {
        let parts: Vec<_> = site.iter().rev().take(3).collect();
        let named = match parts[..] {
            [site, python, lib] if is_site_name(&site.to_string_lossy()) => {
                let minor = minor_of(&python.to_string_lossy());
                minor.filter(|_| lib == "lib" || lib == "lib64")
            }
            _ => None,
        };
        if let Some(minor) = &named
            && let Some(root) = site.ancestors().nth(3)
            && let Ok(inner) = site.strip_prefix(root)
        {
            let settings = Settings::read(root);
            let known = settings.as_ref().and_then(|it| it.version.clone());
            // What the settings say of another series is not about this directory.
            let known = known.filter(|full| is_of(full, minor));
            let sites = vec![inner.to_string_lossy().into_owned()];
            let python = known.unwrap_or_else(|| minor.clone());
            return Self::in_root(root.to_path_buf(), sites, Some(python), settings.as_ref());
        }
        Self {
            root: site,
            sites: vec![String::new()],
            python: None,
            sees_base: false,
            is_base: false,
        }
    }
}

fn is_site_name(name: &str) -> bool {
    name == "site-packages" || name == "dist-packages"
}

/// Whether `3.11.4` is one of `3.11`.
fn is_of(full: &str, minor: &str) -> bool {
    let rest = full.strip_prefix(minor);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The directories of modules below `lib` and `lib64`, and the Python that they are for.
fn in_prefix(root: &Path, wanted: &str) -> Option<(Vec<String>, String)> {
    let wanted: Vec<_> = wanted.splitn(3, '.').take(2).collect();
    let wanted = wanted.join(".");
    let mut sites = Vec::new();
    let mut reals: Vec<PathBuf> = Vec::new();
    for lib in ["lib", "lib64"] {
        for python in names(&root.join(lib)) {
            let Some(minor) = minor_of(&python) else {
                continue;
            };
            for site in ["site-packages", "dist-packages"] {
                let path = format!("{lib}/{python}/{site}");
                let Ok(real) = root.join(&path).canonicalize() else {
                    continue;
                };
                // `lib64` is a link to `lib` in virtual environments.
                if real.is_dir() && !reals.contains(&real) {
                    reals.push(real);
                    sites.push((minor.clone(), path));
                }
            }
        }
    }
    let minors = || sites.iter().map(|(minor, _)| minor);
    let chosen = minors().find(|minor| **minor == wanted).or(minors().next());
    let chosen = chosen?.clone();
    let of_it = sites.iter().filter(|(minor, _)| *minor == chosen);
    let paths = of_it.map(|(_, path)| path.clone()).collect();
    Some((paths, chosen))
}

/// `python3.11` is for `3.11`.
fn minor_of(name: &str) -> Option<String> {
    let minor = name.strip_prefix("python")?;
    let (major, rest) = minor.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(rest)).then(|| minor.to_owned())
}

/// Whether a directory looks like one that modules are imported from.
fn is_site(root: &Path) -> bool {
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    is_site_name(&name)
        || names(root).iter().any(|name| {
            let ending = Path::new(name).extension();
            ending.is_some_and(|ending| ending == "dist-info" || ending == "egg-info")
        })
}

/// The names in a directory, sorted; none where it cannot be read.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// What `pyvenv.cfg` says (PEP 405).
struct Settings {
    version: Option<String>,
    sees_base: bool,
}

impl Settings {
    /// Python looks beside its program first, then above it. None where there is no such file.
    fn read(root: &Path) -> Option<Self> {
        let places = ["bin/pyvenv.cfg", "Scripts/pyvenv.cfg", "pyvenv.cfg"];
        let mut texts = places
            .iter()
            .filter_map(|place| fs::read(root.join(place)).ok());
        let text = String::from_utf8_lossy(&texts.next()?).into_owned();
        // What Python does where nothing is said.
        let mut settings = Self {
            version: None,
            sees_base: true,
        };
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        for (key, value) in pairs.map(|(key, value)| (key.trim(), value.trim())) {
            match key.to_ascii_lowercase().as_str() {
                "version" | "version_info" => {
                    // `3.11.2.final.0` is what virtualenv writes.
                    let numbers = value.split('.').take(3);
                    let numbers: Vec<_> = numbers
                        .take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
                        .collect();
                    settings.version = Some(numbers.join(".")).filter(|text| !text.is_empty());
                }
                "include-system-site-packages" => {
                    settings.sees_base = value.eq_ignore_ascii_case("true");
                }
                _ => {}
            }
        }
        Some(settings)
    }
}

/// The Python that conda says it has installed: `conda-meta/python-3.11.9-h955ad1f_0.json`.
fn conda_python(root: &Path) -> Option<String> {
    let names = names(&root.join("conda-meta"));
    names.iter().find_map(|name| {
        let rest = name.strip_prefix("python-")?;
        let version = rest.split('-').next()?;
        let is_version = version.starts_with(|first: char| first.is_ascii_digit());
        is_version.then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(paths: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for path in paths {
            fs::create_dir_all(root.path().join(path)).unwrap();
        }
        root
    }

    fn found(root: &Path, inner: &str) -> (Vec<String>, Option<String>, bool) {
        let layout = Layout::of(&root.join(inner), "3.11").unwrap();
        (layout.sites, layout.python, layout.sees_base)
    }

    #[test]
    fn a_virtual_environment_tells_its_python_and_what_else_it_sees() {
        let root = make(&["lib/python3.11/site-packages"]);
        #[cfg(unix)]
        std::os::unix::fs::symlink("lib", root.path().join("lib64")).unwrap();
        let site = vec!["lib/python3.11/site-packages".to_owned()];
        for (settings, python, sees_base) in [
            (
                "version = 3.11.2\ninclude-system-site-packages = false",
                "3.11.2",
                false,
            ),
            (
                "version_info = 3.11.2.final.0\nInclude-System-Site-Packages=True",
                "3.11.2",
                true,
            ),
            // Modules of a Python that the environment no longer runs.
            (
                "version = 3.12.1\ninclude-system-site-packages = false",
                "3.12.1",
                false,
            ),
            ("", "3.11", true),
        ] {
            fs::write(root.path().join("pyvenv.cfg"), settings).unwrap();
            let expected = (site.clone(), Some(python.to_owned()), sees_base);
            assert_eq!(found(root.path(), ""), expected, "{settings}");
        }
    }

    #[test]
    fn prefixes_hold_several_pythons_and_conda_tells_which() {
        let root = make(&[
            "lib/python3.9/site-packages",
            "lib/python3.11/site-packages",
            "lib/python3.11/dist-packages",
            "lib64/python3.11/site-packages",
            "lib/python3/dist-packages",
        ]);
        let sites = [
            "lib/python3.11/site-packages",
            "lib/python3.11/dist-packages",
            "lib64/python3.11/site-packages",
        ];
        let sites: Vec<_> = sites.map(str::to_owned).into();
        let (there, python, _) = found(root.path(), "");
        assert_eq!((there, python.as_deref()), (sites.clone(), Some("3.11")));
        fs::create_dir(root.path().join("conda-meta")).unwrap();
        for name in ["python-3.11.9-h1_0.json", "python-dateutil-2.9-py_0.json"] {
            fs::write(root.path().join("conda-meta").join(name), "{}").unwrap();
        }
        assert_eq!(found(root.path(), "").1.as_deref(), Some("3.11.9"));
        let other = Layout::of(root.path(), "3.10.4").unwrap();
        assert_eq!(other.python.as_deref(), Some("3.11.9"));
    }

    #[test]
    fn a_directory_of_modules_is_one_by_itself_or_in_its_prefix() {
        let root = make(&[
            "usr/lib/python3.11/site-packages",
            "target/numpy-1.0.dist-info",
            "Windows/Lib/site-packages",
            "empty/site-packages",
            "nothing",
        ]);
        let layout = Layout::of(
            &root.path().join("usr/lib/python3.11/site-packages"),
            "3.11",
        );
        let layout = layout.unwrap();
        assert!(layout.root.ends_with("usr"));
        assert_eq!(layout.sites, ["lib/python3.11/site-packages"]);
        assert_eq!(layout.python.as_deref(), Some("3.11"));
        for bare in ["target", "empty/site-packages"] {
            assert_eq!(found(root.path(), bare), (vec![String::new()], None, false));
        }
        let windows = vec!["Lib/site-packages".to_owned()];
        assert_eq!(found(root.path(), "Windows").0, windows);
        for none in ["nothing", "missing"] {
            assert!(
                Layout::of(&root.path().join(none), "3.11").is_err(),
                "{none}"
            );
        }
    }
}
