//! Platforms by the names that uv gives them, and what a wheel's platform tag means on them.

use std::fmt;
use std::str::FromStr;

/// A platform that environments can be locked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// As written.
    text: String,
    system: System,
    /// As wheels write it: `x86_64`, `aarch64`, `arm64`.
    machine: &'static str,
}

/// What a platform runs on, as far as wheels tell systems apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum System {
    /// Linux with glibc 2.N (PEP 600).
    Manylinux(u32),
    /// Linux with musl 1.N (PEP 656).
    Musllinux(u32),
    MacOs,
    Windows,
}

/// The text names no platform.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a platform like `x86_64-manylinux_2_28`, `aarch64-apple-darwin` or `windows`"
)]
pub struct PlatformError(String);

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (machine, rest) = match text {
            "linux" => ("x86_64", "unknown-linux-gnu"),
            "macos" => ("aarch64", "apple-darwin"),
            "windows" => ("x86_64", "pc-windows-msvc"),
            _ => text
                .split_once('-')
                .ok_or_else(|| PlatformError(text.to_owned()))?,
        };
        let system = match rest {
            "unknown-linux-gnu" => Some(System::Manylinux(28)),
            "unknown-linux-musl" => Some(System::Musllinux(2)),
            "manylinux2014" => Some(System::Manylinux(17)),
            "apple-darwin" => Some(System::MacOs),
            "pc-windows-msvc" => Some(System::Windows),
            _ => rest
                .strip_prefix("manylinux_2_")
                .filter(|minor| minor.len() == 2 && minor.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|minor| minor.parse().ok())
                // The versions of glibc that uv has names for.
                .filter(|minor| matches!(minor, 17 | 28 | 31..=40))
                .map(System::Manylinux),
        };
        let machine = match (machine, system) {
            ("x86_64", _) => Some("x86_64"),
            ("aarch64", Some(System::MacOs)) => Some("arm64"),
            ("aarch64", _) => Some("aarch64"),
            ("i686", Some(System::Windows)) => Some("i686"),
            _ => None,
        };
        let known = machine.zip(system);
        let (machine, system) = known.ok_or_else(|| PlatformError(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            system,
            machine,
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(Platform, "A platform, as uv names it.");

impl Platform {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The processor, in the word that names of environments use.
    pub fn machine(&self) -> &'static str {
        self.machine
    }

    /// The platform of the containers that run here, as image indexes name it: `linux/amd64`.
    pub fn container(&self) -> String {
        let architecture = match self.machine {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "i686" => "386",
            other => other,
        };
        format!("linux/{architecture}")
    }

    /// Whether a machine runs what is made for this platform, by the names that Rust gives to
    /// operating systems and processors (`linux`, `x86_64`).
    pub fn runs_on(&self, system: &str, machine: &str) -> bool {
        let of_system = match self.system {
            System::Manylinux(_) | System::Musllinux(_) => "linux",
            System::MacOs => "macos",
            System::Windows => "windows",
        };
        let of_machine = match self.machine {
            "arm64" => "aarch64",
            "i686" => "x86",
            other => other,
        };
        (of_system, of_machine) == (system, machine)
    }

    /// `platform_system`, `sys_platform`, `os_name` and `platform_machine` of PEP 508.
    pub(super) fn markers(&self) -> [&'static str; 4] {
        match self.system {
            System::Manylinux(_) | System::Musllinux(_) => {
                ["Linux", "linux", "posix", self.machine]
            }
            System::MacOs => ["Darwin", "darwin", "posix", self.machine],
            System::Windows => ["Windows", "win32", "nt", self.windows_machine()],
        }
    }

    fn windows_machine(&self) -> &'static str {
        match self.machine {
            "aarch64" => "ARM64",
            "i686" => "x86",
            _ => "AMD64",
        }
    }

    /// How good a platform tag is here, 0 the best; none where it does not run.
    ///
    /// The order is that of the library `packaging`: the newest C library or system first.
    pub(super) fn rank(&self, tag: &str) -> Option<u32> {
        match self.system {
            System::Manylinux(newest) => {
                let tag = tag.strip_suffix(self.machine)?.strip_suffix('_')?;
                let (minor, alias) = match tag {
                    "manylinux1" => (5, 1),
                    "manylinux2010" => (12, 1),
                    "manylinux2014" => (17, 1),
                    // Made for no C library in particular: the last resort.
                    "linux" => return Some(u32::MAX),
                    _ => (tag.strip_prefix("manylinux_2_")?.parse().ok()?, 0),
                };
                Some(newest.checked_sub(minor)? * 2 + alias)
            }
            System::Musllinux(newest) => {
                let tag = tag.strip_suffix(self.machine)?.strip_suffix('_')?;
                if tag == "linux" {
                    return Some(u32::MAX);
                }
                let minor: u32 = tag.strip_prefix("musllinux_1_")?.parse().ok()?;
                newest.checked_sub(minor)
            }
            System::MacOs => self.rank_macos(tag),
            System::Windows => {
                let expected = match self.machine {
                    "aarch64" => "win_arm64",
                    "i686" => "win32",
                    _ => "win_amd64",
                };
                (tag == expected).then_some(0)
            }
        }
    }

    fn rank_macos(&self, tag: &str) -> Option<u32> {
        let mut parts = tag.strip_prefix("macosx_")?.splitn(3, '_');
        let major: u32 = parts.next()?.parse().ok()?;
        let minor: u32 = parts.next()?.parse().ok()?;
        let machines: &[&str] = match self.machine {
            "arm64" => &["arm64", "universal2"],
            _ => &[
                "x86_64",
                "intel",
                "fat64",
                "fat3",
                "universal2",
                "universal",
            ],
        };
        let machine = parts.next()?;
        let machine = machines.iter().position(|known| *known == machine)?;
        // What is left to the system's own version was decided by whoever resolved.
        let version = major.checked_mul(100)?.checked_add(minor.min(99))?;
        let machine = u32::try_from(machine).ok()?;
        u32::MAX
            .checked_sub(version.checked_mul(8)?)?
            .checked_add(machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_uv_are_known_and_others_are_not() {
        for name in [
            "linux",
            "macos",
            "windows",
            "x86_64-manylinux_2_28",
            "aarch64-manylinux2014",
            "aarch64-unknown-linux-musl",
            "i686-pc-windows-msvc",
        ] {
            assert_eq!(name.parse::<Platform>().unwrap().to_string(), name);
        }
        for name in [
            "",
            "amiga",
            "x86_64",
            "x86_64-manylinux_1_5",
            "x86_64-manylinux_2_4000000000",
            "x86_64-manylinux_2_18",
            "x86_64-manylinux_2_+28",
            "riscv64-unknown-linux-gnu",
            "z80-unknown-linux-gnu",
        ] {
            assert!(name.parse::<Platform>().is_err(), "{name}");
        }
    }

    #[test]
    fn a_platform_runs_on_its_own_system_and_processor() {
        for (platform, system, machine, runs) in [
            ("x86_64-manylinux_2_28", "linux", "x86_64", true),
            ("x86_64-manylinux_2_28", "linux", "aarch64", false),
            ("x86_64-manylinux_2_28", "macos", "x86_64", false),
            ("aarch64-unknown-linux-musl", "linux", "aarch64", true),
            ("macos", "macos", "aarch64", true),
            ("i686-pc-windows-msvc", "windows", "x86", true),
            ("windows", "windows", "x86_64", true),
        ] {
            let platform: Platform = platform.parse().unwrap();
            assert_eq!(platform.runs_on(system, machine), runs, "{platform}");
        }
    }

    #[test]
    fn newer_libraries_rank_before_older_ones_and_too_new_ones_not_at_all() {
        let platform: Platform = "x86_64-manylinux_2_28".parse().unwrap();
        let tags = [
            "manylinux_2_28_x86_64",
            "manylinux_2_17_x86_64",
            "manylinux2014_x86_64",
            "manylinux1_x86_64",
            "linux_x86_64",
        ];
        let ranks: Vec<_> = tags.iter().map(|tag| platform.rank(tag).unwrap()).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        for tag in [
            "manylinux_2_31_x86_64",
            "manylinux_2_17_aarch64",
            "win_amd64",
            "any",
        ] {
            assert_eq!(platform.rank(tag), None, "{tag}");
        }
        let mac: Platform = "macos".parse().unwrap();
        assert!(mac.rank("macosx_12_0_arm64") < mac.rank("macosx_11_0_arm64"));
        assert!(mac.rank("macosx_11_0_arm64") < mac.rank("macosx_11_0_universal2"));
        assert_eq!(mac.rank("macosx_11_0_x86_64"), None);
    }
}
