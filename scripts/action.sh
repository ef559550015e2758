#!/usr/bin/env bash
# What the GitHub Action does once vhb is there: checks the registries of the working directory and
# verifies its locks, annotates what is wrong, and leaves a summary and SARIF files. Ends with the worst of
# the exit codes: 2 unusable input, 1 errors found, 3 something could not be checked, 0 clean.
# Nothing here is newer than bash 3.2, which macOS has.
set -uo pipefail
shopt -s nullglob

vhb=${VHB:-$RUNNER_TEMP/vhb/bin/vhb}
reports=$RUNNER_TEMP/vhb-reports
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
rm -rf "$reports"
mkdir -p "$reports/sarif"

# What a workflow command says: no text ends it, or begins another.
said() {
    local text=${1//%/%25}
    text=${text//$'\r'/%0D}
    printf '%s' "${text//$'\n'/%0A}"
}

# Annotates what is no finding, and leaves it in the summary.
failed() {
    echo "::error title=vhb::$(said "$1")"
    printf '\n    vhb: %s\n\n' "$(said "$1")" >>"$summary"
}

# Prints a file, of which no line is a workflow command then, whoever wrote what it repeats.
inert() {
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$token"
    cat "$1"
    printf '\n::%s::\n' "$token"
}

# GitHub shows a summary of up to 1 MiB, and none at all of a longer one.
longest=1000000
summarize() {
    local there added
    there=$(wc -c <"$summary")
    added=$(wc -c <"$1")
    if [ $((there + added)) -le "$longest" ]; then
        cat "$1" >>"$summary"
    else
        printf '\n    %s: left out, for GitHub shows no more; the log has it\n\n' "$(said "$2")" >>"$summary"
    fi
}

worst=0
count=0
# Runs one command of vhb: how it is called here, the command, and its arguments.
report() {
    local called=$1 command=$2 code=0 name
    shift 2
    count=$((count + 1))
    name=$count-$command
    echo "::group::$(said "$called")"
    "$vhb" "$command" --format github --save "sarif=$reports/sarif/$name.sarif" \
        --save "markdown=$reports/$name.md" "$@" 2>"$reports/talk" || code=$?
    inert "$reports/talk"
    echo "::endgroup::"
    case "$code" in
        0 | 1 | 3) summarize "$reports/$name.md" "$called" ;;
        # Killed, or no program at all, is no better than input that cannot be used.
        *)
            failed "$called ended with exit code $code: the log says why"
            code=2
            ;;
    esac
    case "$code:$worst" in
        0:* | *:2 | 3:1) ;;
        *) worst=$code ;;
    esac
}

# Splits at white space, of which newlines are some; patterns stay patterns.
split() {
    IFS=$' \t\n' read -r -d '' -a words <<<"$1"
}

if [ "${VHB_CHECK:-true}" = true ]; then
    split "${VHB_CHECK_ARGUMENTS:-}"
    report "vhb check" check ${words[@]+"${words[@]}"}
fi

split "${VHB_VERIFY_ARGUMENTS:-}"
arguments=(${words[@]+"${words[@]}"})
split "${VHB_LOCKS:-}"
looked_at=$'\n'
for pattern in ${words[@]+"${words[@]}"}; do
    # What a pattern stands for is not split again.
    IFS=
    # shellcheck disable=SC2206
    locks=($pattern)
    unset IFS
    if [ "${#locks[@]}" -eq 0 ]; then
        failed "no file matches $pattern, which the input locks names"
        worst=2
    fi
    for lock in ${locks[@]+"${locks[@]}"}; do
        # Quoted, so that it can be told from others, and copied.
        called="vhb verify $(printf '%q' "${lock#./}")"
        # Several patterns may stand for one lock; of two reports about it, none would be taken.
        case "$looked_at" in
            *$'\n'"$called"$'\n'*) continue ;;
        esac
        looked_at+=$called$'\n'
        report "$called" verify ${arguments[@]+"${arguments[@]}"} -- "$lock"
    done
done

if [ "$count" -eq 0 ] && [ "$worst" -eq 0 ]; then
    failed "the inputs name nothing to look at: check is not true, and locks is empty"
    worst=2
fi

output=${GITHUB_OUTPUT:-/dev/null}
saved=("$reports"/sarif/*.sarif)
if [ "${#saved[@]}" -gt 20 ]; then
    # As one upload it would be refused as a whole.
    echo "::warning title=vhb::nothing is uploaded: code scanning takes 20 reports of a job, and there are ${#saved[@]}; name fewer locks in each of several jobs"
elif [ "${#saved[@]}" -gt 0 ]; then
    # Else nothing could be looked at.
    echo "sarif=$reports/sarif" >>"$output"
fi
echo "exit-code=$worst" >>"$output"
exit "$worst"
