#!/usr/bin/env bash
# What the GitHub Action does once vhb is there: checks the registries of the working directory and
# verifies its locks, annotates what is wrong, and leaves a summary and SARIF files. Ends with the worst of
# the exit codes: 2 unusable input, 1 errors found, 3 something could not be checked, 0 clean.
set -uo pipefail

vhb=${VHB:-$RUNNER_TEMP/vhb/bin/vhb}
reports=$RUNNER_TEMP/vhb-reports
rm -rf "$reports"
mkdir -p "$reports/sarif"

worst=0
# Runs one command of vhb, with its reports under a name.
report() {
    local name=$1 code=0
    shift
    # Quoted, so that no name of a file is a workflow command.
    echo "::group::vhb ${*@Q}"
    "$vhb" "$@" --format github \
        --save "sarif=$reports/sarif/$name.sarif" --save "markdown=$reports/$name.md" || code=$?
    echo "::endgroup::"
    if [ -f "$reports/$name.md" ]; then
        cat "$reports/$name.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    fi
    case "$code:$worst" in
        0:* | *:2 | 3:1) ;;
        [123]:*) worst=$code ;;
        # Killed, or no program at all.
        *) worst=2 ;;
    esac
}

# Arguments are split at spaces, and patterns stand for files, as the inputs promise.
# shellcheck disable=SC2086
report check check ${VHB_CHECK_ARGUMENTS:-}

shopt -s nullglob
# shellcheck disable=SC2206
locks=(${VHB_LOCKS:-})
if [ -n "${VHB_LOCKS:-}" ] && [ "${#locks[@]}" -eq 0 ]; then
    echo "::error title=vhb::no file matches the input locks"
    worst=2
fi
for lock in "${locks[@]}"; do
    name=${lock//[^A-Za-z0-9._-]/-}
    # shellcheck disable=SC2086
    report "verify-$name" verify "$lock" ${VHB_VERIFY_ARGUMENTS:-}
done

{
    echo "sarif=$reports/sarif"
    echo "exit-code=$worst"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$worst"
