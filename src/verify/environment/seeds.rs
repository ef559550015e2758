//! What tools put into an environment by themselves, before anything is installed.

use super::warning;
use crate::finding::{Code, Finding};
use crate::model::{Dist, Sha256Digest};

/// What `venv`, `virtualenv` and conda install so that more can be installed, and the directories of
/// modules that are theirs.
const INSTALLERS: [(&str, &[&str]); 4] = [
    ("pip", &["pip"]),
    (
        "setuptools",
        &["setuptools", "pkg_resources", "_distutils_hack"],
    ),
    ("wheel", &["wheel"]),
    ("uv", &["uv"]),
];

/// Whether something that is not locked may own a file, given by its path in the directory of
/// modules: an installer is expected, and may list what is its own. Whatever else it lists belongs
/// to nobody, or its list would hide anything.
pub(super) fn may_own(name: &str, inside: &str) -> bool {
    let installer = INSTALLERS.iter().find(|(there, _)| *there == name);
    installer.is_none_or(|(_, own)| {
        let top = inside.split('/').next().unwrap_or_default();
        let about = top
            .strip_suffix(".dist-info")
            .and_then(|stem| stem.split('-').next());
        own.contains(&top) || about == Some(name)
    })
}

/// A distribution that is not locked: an installer is no surprise, but it can be imported.
pub(super) fn extra(dist: &Dist) -> Finding {
    let message = format!("`{dist}` is installed, and not locked");
    if INSTALLERS
        .iter()
        .any(|(name, _)| *name == dist.name.as_ref())
    {
        let hint =
            "environments that `vhb sync` makes hold no installer; `uv pip uninstall` removes it";
        return warning(Code::DistributionExtra, message).hint(hint);
    }
    Finding::new(Code::DistributionExtra, message)
}

/// By the SHA-256 of every version that was published: the `_virtualenv.pth` of virtualenv and uv,
/// with the module that it imports, and that of setuptools; all are mends for `distutils`.
const KNOWN: [(&str, &[&str]); 3] = [
    (
        "distutils-precedence.pth",
        &[
            "2638ce9e2500e572a5e0de7faed6661eb569d1b696fcba07b0dd223da5f5d224",
            "7ea7ffef3fe2a117ee12c68ed6553617f0d7fd2f0590257c25c484959a3b7373",
        ],
    ),
    (
        "_virtualenv.pth",
        &["69ac3d8f27e679c81b94ab30b3b56e9cd138219b1ba94a1fa3606d5a76a1433d"],
    ),
    (
        "_virtualenv.py",
        &[
            "07584d2a5d13e0811eb567d78ed2aca0fb60e7defff59a01ca7a48d907bdea51",
            "0aeb86546345c1d0fada097536e35525714d5cdbcc2d8eb3f9912a955044fcff",
            "0f20351ea7e90039c46d3fabdef991f28b1e3ff33eb13ee6f0d5cd21ea0e8b14",
            "119e4eb9c1a39e6ffd220840844bd326fa1bd3acf2f1c9fa0612949aedc228a5",
            "684b8c07932ba4a84ac2e5ae9afe49ef04e92bac3d8d4191d455cf09d093e5fc",
            "6cf30c56faf2a55228914dbbd17f8088ed371ebb08f5e7fa6fd931f913fcaf1d",
            "bec6155ff7bfc88f8e79e481f27fd7ee0a3b40eeca9bfeb41f4c4b997b2f8100",
            "c9199315871b11b12df226f890a38e66e63191e1adbfb11a66e6861151b33fca",
            "ce57d5e0d9b5d7356cb42da7450ba8f9359bdf693e335f4c921626943c77e64d",
            "ee52b2e2e720a40885a6b4b90c40e28e5c70e550af74d5efd169eaa5db2a6f6f",
        ],
    ),
];

/// Whether a file is known, by its name and its bytes, to be put there by who made the environment.
pub(super) fn is_known(name: &str, digest: &Sha256Digest) -> bool {
    let hex = digest.hex();
    let known = KNOWN.iter().find(|(there, _)| *there == name);
    known.is_some_and(|(_, digests)| digests.contains(&hex.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_bytes_and_not_by_its_name() {
        let pth = Sha256Digest::of(b"import _virtualenv");
        assert!(is_known("_virtualenv.pth", &pth));
        assert!(!is_known("_virtualenv.py", &pth));
        assert!(!is_known(
            "_virtualenv.pth",
            &Sha256Digest::of(b"import evil")
        ));
        assert!(!is_known("other.pth", &pth));
    }

    #[test]
    fn installers_own_what_is_theirs_and_nothing_else() {
        for (name, inside, owns) in [
            ("pip", "pip/_vendor/idna/core.py", true),
            ("pip", "pip-24.0.dist-info/RECORD", true),
            ("pip", "idna/evil.py", false),
            ("pip", "sitecustomize.py", false),
            ("setuptools", "_distutils_hack/__init__.py", true),
            ("setuptools", "pip/evil.py", false),
            ("plugin", "anything.py", true),
        ] {
            assert_eq!(may_own(name, inside), owns, "{name}: {inside}");
        }
    }
}
