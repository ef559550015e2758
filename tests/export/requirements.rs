//! What a requirements file says.

use serde_json::json;

use super::sample::Setting;

const REQUIREMENTS: [&str; 2] = ["--format", "requirements"];

#[test]
fn files_are_named_with_their_hashes() {
    let setting = Setting::files();
    let run = setting.export(&REQUIREMENTS).exits(0);
    insta::assert_snapshot!(setting.plain(&run.stdout), @r"
    # Environment inference-x86_64-11111111 of the experiment exp: Python 3.11 on x86_64-manylinux_2_28.
    # Written by <vhb> from the lock with the sha256:<digest of the lock>.
    # It names all that is to be installed, so nothing is left to resolve:
    #   uv pip install --no-deps --require-hashes -r FILE
    #   pip install --no-deps --require-hashes -r FILE
    base==2.0 \
        --hash=sha256:fb48565bbb79001b0c49596df6bdf567f159a761e90e71482398d2db3b08745a
    demo==1.0 \
        --hash=sha256:b70449e81e69850c5aeb77873f5ecc9e5d97fb83a1c340d2f6d2879d9d045c5c
    ");
    assert_eq!(setting.server.requests().len(), 0);
}

#[test]
fn sources_are_named_by_commit_and_by_path() {
    let setting = Setting::sources();
    let run = setting.export(&REQUIREMENTS).exits(0);
    insta::assert_snapshot!(setting.plain(&run.stdout), @r"
    # Environment inference-x86_64-11111111 of the experiment exp: Python 3.11 on x86_64-manylinux_2_28.
    # Written by <vhb> from the lock with the sha256:<digest of the lock>.
    # It names all that is to be installed, so nothing is left to resolve:
    #   uv pip install --no-deps -r FILE
    # uv checks the hashes that are here; pip takes hashes of all or of none, and there are
    # none of repositories and directories.
    # Paths begin at the project's root: install from there.
    base==2.0 \
        --hash=sha256:fb48565bbb79001b0c49596df6bdf567f159a761e90e71482398d2db3b08745a
    demo==1.0 \
        --hash=sha256:b70449e81e69850c5aeb77873f5ecc9e5d97fb83a1c340d2f6d2879d9d045c5c
    ./packages/mine
    plugin @ git+https://git.example/plugin.git@0123456789abcdef0123456789abcdef01234567#subdirectory=python/plugin
    ");
}

#[test]
fn indexes_are_named_without_credentials() {
    let mut setting = Setting::files();
    let demo = &mut setting.lock["packages"]["demo"];
    for part in ["source", "pin"] {
        demo[part]["index"] = json!("https://me:s3cret@index.example/simple");
    }
    setting.write();
    let run = setting.export(&REQUIREMENTS).exits(0).conceals("s3cret");
    let line = "\n--extra-index-url https://index.example/simple\n";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    assert!(run.stdout.contains("--index-strategy"), "{}", run.stdout);
}

#[test]
fn a_file_is_written_once() {
    let setting = Setting::files();
    let into = [&REQUIREMENTS[..], &["-o", "out/requirements.txt"]].concat();
    let run = setting
        .export(&into)
        .exits(0)
        .says("wrote out/requirements.txt");
    assert_eq!(run.stdout, "");
    let written = std::fs::read_to_string(setting.project.root().join("out/requirements.txt"));
    let printed = setting.export(&REQUIREMENTS).exits(0).stdout;
    assert_eq!(written.unwrap(), printed);
    setting.export(&into).exits(0).says("nothing changed");
}
