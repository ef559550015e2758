//! Which wheel of a release suits a target best: names of wheels and their tags (PEP 425).

use super::Target;

/// How well a wheel suits a target; the smallest is the best.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WheelRank {
    tag: (u8, u32, u32),
    /// Later builds of one wheel are better (binary distribution format).
    build: std::cmp::Reverse<(u64, String)>,
}

/// Whether a file's name is that of a wheel.
pub fn is_wheel(filename: &str) -> bool {
    std::path::Path::new(filename)
        .extension()
        .is_some_and(|end| end == "whl")
}

/// The wheel among some files that suits a target best; none where no wheel runs there.
pub fn best_wheel<'a>(
    filenames: impl Iterator<Item = &'a str>,
    target: &Target,
) -> Option<&'a str> {
    let ranked = filenames.filter_map(|name| Some((wheel_rank(name, target)?, name)));
    ranked.min().map(|(_, name)| name)
}

/// The rank of a wheel for a target; none for what is no wheel, or one that does not run there.
pub fn wheel_rank(filename: &str, target: &Target) -> Option<WheelRank> {
    let stem = filename.strip_suffix(".whl")?;
    let parts: Vec<_> = stem.split('-').collect();
    let (build, [python, abi, platform]) = match parts[..] {
        [_, _, python, abi, platform] => ("", [python, abi, platform]),
        [_, _, build, python, abi, platform] => (build, [python, abi, platform]),
        _ => return None,
    };
    let mut best = None;
    for python in python.split('.') {
        for abi in abi.split('.') {
            for platform in platform.split('.') {
                let rank = tag_rank(python, abi, platform, target);
                best = match (best, rank) {
                    (Some(best), Some(rank)) => Some(std::cmp::min(best, rank)),
                    (best, rank) => best.or(rank),
                };
            }
        }
    }
    let digits = build
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(build.len());
    let (number, rest) = build.split_at(digits);
    Some(WheelRank {
        tag: best?,
        build: std::cmp::Reverse((number.parse().unwrap_or(0), rest.to_owned())),
    })
}

/// The place of one tag in the order of the library `packaging`: own binaries, binaries by the stable
/// ABI, binaries without a Python ABI, then pure code; of each the newest Python first. Binaries
/// without an ABI for this very Python come before those by the stable ABI of an older one.
fn tag_rank(python: &str, abi: &str, platform: &str, target: &Target) -> Option<(u8, u32, u32)> {
    let (major, minor) = target.python_minor();
    let own = format!("cp{major}{minor}");
    let age = |tag: &str, prefix: &str| -> Option<u32> {
        let digits = tag.strip_prefix(prefix)?;
        let (there, version) = digits.split_at_checked(1)?;
        if there.parse() != Ok(major) {
            return None;
        }
        match version {
            // `py3`: any of them, and preferred to the code of another minor version.
            "" => Some(1),
            _ => match minor.checked_sub(version.parse().ok()?)? {
                0 => Some(0),
                years => Some(years + 1),
            },
        }
    };
    if platform == "any" {
        return match abi {
            "none" if python == own => Some((5, 0, 0)),
            "none" => Some((6, age(python, "py")?, 0)),
            _ => None,
        };
    }
    let platform = target.platform().rank(platform)?;
    match abi {
        _ if python == own && abi == own_abi(&own, minor) => Some((0, 0, platform)),
        "abi3" if python == own => Some((1, 0, platform)),
        "none" if python == own => Some((2, 0, platform)),
        "abi3" => Some((3, age(python, "cp").filter(|_| python.len() > 3)?, platform)),
        "none" => Some((4, age(python, "py")?, platform)),
        _ => None,
    }
}

/// The ABI tag of a Python: before 3.8 it names the memory allocator.
fn own_abi(own: &str, minor: u32) -> String {
    let allocator = if minor < 8 { "m" } else { "" };
    format!("{own}{allocator}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_packaging() {
        let target = Target::default();
        let wheels = [
            "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-1-2-cp311-cp311-manylinux_2_17_x86_64.whl",
            "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a-1-cp311-abi3-manylinux_2_17_x86_64.whl",
            "a-1-cp311-none-manylinux_2_17_x86_64.whl",
            "a-1-cp310-abi3-manylinux_2_17_x86_64.whl",
            "a-1-cp38-abi3-manylinux_2_28_x86_64.whl",
            "a-1-py311-none-manylinux1_x86_64.whl",
            "a-1-py3-none-manylinux_2_28_x86_64.whl",
            "a-1-py310-none-manylinux_2_28_x86_64.whl",
            "a-1-cp311-none-any.whl",
            "a-1-py311-none-any.whl",
            "a-1-py2.py3-none-any.whl",
            "a-1-py310-none-any.whl",
        ];
        let ranks: Vec<_> = wheels
            .iter()
            .map(|wheel| wheel_rank(wheel, &target).unwrap_or_else(|| panic!("{wheel}")))
            .collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:#?}");
        let worst_first = || wheels.iter().rev().copied();
        assert_eq!(best_wheel(worst_first(), &target), Some(wheels[0]));
        assert_eq!(best_wheel(["a-1.tar.gz"].into_iter(), &target), None);
    }

    #[test]
    fn before_3_8_the_abi_names_the_allocator() {
        let json = serde_json::json!({"python": "3.7", "platform": "x86_64-manylinux_2_28"});
        let target: Target = serde_json::from_value(json).unwrap();
        let runs = |tags: &str| {
            let wheel = format!("a-1-{tags}-manylinux_2_17_x86_64.whl");
            wheel_rank(&wheel, &target).is_some()
        };
        assert!(runs("cp37-cp37m") && runs("cp37-abi3"));
        assert!(!runs("cp37-cp37") && !runs("cp36-cp36m"));
        assert!(wheel_rank("a-1-cp311-cp311m-linux_x86_64.whl", &Target::default()).is_none());
    }

    #[test]
    fn what_does_not_run_has_no_rank() {
        let target = Target::default();
        for wheel in [
            "a-1-cp312-cp312-manylinux_2_17_x86_64.whl",
            "a-1-cp312-abi3-manylinux_2_17_x86_64.whl",
            "a-1-cp311-cp311-manylinux_2_17_aarch64.whl",
            "a-1-cp311-cp311-manylinux_2_34_x86_64.whl",
            "a-1-cp311-cp311-win_amd64.whl",
            "a-1-py2-none-any.whl",
            "a-1-py312-none-any.whl",
            "a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl",
            "a-1.tar.gz",
            "a.whl",
        ] {
            assert_eq!(wheel_rank(wheel, &target), None, "{wheel}");
        }
    }
}
