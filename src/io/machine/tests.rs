//! Machines that do not exist: trees of files as `/` of each has them.

use std::path::Path;

use super::*;

fn machine(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Machine {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    look_at(root.path(), None, variables)
}

fn look_at(root: &Path, nvidia_smi: Option<PathBuf>, variables: &[(&str, &str)]) -> Machine {
    read_machine(&MachinePlaces {
        root,
        nvidia_smi,
        timeout: Duration::from_secs(5),
        variable: &|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        },
    })
    .unwrap()
}

#[test]
fn a_machine_tells_what_it_is() {
    let cpu = "processor\t: 0\nmodel name\t: Xeon 9\nflags\t\t: fpu avx2 fma mystery\n\n\
               processor\t: 1\nmodel name\t: Xeon 9\nflags\t\t: fpu avx2 fma mystery\n";
    let found = machine(
        &[
            ("proc/cpuinfo", cpu),
            ("proc/meminfo", "MemTotal:       16 kB\nMemFree: 1 kB\n"),
            ("proc/sys/kernel/osrelease", "6.1.0-9\n"),
            (
                "etc/os-release",
                "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n",
            ),
        ],
        &[],
    );
    assert_eq!(found.cpu_count, Some(2));
    assert_eq!(found.cpu_model.as_deref(), Some("Xeon 9"));
    let flags: Vec<_> = found.cpu_flags.iter().map(String::as_str).collect();
    assert_eq!(flags, ["avx2", "fma"]);
    assert_eq!(found.memory, Some(16 * 1024));
    assert_eq!(found.kernel.as_deref(), Some("6.1.0-9"));
    assert_eq!(found.distribution.as_deref(), Some("debian 12"));
    assert_eq!((found.container_engine, found.container_id), (None, None));
}

#[test]
fn what_makes_no_sense_is_left_out() {
    let found = machine(
        &[
            ("proc/cpuinfo", "\u{0}:::\nprocessor"),
            ("proc/meminfo", "MemTotal: many kB\n"),
            ("proc/sys/kernel/osrelease", "\n"),
            ("etc/os-release", "VERSION_ID=12\n"),
            ("proc/self/cgroup", "0::/\n"),
            ("proc/driver/nvidia/version", "NVRM version: none\n"),
        ],
        &[],
    );
    let nothing = machine(&[], &[]);
    assert_eq!(found, nothing);
    assert_eq!(nothing.system, std::env::consts::OS);
    assert_eq!(nothing.memory, None);
}

#[test]
fn the_driver_tells_its_gpus() {
    let version = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue\nGCC: 12\n";
    let found = machine(
        &[
            ("proc/driver/nvidia/version", version),
            (
                "proc/driver/nvidia/gpus/0000:02/information",
                "Model: \t\t B200\n",
            ),
            (
                "proc/driver/nvidia/gpus/0000:01/information",
                "Model: \t\t A100\nIRQ: 1\n",
            ),
        ],
        &[],
    );
    assert_eq!(found.gpus.unwrap(), ["A100", "B200"]);
    assert_eq!(found.gpu_driver.as_deref(), Some("550.54.15"));
    assert_eq!(found.cuda, None);
}

#[test]
fn containers_tell_their_id_and_whoever_knows_tells_the_image() {
    let id = "0123456789abcdef".repeat(4);
    let digest = format!("sha256:{}", "7".repeat(64));
    let cgroup = format!("12:memory:/kubepods/pod1/cri-containerd-{id}.scope\n");
    let variables = [
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
        ("VHB_IMAGE_DIGEST", &*format!("registry.example/a@{digest}")),
    ];
    let found = machine(&[("proc/self/cgroup", &cgroup)], &variables);
    assert_eq!(found.container_engine.as_deref(), Some("kubernetes"));
    assert_eq!(found.container_id.as_deref(), Some(&*id));
    assert_eq!(found.image_digest.unwrap().to_string(), digest);

    let mounted = format!("9 8 /var/lib/docker/containers/{id}/hostname /etc/hostname rw\n");
    let found = machine(
        &[(".dockerenv", ""), ("proc/self/mountinfo", &mounted)],
        &[],
    );
    assert_eq!(found.container_engine.as_deref(), Some("docker"));
    assert_eq!(found.container_id.as_deref(), Some(&*id));

    let stated = format!(
        "engine=\"podman-4\"\nid=\"{id}\"\nimageid=\"{}\"\n",
        "7".repeat(64)
    );
    let found = machine(&[("run/.containerenv", &stated)], &[]);
    assert_eq!(found.container_engine.as_deref(), Some("podman"));
    assert_eq!(found.image_digest.unwrap().to_string(), digest);
}

#[test]
fn no_other_id_is_taken_for_that_of_the_container() {
    let (id, other) = ("0123456789abcdef".repeat(4), "5".repeat(64));
    let layers = format!("8 7 /overlay2/{other}/merged / rw upperdir=/{other}/diff\n");
    let sandbox = format!("9 8 /var/lib/containerd/sandboxes/{other}/hostname /etc/hostname rw\n");
    let mounts = format!("{layers}{sandbox}");
    let look = |mounts: &str, within: bool| {
        let mut files = vec![("proc/self/mountinfo", mounts)];
        files.extend(within.then_some((".dockerenv", "")));
        machine(&files, &[]).container_id
    };
    assert_eq!(look(&mounts, true), None);
    let directory = "/var/lib/containers/storage/overlay-containers";
    let mounts = format!("{mounts}10 8 {directory}/{id}/userdata/hosts /etc/hosts rw\n");
    assert_eq!(look(&mounts, true).as_deref(), Some(&*id));
    assert_eq!(look(&mounts, false), None);
}

#[test]
fn an_image_that_is_no_digest_is_refused() {
    for stated in ["latest", "registry.example/a:1", "sha256:12"] {
        let places = MachinePlaces {
            root: Path::new("/nowhere"),
            nvidia_smi: None,
            timeout: Duration::ZERO,
            variable: &|name| (name == "VHB_IMAGE_DIGEST").then(|| stated.to_owned()),
        };
        let refused = read_machine(&places).unwrap_err();
        assert!(matches!(refused, MachineError::NoDigest), "{stated}");
    }
}

#[cfg(unix)]
#[test]
fn the_program_of_the_driver_is_asked_and_not_waited_for() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let ask = |body: &str, timeout: Duration| {
        let program = root.path().join("nvidia-smi");
        fs_err::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        read_machine(&MachinePlaces {
            root: root.path(),
            nvidia_smi: Some(program),
            timeout,
            variable: &|_| None,
        })
        .unwrap()
    };
    let said = "echo 'Driver Version : 550.1'; echo 'CUDA Version : 12.4'\n\
                echo '    Product Name : B200'; echo '    Product Name : A100'";
    let found = ask(said, Duration::from_secs(10));
    assert_eq!(found.gpus.unwrap(), ["A100", "B200"]);
    assert_eq!(found.cuda.as_deref(), Some("12.4"));
    assert_eq!(found.gpu_driver.as_deref(), Some("550.1"));
    let failed = ask(&format!("{said}; exit 9"), Duration::from_secs(10));
    let hung = ask(
        &format!("{said}; exec sleep 60"),
        Duration::from_millis(200),
    );
    for found in [failed, hung] {
        assert_eq!((found.gpus, found.cuda), (None, None));
    }
}
