//! How fast a large registry is read and validated: 10,000 packages with overlays, and 1,000
//! each of tasks, metrics, reports, datasets and runs.
//!
//! The same registry on disk, against PyYAML, is what `make bench` prints a ratio of.

use divan::Bencher;
use vhb::io::registry_files::read_registry;
use vhb::model::RunMode;
use vhb::registry::{Registry, RegistryFile};

const PACKAGES: usize = 10_000;
const OTHERS: usize = 1_000;

fn main() {
    divan::main();
}

fn files() -> Vec<RegistryFile> {
    let mut files = Vec::new();
    let mut add = |path: String, text: String| {
        files.push(RegistryFile {
            path: format!("registries/{path}.yaml"),
            content: Ok(text.into_bytes()),
        });
    };
    for n in 0..PACKAGES {
        let git = format!("  type: git\n  url: https://git.example/p{n}.git\n");
        let base = format!(
            "# A plugin.\nname: p{n}\nversion: 1.{n}.0\ndescription: plugin {n}\nsource:\n{git}  ref: v1.{n}\nmetadata:\n  owner: team\n  tags: [a, b, c]\n"
        );
        add(format!("packages/p{n}"), base);
        let overlay = format!("source:\n{git}  ref: main\n");
        add(format!("packages/p{n}.dev"), overlay);
    }
    for n in 0..OTHERS {
        add(
            format!("tasks/t{n}"),
            format!(
                "name: t{n}\nentry_point: tasks.t{n}\nrequired_packages: [p{n}]\nsupported_metrics: [m{n}]\nsupported_reports: [r{n}]\n"
            ),
        );
        let component = |kind: &str| {
            format!(
                "name: {kind}{n}\nclass_path: {kind}.C{n}\npackage: p{n}\nparams:\n  k: {n}\n  lower: true\n"
            )
        };
        add(format!("metrics/m{n}"), component("m"));
        add(format!("reports/r{n}"), component("r"));
        add(
            format!("datasets/d{n}"),
            format!(
                "name: d{n}\ntype: data.D{n}\npath: data/d{n}\npackage: p{n}\nparams:\n  split: test\n"
            ),
        );
        add(
            format!("runs/q{n}"),
            format!(
                "name: q{n}\nml_task: t{n}\nmodel:\n  name: org/model-{n}\n  framework: vllm\n  engine_params:\n    seed: {n}\n    temperature: 0.0\ndataset: d{n}\nmetrics: [m{n}]\nreports: [r{n}]\n"
            ),
        );
    }
    add(
        "frameworks/vllm".to_owned(),
        "name: vllm\ndefault_adapter_package: p0\ndefault_backend_class: a.B\n".to_owned(),
    );
    files
}

fn read(files: Vec<RegistryFile>) -> Registry {
    let (registry, findings) = Registry::read(files, RunMode::Dev, &|_| None);
    assert!(findings.is_empty(), "{:?}", findings.first());
    assert_eq!(registry.packages.len(), PACKAGES);
    registry
}

#[divan::bench(sample_count = 20)]
fn from_memory(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher.with_inputs(|| files.clone()).bench_values(read);
}

#[divan::bench(sample_count = 20)]
fn from_disk(bencher: Bencher<'_, '_>) {
    let root = tempfile::tempdir().expect("a temporary directory");
    for file in files() {
        let path = root.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("it lies in a directory"))
            .and_then(|()| std::fs::write(path, file.content.expect("it was made here")))
            .expect("the registry is written");
    }
    bencher.bench(|| read(read_registry(root.path()).expect("the registry is read")));
}
