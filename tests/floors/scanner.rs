//! The scanner itself: it sees what it should, and nothing in comments and quotes.

use crate::scan::{paths, tokens};
use crate::{Floors, floors, module_of, violations};

fn example() -> Floors {
    floors(
        "//! | floor | modules |\n//! |---|---|\n//! | 0 | [`model`], [`finding`] |\n\
         //! | 1 | [`lock`] |\n//! | 3 | [`io`], [`render`] |\n//! | 4 | [`cli`] |\n",
    )
}

fn found(file: &str, source: &str) -> Vec<String> {
    violations(&example(), file, source)
}

fn named(source: &str) -> Vec<String> {
    let module = ["lock".to_owned(), "wire".to_owned()];
    let all = paths(&tokens(source), &module);
    all.into_iter().map(|named| named.path.join("::")).collect()
}

#[test]
fn tables_give_floors_and_files_give_modules() {
    assert_eq!(example().len(), 6);
    assert_eq!(module_of("src/io/git/mod.rs"), ["io", "git"]);
    assert_eq!(module_of("src/finding.rs"), ["finding"]);
    assert!(module_of("src/lib.rs").is_empty());
}

#[test]
fn trees_of_imports_are_unfolded() {
    assert_eq!(
        named("use crate::{model::{Pin, Source as Asked}, finding, io::*};"),
        [
            "crate::model::Pin",
            "crate::model::Source",
            "crate::finding",
            "crate::io::*"
        ]
    );
    assert_eq!(
        named("let x = $crate::io::read::<u8>();"),
        ["crate::io::read"]
    );
    assert_eq!(named("fn f(x: Vec<crate::io::Git>) {}"), ["crate::io::Git"]);
}

#[test]
fn relative_paths_are_followed_to_the_root() {
    assert_eq!(named("use super::super::io::git;"), ["crate::io::git"]);
    assert_eq!(
        named("use super::Lock; use self::inner::X;"),
        ["crate::lock::Lock", "crate::lock::wire::inner::X"]
    );
    assert_eq!(
        named("mod tests { use super::*; } use super::y::Z;"),
        ["crate::lock::wire::*", "crate::lock::y::Z"]
    );
}

#[test]
fn comments_and_quotes_are_no_code() {
    let source = r##"
        // use crate::cli::run;
        /* crate::io::x /* crate::io::y */ println!("a") */
        //! crate::cli
        let a = "crate::io::z \" crate::io"; let b = r#"crate::io " "#; let c = '"'; let d = '\'';
        fn f<'crate_>(x: &'crate_ str) -> &'static str { x }
        let e = b"crate::cli::e";
    "##;
    assert_eq!(named(source), Vec::<String>::new());
    assert_eq!(named("let a = '\"'; crate::io::x();"), ["crate::io::x"]);
}

#[test]
fn upward_and_sideways_imports_are_found_wherever_they_stand() {
    for source in [
        "use crate::io::git;",
        "use crate::{model::Pin, io};",
        "fn f() { let x = 1; crate::io::read(x) }",
        "impl From<crate::cli::Error> for E {}",
        "use super::io;",
        "#[cfg(test)]\nmod tests { use crate::io::X; }",
        "use crate::lock::Lock;\nuse crate::GENERATOR;",
        "use crate::*;",
        "pub use vhb::render::text;",
    ] {
        assert_eq!(found("src/lock/mod.rs", source).len(), 1, "{source}");
    }
    assert_eq!(
        found("src/model/pin.rs", "use crate::finding::Code;"),
        ["src/model/pin.rs:1: `crate::finding` (floor 0) from floor 0"]
    );
    assert_eq!(found("src/render/x.rs", "\n\nuse crate::io::git;").len(), 1);
}

#[test]
fn downward_and_inner_imports_are_fine() {
    for (file, source) in [
        (
            "src/cli/lock.rs",
            "use crate::{io::git, model::Pin}; println!(\"x\");",
        ),
        (
            "src/lock/wire.rs",
            "use super::Lock; use crate::lock::Lock; use crate::model::*;",
        ),
        (
            "src/io/trees.rs",
            "use std::fs::File; use crate::lock::Lock;",
        ),
        ("src/main.rs", "fn main() { vhb::cli::run() }"),
        (
            "src/lib.rs",
            "pub mod cli; pub use lock::X; use crate::cli::Y;",
        ),
        (
            "src/model/x.rs",
            "const V: &str = env!(\"CARGO_PKG_VERSION\"); use std::time::Duration;",
        ),
        (
            "src/model/x.rs",
            "#[cfg(test)]\nmod tests { use std::fs; fn f() { a.exists(); } }",
        ),
    ] {
        assert_eq!(found(file, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn a_module_without_a_floor_is_found() {
    assert_eq!(
        found("src/extra/mod.rs", ""),
        ["src/extra/mod.rs: `extra` stands on no floor"]
    );
    assert_eq!(found("src/cli/x.rs", "use crate::extra::X;").len(), 1);
}

#[test]
fn the_world_is_found_below_the_adapters() {
    for source in [
        "use std::env;",
        "fn f() { std::fs::read(x) }",
        "use std::{collections::BTreeMap, net::TcpStream};",
        "use std::time::{Duration, SystemTime};",
        "use ::std::process::Command;",
        "fn f() { path.exists(); }",
        "fn f() -> Timestamp { Timestamp::now() }",
        "#[cfg(test)]\nuse std::env::var;\nuse std::fs::File;",
    ] {
        let found = found("src/lock/mod.rs", source);
        assert_eq!(found.len(), 1, "{source}: {found:?}");
    }
}

#[test]
fn printing_is_found_outside_of_the_command_line() {
    for source in ["println!(\"x\")", "dbg!(1)", "eprint! (\"x\")"] {
        assert_eq!(found("src/io/x.rs", source).len(), 1, "{source}");
        assert_eq!(found("src/render/x.rs", source), Vec::<String>::new());
    }
}
