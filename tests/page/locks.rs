//! Locks by their text: one that has something of everything, one that is hostile, and large ones.

use serde_json::{Map, Value as Json, json};
use vhb::lock::Lock;

use crate::sample::with_direct;
pub(crate) use crate::sample::{DIRECT, LINUX, MACOS};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "89abcdef0123456789abcdef0123456789abcdef";
/// What a browser must never take for markup, nor a reader for anything else than it is.
pub(crate) const HOSTILE: &str =
    "</script><img src=x onerror=\"hacked=1\"><!-- \u{202e}evil\u{2028}${1}`'\\";

pub(crate) fn read(json: &Json) -> Lock {
    Lock::from_bytes(json.to_string().as_bytes()).unwrap()
}

fn sha256(fill: char) -> String {
    format!("sha256:{}", fill.to_string().repeat(64))
}

/// The lock of the SBOM's tests, with two targets and an environment of direct sources, and besides
/// every kind of model, dataset, image and package, things that are mutable, unresolved, yanked and
/// without a licence.
pub(crate) fn everything() -> Json {
    let mut lock = with_direct();
    lock["experiment"]["name"] = "Everything at once".into();
    lock["registry"] = json!({ "metrics/cer": sha256('a'), "tasks/task": sha256('b') });
    lock["config"] = json!({
        "metrics/cer": { "class_path": "demo.Cer", "name": "cer", "package": "plugin" },
        "tasks/task": {
            "name": "task", "entry_point": "demo.run",
            "required_packages": ["plugin", "numeric_fast"],
        },
    });
    lock["runs"] = json!({
        "first": run("org/model@v1", "registry.example/image:1"),
        "second": run("plain", ""),
    });
    lock["packages"]["numeric_fast"]["source"]["version"] = ">=1".into();
    lock["packages"]["plugin"] = plugin();
    lock["packages"]["tool"] = tool();
    lock["models"] = models();
    lock["datasets"] = datasets();
    lock["images"] = images();
    lock["environments"][DIRECT]["roots"] = json!(["numeric_fast", "tool"]);
    lock
}

fn run(model: &str, image: &str) -> Json {
    let image = (!image.is_empty()).then_some(image);
    json!({
        "task": "task",
        "entry_point": "demo.run",
        "model": model,
        "image": image,
        "dataset": "hub",
        "framework": "vllm",
        "package_manager": "uv",
        "engine_params": { "max_tokens": 512, "system_prompt": "Read.\nThen answer." },
        "env": { "LEVEL": "warning" },
        "metrics": ["cer"],
        "reports": [],
        "environments": { "inference": [LINUX, MACOS], "report": DIRECT },
    })
}

fn plugin() -> Json {
    json!({
        "source": { "type": "git", "url": "https://git.example/plugin.git" },
        "pin": {
            "type": "git",
            "url": "https://git.example/plugin.git",
            "ref": "refs/heads/main",
            "commit": COMMIT,
            "committed": "2025-06-01T00:00:00Z",
            "tree": OTHER,
            "content": sha256('9'),
            "files": 3,
            "bytes": 3000,
            "submodules": [{ "path": "vendored", "commit": OTHER }],
        },
        "distribution": "plugin==0.1.0",
        "metadata": { "requires": ["numeric>=1; python_version >= '3.9'"], "built": true },
    })
}

fn tool() -> Json {
    json!({
        "source": { "type": "local", "path": "tool", "editable": true },
        "pin": {
            "type": "local", "path": "tool", "content": sha256('8'), "files": 1, "bytes": 1,
            "commit": COMMIT, "dirty": true, "committed": "2025-06-01T00:00:00Z",
        },
    })
}

fn models() -> Json {
    json!({
        "org/model@v1": {
            "source": { "type": "huggingface", "repo": "org/model", "revision": "v1" },
            "pin": {
                "type": "huggingface", "repo": "org/model", "ref": "refs/tags/v1",
                "commit": COMMIT, "committed": "2025-05-01T00:00:00Z",
                "task": "image-text-to-text", "license": "apache-2.0",
                "remote_code": ["org/other"],
                "roles": { "weights": sha256('c') },
                "files": { "model.safetensors": { "size": 12_345_678, "digest": sha256('d') } },
            },
        },
        "org/gone": {
            "source": { "type": "huggingface", "repo": "org/gone" },
            "unresolved": "source-unreachable",
        },
    })
}

fn datasets() -> Json {
    let pin =
        |origin: Json| json!({ "content": sha256('e'), "files": 2, "bytes": 20, "origin": origin });
    json!({
        "hub": {
            "source": { "type": "huggingface", "repo": "org/data" },
            "pin": pin(json!({
                "type": "huggingface", "ref": "refs/heads/main", "commit": OTHER,
                "license": "cc-by-4.0", "tokens": sha256('f'),
            })),
        },
        "bucket": {
            "source": { "type": "s3", "bucket": "b", "prefix": "p" },
            "pin": pin(json!({ "type": "s3", "tokens": sha256('f') })),
        },
        "web": {
            "source": { "type": "https", "url": "https://data.example/all.zip" },
            "pin": pin(json!({ "type": "https", "tokens": sha256('f') })),
        },
    })
}

fn images() -> Json {
    let blob =
        |fill: char| json!({ "digest": sha256(fill), "media_type": "application/json", "size": 7 });
    json!({
        "registry.example/image:1": {
            "source": "registry.example/image:1",
            "pin": {
                "registry": "registry.example", "repository": "image", "tag": "1",
                "index": blob('1'),
                "platforms": { "linux/amd64": {
                    "manifest": blob('2'), "config": blob('3'),
                    "created": "2025-01-01T00:00:00Z",
                    "labels": { "org.opencontainers.image.source": "https://git.example/image" },
                }},
            },
        },
    })
}

/// The same experiment by somebody who wants to run a script in the reader's browser.
pub(crate) fn hostile() -> Json {
    let mut lock = everything();
    let long = "x".repeat(10_000);
    lock["experiment"]["name"] = format!("{HOSTILE} {long}").into();
    lock["experiment"]["id"] = format!("../{HOSTILE}").into();
    lock["generator"] = HOSTILE.into();
    lock["runs"]["first"]["engine_params"][HOSTILE] = HOSTILE.into();
    lock["config"]["metrics/cer"][HOSTILE] = HOSTILE.into();
    lock["packages"][HOSTILE] = tool();
    lock["packages"][&long] = tool();
    let environments = lock["environments"].as_object_mut().unwrap();
    let mut direct = environments.remove(DIRECT).unwrap();
    direct["roots"] = json!([HOSTILE, long]);
    environments.insert(HOSTILE.to_owned(), direct);
    let numeric = &mut lock["distributions"]["numeric==1.5"];
    for field in ["summary", "author", "homepage", "repository"] {
        numeric["metadata"][field] = format!("{HOSTILE} javascript:alert(1)").into();
    }
    numeric["metadata"]["license"] = json!({ "text": HOSTILE });
    numeric["files"][HOSTILE.replace('/', "")] = sha256('7').into();
    lock["distributions"]["nothing==1.0"]["yanked"] = HOSTILE.into();
    lock
}

/// What `numeric` requires by its extra, two packages come near: `aa` without asking for the extra, `zz`
/// by a longer way, at whose end somebody asks for another extra that asks for it.
pub(crate) fn extras() -> Json {
    let mut lock = everything();
    let release = |requires: &[&str], file: &str| json!({ "files": { file: sha256('7') }, "metadata": { "requires": requires } });
    for (key, requires) in [
        ("aa==1", &["numeric"][..]),
        ("zz==1", &["middle"]),
        ("middle==1", &["numeric[all]"]),
    ] {
        let file = format!("{key}.whl");
        lock["distributions"][key] = release(requires, &file);
        lock["environments"][LINUX]["distributions"][key] = file.into();
    }
    let requires = &mut lock["distributions"]["numeric==1.5"]["metadata"]["requires"];
    requires
        .as_array_mut()
        .unwrap()
        .push("numeric[fast]; extra == 'all'".into());
    for name in ["aa", "zz"] {
        let release = json!({ "type": "pypi", "name": name, "version": "1" });
        let dist = format!("{name}==1");
        lock["packages"][name] = json!({ "source": release, "pin": release, "distribution": dist });
    }
    lock["environments"][LINUX]["roots"] = json!(["aa", "zz"]);
    let environments = lock["environments"].as_object_mut().unwrap();
    environments.retain(|id, _| id == LINUX);
    lock
}

/// The same made in dev mode.
pub(crate) fn dev() -> Json {
    let mut lock = everything();
    lock["experiment"]["run_mode"] = "dev".into();
    lock
}

/// A lock of so many distributions, all in so many environments, each of which requires five others.
pub(crate) fn large(distributions: usize, environments: usize) -> Json {
    let name = |number: usize| format!("package-{number:04}");
    let key = |number: usize| format!("{}==1.{number}.0", name(number));
    let file = |number: usize, file: usize| {
        format!("package_{number:04}-1.{number}.0-{file}-py3-none-any.whl")
    };
    let mut releases = Map::new();
    let mut selected = Map::new();
    for number in 0..distributions {
        let files: Map<_, _> = (0..8)
            .map(|at| {
                let name = file(number, at);
                let digest = vhb::model::Sha256Digest::of(name.as_bytes()).to_string();
                (name, digest.into())
            })
            .collect();
        let requires: Vec<_> = (1..=5)
            .map(|step| number * 5 + step)
            .filter(|other| *other < distributions)
            .chain((number > 0).then_some(number / 7))
            .map(|other| format!("{}>=1.0", name(other)))
            .collect();
        let mut release = json!({ "files": files, "metadata": { "requires": requires } });
        if number % 10 != 0 {
            release["metadata"]["license"] = json!({ "expression": "MIT" });
        }
        if number % 97 == 5 {
            release["yanked"] = "withdrawn".into();
        }
        releases.insert(key(number), release);
        selected.insert(key(number), file(number, 0).into());
    }
    let target = json!({ "python": "3.11", "platform": "x86_64-manylinux_2_28" });
    let environments: Map<_, _> = (0..environments)
        .map(|number| {
            let environment = json!({
                "stage": (["inference", "evaluation", "report"][number % 3]),
                "target": target, "roots": ["root"], "resolver": "uv 0.0.0",
                "distributions": selected,
            });
            (format!("environment-{number:02}"), environment)
        })
        .collect();
    let mut lock = everything();
    lock["experiment"]["id"] = "large".into();
    lock["experiment"]["name"] = "A large experiment".into();
    lock["experiment"]["target"] = target;
    let first = json!({ "type": "pypi", "name": name(0), "version": "1.0.0" });
    lock["packages"] = json!({ "root": { "source": first, "pin": first, "distribution": key(0) } });
    lock["runs"]["first"]["environments"] = json!({ "inference": "environment-00" });
    lock["runs"].as_object_mut().unwrap().remove("second");
    lock["environments"] = environments.into();
    lock["distributions"] = releases.into();
    lock
}
