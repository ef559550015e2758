//! Which package index is the default one, in the user's own configuration of uv and pip.

use std::path::Path;
use std::process::Command;

use super::Uv;
use crate::model::{IndexUrl, UrlError, without_credentials};
use crate::remote::RemoteError;

/// With no requirements on its standard input this prints the options that its output was made
/// with, and resolves nothing.
const EMIT_INDEX: [&str; 8] = [
    "pip",
    "compile",
    "-",
    "--emit-index-url",
    "--no-deps",
    "--offline",
    "--no-header",
    "--quiet",
];

impl Uv {
    /// The default index as uv sees it in a directory, whose configuration it reads.
    pub fn default_index(&self, working_directory: &Path) -> Result<IndexUrl, RemoteError> {
        let mut command = Command::new(&self.program);
        command
            .args(EMIT_INDEX)
            .current_dir(working_directory)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = self.run(command)?;
        if !output.status.success() {
            return Err(RemoteError::NotConfigured(format!(
                "`uv` does not tell the default package index ({}): {}",
                output.status,
                without_credentials(output.stderr.trim())
            )));
        }
        let named = emitted_index(&output.stdout).ok_or_else(|| {
            RemoteError::NotConfigured("`uv` knows no default package index".to_owned())
        })?;
        named.parse().map_err(|error: UrlError| {
            RemoteError::NotConfigured(format!("the default package index of `uv`: {error}"))
        })
    }
}

/// The default index among the options that `--emit-index-url` prints.
fn emitted_index(stdout: &str) -> Option<&str> {
    stdout.lines().find_map(|line| {
        let rest = line
            .strip_prefix("--index-url")
            .or_else(|| line.strip_prefix("--default-index"))?;
        let url = rest.strip_prefix(['=', ' '])?.trim();
        (!url.is_empty()).then_some(url)
    })
}

/// The default index that the environment names, in the order of [`INDEX_VARIABLES`].
///
/// `UV_DEFAULT_INDEX` may be `name=url`. An empty variable counts as unset.
pub fn default_index_from_env(
    variable: impl Fn(&str) -> Option<String>,
) -> Option<Result<IndexUrl, UrlError>> {
    INDEX_VARIABLES.iter().find_map(|name| {
        let value = variable(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| without_name(value).parse())
    })
}

/// The variables that name a default index, the strongest first.
pub const INDEX_VARIABLES: [&str; 3] = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"];

/// Of `name=url` the URL. A URL may hold `=` itself, but not before its `:`.
fn without_name(value: &str) -> &str {
    match value.split_once('=') {
        Some((name, url)) if !name.contains([':', '/']) => url,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_set_variable_names_the_index() {
        let from = |set: &[(&str, &str)]| {
            default_index_from_env(|name| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        let shown = |set: &[(&str, &str)]| from(set).map(|index| index.unwrap().to_string());
        assert_eq!(shown(&[]), None);
        let pip = ("PIP_INDEX_URL", "https://pip.example/simple?a=b");
        assert_eq!(shown(&[pip]).unwrap(), pip.1);
        let uv = ("UV_INDEX_URL", "https://me:pw@uv.example/simple/");
        assert_eq!(shown(&[pip, uv]).unwrap(), "https://uv.example/simple");
        let named = ("UV_DEFAULT_INDEX", "mirror=https://index.example/simple");
        assert_eq!(
            shown(&[pip, uv, named]).unwrap(),
            "https://index.example/simple"
        );
        assert_eq!(shown(&[pip, ("UV_DEFAULT_INDEX", "")]).unwrap(), pip.1);
        let error = from(&[("UV_INDEX_URL", "here")]).unwrap().unwrap_err();
        assert!(error.to_string().contains("`here`"), "{error}");
    }

    #[test]
    fn the_index_is_found_among_the_options() {
        let stdout = "# by uv\n--extra-index-url https://x/\n--index-url https://a:b@c/simple\n\n";
        assert_eq!(emitted_index(stdout), Some("https://a:b@c/simple"));
        assert_eq!(
            emitted_index("--default-index=https://c/"),
            Some("https://c/")
        );
        assert_eq!(emitted_index("--no-index\n--index-url \n"), None);
    }
}
