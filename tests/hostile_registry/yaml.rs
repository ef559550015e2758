//! What YAML allows and nobody means.

use std::fmt::Write as _;

use crate::Hostile;

/// A metric whose `params` are this.
fn with_params(params: &str) -> Hostile {
    Hostile::metric(format!("name: m\nclass_path: a.B\nparams: {params}\n"))
}

#[test]
fn aliases_that_expand_without_end_are_refused() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        let _ = writeln!(laughs, "a{level}: &a{level} [{aliases}]");
    }
    assert_eq!(Hostile::metric(laughs).codes(), ["yaml-limit"]);

    // Wide instead of deep.
    let list = vec!["x"; 2_000].join(", ");
    let aliases = vec!["*a"; 2_000].join(", ");
    let wide = format!("a: &a [{list}]\nb: [{aliases}]\n");
    assert_eq!(Hostile::metric(wide).codes(), ["yaml-limit"]);

    let mut merges = "m0: &m0 {a: 1}\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        let _ = writeln!(
            merges,
            "m{level}: &m{level} {{<<: [*m{before}, *m{before}], k{level}: *m{before}}}"
        );
    }
    assert_eq!(Hostile::metric(merges).codes(), ["yaml-limit"]);
    assert_eq!(with_params("&a [*a]").codes(), ["invalid-yaml"]);
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = 10_000;
    let mut blocks = String::new();
    for level in 0..2_000 {
        let _ = writeln!(blocks, "{}a:", " ".repeat(level));
    }
    for text in [
        "[".repeat(deep),
        "a: ".to_owned() + &"[".repeat(deep) + &"]".repeat(deep),
        "{a: ".repeat(deep) + &"}".repeat(deep),
        "- ".repeat(deep),
        "? ".repeat(deep),
        "[{a: ".repeat(deep),
        blocks,
    ] {
        let codes = Hostile::metric(&text).codes();
        let end = &text[..text.len().min(20)];
        assert_eq!(codes.len(), 1, "{end}: {codes:?}");
        assert!(
            matches!(codes[0].as_str(), "yaml-limit" | "invalid-yaml"),
            "{end}: {codes:?}"
        );
    }
    let allowed = format!("{}{}", "[".repeat(50), "]".repeat(50));
    assert_eq!(
        with_params(&format!("{{a: {allowed}}}")).codes(),
        Vec::<String>::new()
    );
}

#[test]
fn huge_texts_are_read_and_not_repeated() {
    const NONE: [&str; 0] = [];
    let metric = |field: &str| Hostile::metric(format!("name: m\nclass_path: a.B\n{field}\n"));
    let huge = "x".repeat(5_000_000);
    assert_eq!(metric(&format!("description: {huge}")).codes(), NONE);
    let big = "x".repeat(500_000);
    for (field, codes) in [
        (format!("description: |\n  {big}"), &[][..]),
        (format!("params: {big}"), &["wrong-type"]),
        (format!("descripton: {big}"), &["unknown-field"]),
        (format!("package: {big}"), &["dangling-reference"]),
        (format!("? {big}\n: 1"), &["unknown-field"]),
        (format!("description: \"{big}"), &["invalid-yaml"]),
    ] {
        assert_eq!(metric(&field).codes(), codes, "{}", &field[..14]);
    }
    let lines = "# comment\n".repeat(100_000);
    assert_eq!(metric(&lines).codes(), NONE);
    let keys: Vec<_> = (0..90_000).map(|key| format!("  k{key}: 1\n")).collect();
    let keys = keys.concat();
    assert_eq!(metric(&format!("params:\n{keys}")).codes(), ["yaml-limit"]);
}

#[test]
fn a_key_that_stands_twice_is_named_with_both_lines() {
    let text =
        "name: m\nclass_path: a.B\nparams:\n  a: 1\n  b: {c: 1, d: 2, \"c\": 3}\n  a: 2\nname: n\n";
    assert_eq!(
        Hostile::metric(text).findings(),
        [
            "duplicate-key metrics/m.yaml:5:19 `c` is already set in line 5",
            "duplicate-key metrics/m.yaml:6:3 `a` is already set in line 4",
            "duplicate-key metrics/m.yaml:7:1 `name` is already set in line 1",
        ]
    );
}

#[test]
fn anchors_merges_and_tags_within_reason() {
    let accepted = "name: m\nclass_path: !!str a.B\nparams:\n  base: &base {a: 1, b: [x]}\n  \
                    more: {<<: *base, a: 2}\n  list: [*base, *base]\n  both: {<<: [*base, {z: 1}]}\n  \
                    int: !!int '7'\n  own: ! 5\n";
    assert_eq!(Hostile::metric(accepted).findings(), Vec::<String>::new());
    for (params, code) in [
        ("!mine {a: 1}", "invalid-yaml"),
        ("{a: !!python/object:os.system x}", "invalid-yaml"),
        ("{a: !!int x}", "invalid-yaml"),
        ("{a: !<tag:example.org,2026:x> x}", "invalid-yaml"),
        ("{<<: 5}", "invalid-yaml"),
        ("{a: *nowhere}", "invalid-yaml"),
        ("{? [a, b] : 1}", "invalid-yaml"),
        ("{? {a: b} : 1}", "invalid-yaml"),
        ("{a: .inf}", "invalid-value"),
        ("{a: -.INF}", "invalid-value"),
        ("{a: .nan}", "invalid-value"),
        ("{a: 123456789012345678901234567890}", "invalid-value"),
        ("{a: -9223372036854775809}", "invalid-value"),
        ("[1]", "wrong-type"),
        ("5", "wrong-type"),
    ] {
        assert_eq!(with_params(params).codes(), [code], "{params}");
    }
    for params in [
        "{a: 18446744073709551615, b: -9223372036854775808, c: 1.5e+300}",
        "{1: a, 2.5: b, true: c, null: d, 2026-11-22: e}",
        "{a: '.inf', b: \"12345678901234567890123\", c: 1e999}",
        "{a: \"\\0\\x07\\u202e\\U0001F600\"}",
    ] {
        assert_eq!(
            with_params(params).findings(),
            Vec::<String>::new(),
            "{params}"
        );
    }
}

/// More digits than 128 bits hold must not become some other kind of value.
#[test]
fn integers_without_end_are_refused_too() {
    for digits in [38, 39, 40, 400, 100_000] {
        let integer = "9".repeat(digits);
        assert_eq!(
            with_params(&format!("{{a: {integer}}}")).codes(),
            ["invalid-value"],
            "{digits}"
        );
        assert_eq!(
            with_params(&format!("{{a: 0x{integer}}}")).codes(),
            ["invalid-value"],
            "{digits}"
        );
        assert_eq!(
            with_params(&format!("{{a: {integer}:30.5}}")).codes().len(),
            usize::from(digits > 38),
            "{digits}"
        );
        assert_eq!(
            with_params(&format!("{{a: {integer}.0}}")).codes().len(),
            usize::from(digits > 308),
            "{digits}"
        );
    }
}
