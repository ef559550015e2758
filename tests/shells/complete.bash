# bash --norc complete.bash SCRIPT WORD...: what bash offers for the last of the words, a line each.
# shellcheck source=/dev/null
source "$1"
shift
# As bash finds the function, and as it calls it.
read -ra registered < <(complete -p "$1")
function=
for ((i = 0; i < ${#registered[@]}; i++)); do
    [ "${registered[i]}" = -F ] && function=${registered[i + 1]}
done
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMPREPLY=()
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
