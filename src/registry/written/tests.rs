//! Whatever is written is read back, and people would have written it so.

use proptest::prelude::*;

use super::*;

fn field(value: Written) -> Vec<(String, Written)> {
    vec![("key".to_owned(), value)]
}

#[test]
fn an_entry_is_written_as_people_write_one() {
    let text = |text: &str| Written::Text(text.to_owned());
    let entry = [
        ("name", text("q3")),
        (
            "aliases",
            Written::List(["y", "1e-3", "08"].map(text).to_vec()),
        ),
        ("description", text("Вопросы по документам: часть 1")),
        (
            "model",
            Written::Mapping(vec![
                ("name".to_owned(), text("./models/x")),
                (
                    "engine_params".to_owned(),
                    Written::Mapping(vec![
                        ("seed".to_owned(), Written::typed("010")),
                        ("stop".to_owned(), Written::typed("'yes'")),
                        ("a: b".to_owned(), Written::typed("")),
                    ]),
                ),
                ("env".to_owned(), Written::Mapping(Vec::new())),
            ]),
        ),
        ("metrics", Written::List(vec![text("cer"), text("on")])),
        (
            "adapters",
            Written::List(vec![
                Written::parse("{match_models: ['*/large', b], package: p}").unwrap(),
                Written::List(vec![text("a b"), Written::List(Vec::new())]),
            ]),
        ),
    ];
    let entry = entry.map(|(key, value)| (key.to_owned(), value));
    insta::assert_snapshot!(to_yaml(&entry), @r#"
    name: q3
    aliases:
      - "y"
      - "1e-3"
      - "08"
    description: "Вопросы по документам: часть 1"
    model:
      name: ./models/x
      engine_params:
        seed: 010
        stop: "yes"
        "a: b": null
      env: {}
    metrics:
      - cer
      - "on"
    adapters:
      - match_models:
          - "*/large"
          - b
        package: p
      -
        - a b
        - []
    "#);
}

#[test]
fn what_is_typed_is_what_pyyaml_reads() {
    let is_text = |typed: &str, meant: &str| {
        assert_eq!(
            Written::typed(typed),
            Written::Text(meant.to_owned()),
            "{typed}"
        );
    };
    is_text("corpus", "corpus");
    is_text("1e-3", "1e-3");
    is_text("a: b", "a: b");
    is_text("# no comment", "# no comment");
    is_text("[1, 2]", "[1, 2]");
    is_text("'010'", "010");
    is_text("\"a\\tb\"", "a\tb");
    is_text("\"open", "\"open");
    is_text("'a' and 'b'", "'a' and 'b'");
    for typed in [
        "",
        "~",
        "no",
        "010",
        "1:30",
        "0.5",
        "1.0e+5",
        "2026-11-01",
        ".inf",
    ] {
        assert_eq!(
            Written::typed(typed),
            Written::Scalar(Scalar(typed.to_owned()))
        );
    }
}

/// Texts that something reads as something else, or would not read at all.
fn any_text() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "",
        " ",
        "yes",
        "No",
        "~",
        "null",
        "010",
        "0x1f",
        "1e-3",
        "1.5",
        "1:30",
        "-",
        "- a",
        "-1",
        "?",
        "? a",
        ":",
        "a:",
        "a: b",
        "a #b",
        "#",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "=",
        "<<",
        "---",
        "...",
        "... a",
        "--- a",
        "2026-11-01",
        "a\nb",
        "a\n",
        "\ta",
        "a ",
        "[a]",
        "{a}",
        "'",
        "\"",
        "\\",
        "a\u{85}b",
        "\u{2028}",
        "\u{feff}a",
        "\0",
        "\u{7f}",
        "\u{9b}",
        "\u{202e}a",
        "a\u{ffff}",
        "\u{10fffe}",
        "ключ",
        "日本",
        "a\u{301}",
        "😀",
        "// a",
        "./a",
        "../a",
    ]);
    let built = prop::collection::vec(
        prop_oneof![
            "[a-zA-Z0-9 :#,'\"\\[\\]{}&*!|>%@`=<?.+_/\\\\-]{0,3}",
            any::<char>().prop_map(String::from),
            tricky.clone().prop_map(str::to_owned),
        ],
        0..6,
    );
    prop_oneof![
        tricky.prop_map(str::to_owned),
        built.prop_map(|parts| parts.concat()),
        "[a-z]{990,1010}",
    ]
}

fn any_value() -> impl Strategy<Value = Written> {
    let scalar = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(float),
        any::<bool>().prop_map(|value| value.to_string()),
        Just("null".to_owned()),
        Just("2026-11-01T00:00:00Z".to_owned()),
    ];
    let leaf = prop_oneof![
        3 => any_text().prop_map(Written::Text),
        1 => scalar.prop_map(|text| Written::Scalar(Scalar(text))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Written::List),
            prop::collection::btree_map(any_text(), inner, 0..4)
                .prop_map(|map| Written::Mapping(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(value in any_value(), key in any_text()) {
        let entry = vec![(key, value)];
        let text = to_yaml(&entry);
        let mut problems = Vec::new();
        let node = yaml::read(&text, false, &mut problems);
        prop_assert!(problems.is_empty(), "{problems:?} in\n{text}");
        let read = node.map(|node| of_node(&node));
        prop_assert_eq!(read, Some(Written::Mapping(entry)), "\n{}", text);
    }

    #[test]
    fn nothing_that_is_written_is_unseen(value in any_value()) {
        let text = to_yaml(&field(value));
        prop_assert!(text.chars().all(|c| c == '\n' || is_seen(c)), "{text:?}");
    }

    #[test]
    fn numbers_keep_their_values(value in any::<f64>()) {
        let read = scalar::resolve(&float(value));
        let same = matches!(read, Value::Float(read) if read.to_bits() == value.to_bits() || value.is_nan());
        prop_assert!(same, "{read:?}");
    }
}
