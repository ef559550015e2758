//! The arguments of every command that ends in a report: `vhb check`, `verify` and `lock --check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReportFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI that shows tests
    Junit,
    /// Workflow commands, which GitHub Actions shows beside the lines
    Github,
    /// For the summary of a job, or a comment
    Markdown,
}

#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct FormatArgs {
    /// How to print the report [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<ReportFormat>,
    /// Also write the report to a file in one of these formats; may be given more than once
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_save)]
    pub(in crate::cli) save: Vec<Save>,
}

/// A file that is to hold the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Save {
    pub(in crate::cli) format: ReportFormat,
    pub(in crate::cli) file: PathBuf,
}

fn parse_save(text: &str) -> Result<Save, String> {
    let (format, file) = text
        .split_once('=')
        .ok_or("it takes a format and a file, such as `sarif=vhb.sarif`")?;
    let format = ReportFormat::from_str(format, false).map_err(|_| {
        let values = ReportFormat::value_variants().iter();
        let names = values.filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
        format!("`{format}` is no format; there are {}", names.join(", "))
    })?;
    match file {
        "" => Err("the file has no name".to_owned()),
        "-" => Err("it writes to files; `--format` says what is printed".to_owned()),
        _ => Ok(Save {
            format,
            file: PathBuf::from(file),
        }),
    }
}
