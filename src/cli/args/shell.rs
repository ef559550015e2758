//! The arguments of what fits vhb into a shell: `vhb completions` and `vhb man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Where each shell looks for its script.
const PLACES: &str = "\
Where it belongs:
  bash        ~/.local/share/bash-completion/completions/vhb
  zsh         a directory of $fpath, as _vhb
  fish        ~/.config/fish/completions/vhb.fish
  elvish      rc.elv: eval (vhb completions elvish | slurp)
  PowerShell  $PROFILE: vhb completions powershell | Out-String | iex";

#[derive(Debug, Args)]
#[command(after_help = PLACES)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// Write the page of every command into this directory, as `vhb.1`, `vhb-lock.1` and so on
    /// [default: print the page of vhb itself]
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) output: Option<PathBuf>,
}
