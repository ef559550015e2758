//! `vhb explain`: what a finding code means.

use super::args::ExplainArgs;
use super::error::CliError;
use super::{Output, Result};
use crate::finding::{Code, Outcome};
use crate::registry::nearest;
use crate::render;

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Result {
    let Some(text) = &args.code else {
        output.data(&render::codes());
        return Ok(Outcome::Clean);
    };
    let code: Code = text.parse().map_err(|error| {
        let error = CliError::new(format!("{error}"));
        match nearest(text, Code::ALL.iter().map(|code| code.as_str())) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`vhb explain` lists all codes"),
        }
    })?;
    output.data(&render::explain(code));
    Ok(Outcome::Clean)
}
