//! What environments hold, from packages down and from distributions up.

use serde_json::{Value as Json, json};

use crate::setting::{Setting, in_project, vhb};

/// A task that needs these, by registry id or as requirements.
fn needing(packages: &[&str]) -> Setting {
    let mut setting = Setting::new();
    let task = json!({ "entry_point": "demo.run", "required_packages": packages });
    setting.entry("tasks/task", task);
    setting
}

/// `app` requires `left` and `right`, which both require `base`, which requires `leaf`.
fn diamond() -> Setting {
    let mut setting = needing(&["app"]);
    setting
        .package("app", "app==1.0", &["left>=1,<2", "right"])
        .release("left==1.1", &["base~=2.0; python_version >= '3.8'"])
        .release("right==1.0", &["base!=2.0", "gone; os_name == 'nt'"])
        .release("base==2.1", &["leaf"])
        .release("leaf==1.0", &[]);
    setting
}

fn tree(setting: &Setting, options: &[&str]) -> String {
    setting.vhb(&[&["tree"], options].concat()).exits(0).stdout
}

#[test]
fn what_was_told_is_marked_and_not_told_again() {
    let told = diamond().vhb(&["tree"]).exits(0);
    insta::assert_snapshot!(told.stdout, @r"
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       │  └─ base==2.1  (~=2.0)
       │     └─ leaf==1.0
       └─ right==1.0
          └─ base==2.1  (!=2.0) (*)
    ");
    assert_eq!(told.stderr, "(*) what stands below it is shown above\n");
}

#[test]
fn all_of_it_is_told_where_that_is_asked_for() {
    insta::assert_snapshot!(tree(&diamond(), &["--no-dedupe"]), @r"
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       │  └─ base==2.1  (~=2.0)
       │     └─ leaf==1.0
       └─ right==1.0
          └─ base==2.1  (!=2.0)
             └─ leaf==1.0
    ");
}

#[test]
fn depths_are_counted_from_the_packages() {
    let setting = diamond();
    assert_eq!(tree(&setting, &["--depth", "0"]), "packages/app\n");
    insta::assert_snapshot!(tree(&setting, &["--depth", "2"]), @r"
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       └─ right==1.0
    ");
    let deep = tree(&setting, &["--depth", "4"]);
    assert_eq!(deep, tree(&setting, &[]));
}

/// `base` stands at the limit below `left`, and above it below `app`: there it is told.
#[test]
fn what_was_too_deep_is_told_where_it_is_not() {
    let mut setting = needing(&["app"]);
    setting
        .package("app", "app==1.0", &["left", "other"])
        .release("left==1.0", &["other"])
        .release("other==1.0", &["leaf"])
        .release("leaf==1.0", &[]);
    insta::assert_snapshot!(tree(&setting, &["--depth", "3"]), @r"
    packages/app
    └─ app==1.0
       ├─ left==1.0
       │  └─ other==1.0
       └─ other==1.0
          └─ leaf==1.0
    ");
}

#[test]
fn inverted_it_leads_up_to_the_packages() {
    let setting = diamond();
    insta::assert_snapshot!(tree(&setting, &["--invert", "Base"]), @r"
    base==2.1
    ├─ left==1.1  (~=2.0)
    │  └─ app==1.0  (>=1,<2)
    │     └─ packages/app
    └─ right==1.0  (!=2.0)
       └─ app==1.0 (*)
    ");
    insta::assert_snapshot!(tree(&setting, &["-i", "leaf==1", "--no-dedupe", "--depth", "2"]), @r"
    leaf==1.0
    └─ base==2.1
       ├─ left==1.1  (~=2.0)
       └─ right==1.0  (!=2.0)
    ");
    let ascii = tree(&setting, &["--invert", "base", "--charset", "ascii"]);
    assert!(ascii.is_ascii());
    insta::assert_snapshot!(ascii, @r"
    base==2.1
    |- left==1.1  (~=2.0)
    |  `- app==1.0  (>=1,<2)
    |     `- packages/app
    `- right==1.0  (!=2.0)
       `- app==1.0 (*)
    ");
}

#[test]
fn cycles_end() {
    let mut setting = needing(&["a"]);
    setting
        .package("a", "a==1", &["b"])
        .release("b==1", &["c", "b[x]"])
        .release("c==1", &["a", "b>=1"]);
    let told = setting.vhb(&["tree"]).exits(0);
    insta::assert_snapshot!(told.stdout, @r"
    packages/a
    └─ a==1
       └─ b==1
          └─ c==1
             ├─ a==1 (cycle)
             └─ b==1  (>=1) (cycle)
    ");
    assert_eq!(tree(&setting, &["--no-dedupe"]), told.stdout);
    insta::assert_snapshot!(tree(&setting, &["--invert", "b"]), @r"
    b==1
    ├─ a==1
    │  ├─ packages/a
    │  └─ c==1
    │     └─ b==1 (cycle)
    └─ c==1  (>=1) (*)
    ");
}

#[test]
fn extras_and_overrides_are_told_as_what_counts() {
    let mut setting = needing(&["app[all]>=1", "tool"]);
    setting
        .package("tool", "tool==1.0", &["lib[fast]>=2"])
        .release(
            "app==1.0",
            &["lib>=9,<10; extra == 'all'", "never; extra == 'other'"],
        )
        .release("lib==3.0", &["speed<5; extra == 'fast'"])
        .release("speed==4.0", &["pinned>=2"])
        .release("pinned==1.0", &[]);
    let lock = json!({ "overrides": ["lib[fast]==3.0", "pinned"] });
    let experiment = json!({ "tasks": ["run"], "metadata": { "lock": lock } });
    setting.entry("experiments/exp", experiment);
    insta::assert_snapshot!(tree(&setting, &[]), @r"
    packages/app[all]>=1
    └─ app==1.0
       └─ lib==3.0  ([fast]==3.0, overriding >=9,<10 by extra all)
          └─ speed==4.0  (<5 by extra fast)
             └─ pinned==1.0  (any, overriding >=2)
    packages/tool
    └─ tool==1.0
       └─ lib==3.0  ([fast]==3.0, overriding [fast]>=2) (*)
    ");
}

#[test]
fn environments_that_are_the_same_share_a_heading() {
    let mut setting = diamond();
    let lock = |platform: &str| json!({ "platform": platform });
    let targets = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "windows"].map(lock);
    let experiment = json!({ "tasks": ["run"], "metadata": { "lock": targets } });
    setting
        .entry("experiments/exp", experiment)
        .release("gone==1.0", &[]);
    let all = tree(&setting, &[]);
    insta::assert_snapshot!(all, @r"
    inference-aarch64-c29c652c, inference-x86_64-9af87a3f:
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       │  └─ base==2.1  (~=2.0)
       │     └─ leaf==1.0
       └─ right==1.0
          └─ base==2.1  (!=2.0) (*)

    inference-x86_64-2650151b:
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       │  └─ base==2.1  (~=2.0)
       │     └─ leaf==1.0
       └─ right==1.0
          ├─ base==2.1  (!=2.0) (*)
          └─ gone==1.0
    ");
    let one = tree(&setting, &["--environment", "inference-aarch64"]);
    let below_the_heading = all.split_once(":\n").unwrap().1;
    assert!(below_the_heading.starts_with(&one), "{one}");
    let gone = tree(&setting, &["--invert", "gone"]);
    insta::assert_snapshot!(gone, @r"
    inference-x86_64-2650151b:
    gone==1.0
    └─ right==1.0
       └─ app==1.0
          └─ packages/app
    ");
}

#[test]
fn what_is_not_locked_is_said() {
    let mut setting = diamond();
    let local = json!({ "type": "local", "path": "mine", "editable": true });
    setting.built("mine", &local, "mine", &[]);
    let task = json!({ "entry_point": "demo.run", "required_packages": ["app", "mine"] });
    setting.entry("tasks/task", task);
    setting.direct = true;
    let mut lock = setting.lock();
    lock.packages.get_mut("mine").unwrap().distribution = None;
    insta::assert_snapshot!(vhb(&in_project(&lock), &["tree"]).exits(0).stdout, @r"
    packages/app
    └─ app==1.0
    packages/mine
    (what these require is not locked)
    ");
}

/// A lock that was edited: something is missing, and something is left over.
#[test]
fn a_tree_that_cannot_be_trusted_says_so() {
    let mut setting = diamond();
    for at in 0..3 {
        let leaf = format!("leaf-{at}");
        setting.release(&format!("{leaf}==1.0"), &[]);
    }
    setting.release("leaf==1.0", &["leaf-0", "leaf-1", "leaf-2"]);
    let mut lock = setting.lock();
    let environment = lock.environments.values_mut().next().unwrap();
    let closure = environment.closure.as_mut().unwrap();
    closure.distributions.remove(&"base==2.1".parse().unwrap());
    let project = in_project(&lock);
    let told = vhb(&project, &["tree"]).exits(0);
    insta::assert_snapshot!(told.stdout, @r"
    packages/app
    └─ app==1.0
       ├─ left==1.1  (>=1,<2)
       └─ right==1.0
    ");
    insta::assert_snapshot!(told.stderr, @r"
    warning[closure-missing]: environments/inference-x86_64-9af87a3f: `left==1.1` requires `base~=2.0; python_version >= '3.8'`, but no `base` is locked
     |
     = hint: restore the lock from version control, or lock again

    warning[closure-missing]: environments/inference-x86_64-9af87a3f: `right==1.0` requires `base!=2.0`, but no `base` is locked
     |
     = hint: restore the lock from version control, or lock again

    warning[closure-unreachable]: environments/inference-x86_64-9af87a3f: `leaf-0==1.0` is locked, but nothing here requires it
     |
     = hint: restore the lock from version control, or lock again

    ... and 3 more; `vhb verify` tells all
    ");
    let quiet = vhb(&project, &["tree", "--quiet"]).exits(0);
    assert_eq!((quiet.stdout, &*quiet.stderr), (told.stdout, ""));
}

/// Names are whole however deep they stand; what is required of them makes room.
#[test]
fn deep_names_are_whole() {
    let mut setting = needing(&["d00"]);
    for at in 0..40 {
        let next = format!("d{:02}>=1.0,<2,!=1.1,!=1.2,!=1.3,!=1.4,!=1.5,!=1.6", at + 1);
        let requires = if at < 39 { &[next.as_str()][..] } else { &[] };
        let dist = format!("d{at:02}==1.0");
        match at {
            0 => setting.package("d00", &dist, requires),
            _ => setting.release(&dist, requires),
        };
    }
    let told = tree(&setting, &[]);
    let lines: Vec<_> = told.lines().collect();
    for (at, line) in lines[1..].iter().enumerate() {
        assert!(line.contains(&format!("d{at:02}==1.0")), "{line}");
    }
    assert_eq!(
        lines[10].trim_start(),
        "└─ d09==1.0  (>=1.0,!=1.1,!=1.2,!…1.4,!=1.5,!=1.6,<2)"
    );
    assert_eq!(lines[40].trim_start(), "└─ d39==1.0  (>=1.0…6,<2)");
}

/// The edges of a tree, a line each.
fn edges(tree: &Json) -> String {
    let edges = tree["edges"].as_object().unwrap().iter();
    let lines = edges.map(|(from, edges)| {
        let edges = edges.as_array().unwrap().iter();
        let edges = edges.map(|edge| match edge.get("requires") {
            Some(requires) => format!("{} by {requires}", edge["to"]),
            None => edge["to"].to_string(),
        });
        let edges: Vec<_> = edges.collect();
        format!("{from} -> [{}]\n", edges.join(", "))
    });
    lines.collect()
}

#[test]
fn json_is_the_graph_that_is_told() {
    let json = |options: &[&str]| -> Json {
        let told = tree(&diamond(), &[&["--format", "json"], options].concat());
        serde_json::from_str(&told).unwrap()
    };
    let down = json(&[]);
    assert_eq!(
        (&down["inverted"], &down["depth"]),
        (&Json::Null, &Json::Null)
    );
    let [only] = &down["trees"].as_array().unwrap()[..] else {
        panic!("{down:#}");
    };
    assert_eq!(only["environments"], json!(["inference-x86_64-9af87a3f"]));
    assert_eq!(only["closed"], true);
    assert_eq!(only["roots"], json!(["packages/app"]));
    insta::assert_snapshot!(edges(only), @r#"
    distributions/app==1.0 -> ["distributions/left==1.1" by [{"requirement":"left>=1,<2"}], "distributions/right==1.0" by [{"requirement":"right"}]]
    distributions/base==2.1 -> ["distributions/leaf==1.0" by [{"requirement":"leaf"}]]
    distributions/leaf==1.0 -> []
    distributions/left==1.1 -> ["distributions/base==2.1" by [{"requirement":"base~=2.0; python_version >= '3.8'"}]]
    distributions/right==1.0 -> ["distributions/base==2.1" by [{"requirement":"base!=2.0"}]]
    packages/app -> ["distributions/app==1.0"]
    "#);
    // What is told twice is there once, whatever is asked for.
    assert_eq!(json(&["--no-dedupe"]), down);
    let up = json(&["--invert", "leaf", "--depth", "1"]);
    assert_eq!((&up["inverted"], &up["depth"]), (&json!("leaf"), &json!(1)));
    insta::assert_snapshot!(edges(&up["trees"][0]), @r#"
    distributions/leaf==1.0 -> ["distributions/base==2.1" by [{"requirement":"leaf"}]]
    "#);
}

/// Each of 40 requires the two after it: as a tree, a hundred million lines.
pub(crate) fn ladder() -> Setting {
    let mut setting = needing(&["d00"]);
    setting.package("d00", "d00==1", &["d01", "d02"]);
    for at in 1..40 {
        let next = [at + 1, at + 2].map(|next| format!("d{next:02}"));
        let next: Vec<_> = next.iter().map(String::as_str).collect();
        let requires = if at < 38 { &next[..] } else { &[] };
        setting.release(&format!("d{at:02}==1"), requires);
    }
    setting
}

#[test]
fn a_tree_without_end_is_given_up() {
    let setting = ladder();
    let told = setting.vhb(&["tree", "--no-dedupe"]).exits(0);
    assert_eq!(told.stdout.lines().count(), 100_000);
    told.says("stopped after 100000 lines; leave out `--no-dedupe`, or pass `--depth`");
    let once = setting.vhb(&["tree"]).exits(0);
    assert!(once.stdout.lines().count() < 100);
}
