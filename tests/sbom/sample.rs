//! A lock of one run on two targets, by its text.

use serde_json::{Value as Json, json};

pub(crate) const LINUX: &str = "inference-x86_64-11111111";
pub(crate) const MACOS: &str = "inference-arm64-22222222";
pub(crate) const DIRECT: &str = "report-x86_64-33333333";

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn sha256(fill: char) -> String {
    format!("sha256:{}", fill.to_string().repeat(64))
}

/// Both environments hold `numeric`, by other files, and `plugin`, which requires it.
pub(crate) fn closed() -> Json {
    let target = |platform: &str| json!({ "python": "3.11", "platform": platform });
    let linux = target("x86_64-manylinux_2_28");
    let macos = target("aarch64-apple-darwin");
    let environment = |target: &Json, distributions: Json| {
        json!({
            "stage": "inference",
            "target": target,
            "roots": ["numeric_fast", "plugin"],
            "resolver": "uv 0.0.0",
            "distributions": distributions,
        })
    };
    json!({
        "lock_version": 1,
        "generator": "vhb 0.0.0",
        "resolved_at": "2026-01-01T00:00:00Z",
        "experiment": {
            "id": "exp",
            "name": "exp",
            "file": "registries/experiments/exp.yaml",
            "run_mode": "prod",
            "target": [linux, macos],
        },
        "registry": {},
        "config": {},
        "runs": { "run": run() },
        "packages": { "numeric_fast": numeric_fast(), "plugin": plugin() },
        "models": {},
        "datasets": {},
        "images": {},
        "environments": {
            LINUX: environment(&linux, json!({
                "backport==2.0": "backport-2.0.tar.gz",
                "nothing==1.0": "nothing-1.0-py3-none-any.whl",
                "numeric==1.5": "numeric-1.5-cp311-cp311-manylinux_2_17_x86_64.whl",
                "plugin==0.1.0": "packages/plugin",
            })),
            MACOS: environment(&macos, json!({
                "nothing==1.0": "nothing-1.0-py3-none-any.whl",
                "numeric==1.5": "numeric-1.5-cp311-cp311-macosx_11_0_arm64.whl",
                "plugin==0.1.0": "packages/plugin",
            })),
        },
        "distributions": distributions(),
    })
}

/// The same, with a third environment of which only what is asked for is locked.
pub(crate) fn with_direct() -> Json {
    let mut lock = closed();
    lock["environments"][DIRECT] = json!({
        "stage": "report",
        "target": lock["experiment"]["target"][0],
        "roots": ["numeric_fast"],
    });
    lock["runs"]["run"]["environments"]["report"] = DIRECT.into();
    lock
}

fn run() -> Json {
    json!({
        "task": "task",
        "entry_point": "demo.run",
        "model": "org/model",
        "image": null,
        "dataset": "data",
        "framework": "plain",
        "package_manager": "uv",
        "engine_params": {},
        "env": {},
        "metrics": ["metric"],
        "reports": ["report"],
        "environments": { "inference": [LINUX, MACOS] },
    })
}

fn numeric_fast() -> Json {
    json!({
        "source": {
            "type": "pypi", "name": "numeric", "version": "1.5", "extras": ["fast"],
            "index": "https://index.example/simple",
        },
        "pin": {
            "type": "pypi", "name": "numeric", "version": "1.5", "extras": ["fast"],
            "index": "https://index.example/simple",
        },
        "distribution": "numeric==1.5",
    })
}

fn plugin() -> Json {
    json!({
        "source": { "type": "git", "url": "https://git.example/plugin.git", "ref": "v0.1.0" },
        "pin": {
            "type": "git",
            "url": "https://git.example/plugin.git",
            "ref": "refs/tags/v0.1.0",
            "commit": COMMIT,
            "committed": "2025-06-01T00:00:00Z",
            "tree": COMMIT,
            "content": sha256('9'),
            "files": 3,
            "bytes": 300,
        },
        "distribution": "plugin==0.1.0",
        "metadata": {
            "requires": ["numeric>=1; python_version >= '3.9'"],
            "requires_python": ">=3.10",
            "license": { "text": "Apache" },
            "author": "The plugin's authors",
            "repository": "https://git.example/mirror-of-plugin",
            "summary": "Plugs in",
        },
    })
}

fn distributions() -> Json {
    json!({
        "backport==2.0": {
            "files": {
                "backport-2.0.tar.gz": sha256('1'),
                "backport-2.0-py3-none-any.whl": sha256('2'),
            },
            "metadata": {
                "license": { "classifiers": [
                    "License :: OSI Approved :: BSD License",
                    "License :: OSI Approved :: MIT License",
                ]},
                "homepage": "not an address",
                "repository": "https://git.example/<backport>",
            },
        },
        "nothing==1.0": {
            "files": { "nothing-1.0-py3-none-any.whl": sha256('3') },
            "yanked": "broken",
            "metadata": {},
        },
        "numeric==1.5": {
            "files": {
                "numeric-1.5-cp311-cp311-macosx_11_0_arm64.whl": sha256('4'),
                "numeric-1.5-cp311-cp311-manylinux_2_17_x86_64.whl": sha256('5'),
                "numeric-1.5.tar.gz": sha256('6'),
            },
            "uploaded": "2025-01-01T00:00:00Z",
            "metadata": {
                "requires": [
                    "backport; extra == 'fast' and sys_platform == 'linux'",
                    "nothing; extra == 'fast'",
                ],
                "requires_python": ">=3.9",
                "license": { "expression": "MIT OR Apache-2.0" },
                "author": "The numeric authors",
                "homepage": "https://numeric.example",
                "repository": "https://git.example/numeric",
                "summary": "Counts",
            },
            "variants": {
                "numeric-1.5-cp311-cp311-macosx_11_0_arm64.whl": {
                    "requires": ["nothing; extra == 'fast'"],
                    "license": { "expression": "MIT" },
                },
            },
        },
    })
}
