//! Digests that are kept between runs.

use std::time::Duration;

use crate::Setting;

#[test]
fn what_is_kept_says_the_same_and_what_changed_is_read() {
    let setting = Setting::new(&[("a", "one"), ("deep/b", "two")]);
    // So long must a file have been left alone for its digest to be kept.
    std::thread::sleep(Duration::from_millis(2_100));
    let first = setting.vhb(&["data"]);
    let cache = || std::fs::read_dir(setting.cache().join("digests")).unwrap();
    let kept: Vec<_> = cache().map(|file| file.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    // A digest that is kept is believed: one that is not the file's own shows that it was used.
    let bytes = std::fs::read(&kept[0]).unwrap();
    let mut forged = bytes[..bytes.len() - 4].to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let checksum = crc32fast::hash(&forged).to_le_bytes();
    std::fs::write(&kept[0], [&forged[..], &checksum].concat()).unwrap();
    let believed = setting.vhb(&["data"]);
    assert_ne!(believed.stdout, first.stdout);
    assert_eq!(setting.vhb(&["data", "--rehash"]).stdout, first.stdout);
    assert_eq!(std::fs::read(&kept[0]).unwrap(), bytes);
    assert_eq!(setting.vhb(&["data"]).stdout, first.stdout);
    setting.write("a", "two");
    let changed = setting.vhb(&["data"]);
    let digests: Vec<_> = changed.stdout.lines().map(|line| &line[..64]).collect();
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_alone() {
    let setting = Setting::new(&[("a", "one")]);
    std::fs::write(setting.cache(), "a file").unwrap();
    let printed = setting.vhb(&["data"]);
    assert_eq!(printed.code, Some(0), "{printed:#?}");
    assert!(printed.stdout.ends_with("  a\n"), "{printed:#?}");
}
