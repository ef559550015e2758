//! The Markdown of many changes, and of hostile ones, as GitHub would show it.

use comrak::{Options, markdown_to_html};
use serde_json::{Value as Json, json};

use crate::desk::Desk;
use crate::everything::change;
use crate::setting::{edited, environments, install, take};

/// Texts that mean something to Markdown, HTML, GitHub or a terminal.
const HOSTILE: [&str; 12] = [
    "a|b|c",
    "`` ` ``` | `",
    "</code></td></tr></table><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &lt; &#64;",
    "@everyone please look, #1 and GH-2",
    "[click](https://evil.example) ![i](https://evil.example/i.png)",
    "https://evil.example www.evil.example",
    "line\n\n# heading\n| a | b |\n|---|---|\n",
    "\\| \\` \\",
    "</details><!-- -->",
    "\u{1b}[31m\u{202e}\u{9b}",
    "**bold** _it_ ~~no~~ $x$ :tada:",
];

fn markdown(new: &Json) -> String {
    let desk = Desk::new();
    desk.write("new.json", &new.to_string());
    let ran = desk.vhb(&["diff", "old.json", "new.json", "--format", "markdown"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout
}

/// What GitHub would show, by another reader of its dialect.
fn html(markdown: &str) -> String {
    let mut options = Options::default();
    options.render.r#unsafe = true;
    let extension = &mut options.extension;
    extension.autolink = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.strikethrough = true;
    extension.table = true;
    extension.tasklist = true;
    markdown_to_html(markdown, &options)
}

/// Fails unless a page has nothing but what `vhb` itself puts there: tables of four columns in
/// which every text of a lock is code.
fn assert_plain(markdown: &str) {
    let page = html(markdown);
    let mut tags = page.split('<').skip(1).map(|rest| {
        let end = rest.find('>').unwrap_or_else(|| panic!("no tag: {rest}"));
        &rest[..end]
    });
    let allowed = [
        "p", "strong", "h4", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "sub",
        "details", "summary",
    ];
    let is_allowed = |tag: &str| {
        let name = tag.trim_start_matches('/');
        allowed.contains(&name)
    };
    if let Some(tag) = tags.find(|tag| !is_allowed(tag)) {
        panic!("`<{tag}>` in\n{page}\nof\n{markdown}");
    }
    for row in page.split("<tr>").skip(1) {
        let row = row.split("</tr>").next().unwrap();
        let cells = row.matches("<td>").count() + row.matches("<th>").count();
        assert_eq!(cells, 4, "{row}");
    }
    // What stands in code is left out.
    let outside: String = page
        .split("<code>")
        .enumerate()
        .map(|(at, part)| match part.split_once("</code>") {
            Some((_, after)) if at > 0 => after,
            _ => part,
        })
        .collect();
    for word in [
        "@", "evil", "alert", "http", "#1", "heading", "bold", ":tada:", "\u{1b}", "\u{202e}",
    ] {
        assert!(!outside.contains(word), "`{word}` in\n{outside}");
    }
    assert_eq!(
        page.matches("<details>").count(),
        page.matches("</details>").count()
    );
}

/// The sample with changes of every rank, and so many more in the closure and the metadata that
/// there are a hundred.
fn hundred() -> Json {
    edited(|lock| {
        change(lock);
        for number in 0..60 {
            let dist = format!("library-{number:02}==1.1");
            let file = format!("library_{number:02}-1.1-py3-none-any.whl");
            lock["distributions"][&dist] =
                json!({"files": {&file: format!("sha256:{number:064}")}});
            for environment in environments(lock, "inference") {
                environment["distributions"][&dist] = json!(file);
            }
        }
        for number in 0..24 {
            let metadata = &mut lock["config"]["experiments/bench"]["metadata"];
            metadata[format!("note {number:02}")] = json!("something to remember");
        }
    })
}

#[test]
fn a_hundred_changes_are_read_at_a_glance() {
    let markdown = markdown(&hundred());
    assert_plain(&markdown);
    let verdict = markdown.lines().next().unwrap();
    assert_eq!(
        verdict,
        "**73 changes may move scores**: runs 1, model 2, image 1, engine 2, dataset 1, code 2, \
         direct 1, closure 63; metadata 27"
    );
    insta::assert_snapshot!("hundred.md", markdown);
}

#[test]
fn thousands_of_changes_fit_into_a_comment() {
    let document = edited(|lock| {
        // Sorted first: it must not take the place of all the others.
        lock["config"]["metrics/anls"]["params"]["a".repeat(70_000)] = json!("b".repeat(70_000));
        for number in 0..2_000 {
            let dist = format!("library-{number:04}==1.0");
            let file = format!("library_{number:04}-1.0-py3-none-any.whl");
            lock["distributions"][&dist] =
                json!({"files": {&file: format!("sha256:{number:064}")}});
            for environment in environments(lock, "inference") {
                environment["distributions"][&dist] = json!(file);
            }
            let params = &mut lock["config"]["metrics/anls"]["params"];
            params[format!("parameter {number:04} | {}", "long ".repeat(30))] =
                json!("`".repeat(99));
            let metadata = &mut lock["config"]["experiments/bench"]["metadata"];
            metadata[format!("note {number:04}")] = json!("@@@");
        }
    });
    let markdown = markdown(&document);
    assert!(markdown.len() < 65_536, "{} bytes", markdown.len());
    assert_plain(&markdown);
    assert!(markdown.contains("parameter 0000"), "{markdown}");
    let left: Vec<_> = markdown
        .lines()
        .filter(|line| line.contains("left out"))
        .collect();
    insta::assert_snapshot!(left.join("\n"), @r"
    1864 more left out; `vhb diff` shows all.
    1930 more left out; `vhb diff` shows all.
    1944 more left out; `vhb diff` shows all.
    ");
}

#[test]
fn hostile_values_are_shown_as_they_are() {
    let document = edited(|lock| {
        for (number, text) in HOSTILE.into_iter().enumerate() {
            let params = &mut lock["config"]["metrics/anls"]["params"];
            params[text] = json!(text);
            lock["config"]["experiments/bench"]["metadata"][format!("note {text}")] = json!([text]);
            let run = lock["runs"]["q_large"].clone();
            lock["runs"][format!("run {number} {text}")] = run;
            lock["models"][text] = lock["models"]["org/code"].clone();
        }
        lock["runs"]["q_large"]["model"] = json!(HOSTILE[2]);
        install(lock, "inference", "numpy==1.26.4", "numpy==2.0.1");
        take(lock, "/config", "experiments/bench");
        lock["experiment"]["id"] = json!(HOSTILE.join(" "));
    });
    let markdown = markdown(&document);
    assert_plain(&markdown);
    insta::assert_snapshot!("hostile.md", markdown);
}
