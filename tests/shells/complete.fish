# fish --no-config complete.fish SCRIPT WORD...: what fish offers for the last of the words, a line
# each, with a description behind a tab.
source $argv[1]
complete --do-complete "$argv[2..]"
