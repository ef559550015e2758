#!/usr/bin/env bash
# Makes what is published of vhb, a wheel and an sdist, and proves them as those meet them who
# install vhb: each in an environment of its own, with nothing but PyPI, then the first commands of
# a new project; the hooks and the action, built by themselves.
#
#     scripts/package.sh DIR
#
# DIR gets the two archives, and is emptied first. The crates are built once, in the target directory
# of this repository.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$1
bin=$PWD/.venv/bin
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$1"; }

say "build"
# The program repeats where crates lie when it panics: by name, wherever this machine has them. Its
# own files are named from its own directory.
cargo fetch --locked --quiet
flags=()
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    flags+=("--remap-path-prefix=$registry=crates")
done
printf -v CARGO_ENCODED_RUSTFLAGS '%s\037' "${flags[@]}"
export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\037'}
rm -rf "$packages"
"$bin/maturin" build --out "$packages"
"$bin/maturin" sdist --out "$packages"
"$bin/python" scripts/check_package.py --published "$packages"

# Installs an archive into an environment, and begins a project with what that has.
prove() {
    local archive=$1 place=$2
    say "install ${archive##*/}, and begin a project"
    python3 -m venv "$place/env"
    "$place/env/bin/pip" install --quiet "$archive"
    "$place/env/bin/pip" check
    (
        cd "$place"
        # No uv and no vhb but those that were installed, and nothing of this machine's caches.
        export PATH=$place/env/bin:/usr/local/bin:/usr/bin:/bin
        export HOME=$place/home XDG_CACHE_HOME=$place/home/.cache
        unset VHB_UV VHB_PYTHON VHB_CACHE_DIR RUN_MODE
        mkdir "$HOME"
        vhb init demo && cd demo && vhb check && vhb lock registries/experiments/*.yaml && vhb verify locks/*.json
    )
}
for end in whl tar.gz; do
    archive=$(echo "$packages"/*."$end")
    mkdir "$work/$end"
    prove "$archive" "$work/$end"
done

say "the sdist gives the same program as the repository"
cmp "$work/whl/env/bin/vhb" "$work/tar.gz/env/bin/vhb"
sha256sum "$work/whl/env/bin/vhb"

say "the action builds vhb, and checks and verifies the project"
mkdir "$work/runner"
RUNNER_TEMP=$work/runner python3 scripts/action_install.py install
(
    cd "$work/whl/demo"
    RUNNER_TEMP=$work/runner VHB_LOCKS='locks/*.lock.json' "$OLDPWD/scripts/action.sh"
)

say "pre-commit builds vhb, and runs the hooks in the project"
git clone --quiet . "$work/hooks"
cat >"$work/whl/demo/.pre-commit-config.yaml" <<YAML
repos:
- repo: $work/hooks
  rev: $(git rev-parse HEAD)
  hooks:
  - id: vhb-check
  - id: vhb-verify
    args: [locks/first.lock.json]
  - id: vhb-lock-check
    args: [first]
YAML
(
    cd "$work/whl/demo"
    git init --quiet
    git add .
    # Quick to build, for it is the hooks that are tried.
    unset CARGO_ENCODED_RUSTFLAGS
    export MATURIN_PEP517_ARGS="--profile dev"
    PRE_COMMIT_HOME=$work/pre-commit "$bin/pre-commit" run --all-files --verbose
)

say "the crate builds from what is in it"
env --unset CARGO_ENCODED_RUSTFLAGS cargo package --locked --allow-dirty --quiet

say "made"
ls -l "$packages"
