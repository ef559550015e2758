# zsh -f complete.zsh DIRECTORY: what completes vhb once its script lies in DIRECTORY as `_vhb`.
fpath=($1 $fpath)
autoload -U compinit
compinit -u -D
# Loads the function, which tells whether zsh can read it.
autoload +X _vhb || exit 1
print $_comps[vhb]
