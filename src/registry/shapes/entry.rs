//! The fields that entries of all kinds have.

use super::{Absent, Field, Shape, Type};

/// What comes first in every entry.
pub(super) static HEAD: &[Field] = &[
    Field::required(
        "name",
        Type::Text,
        "What people call the entry; usually its id, the name of its file without `.yaml`.",
    ),
    VERSION,
    DESCRIPTION,
];

/// What comes last in every entry but an experiment.
pub(super) static TAIL: &[Field] = &[Field::optional(
    "metadata",
    Type::Mapping(&METADATA),
    Absent::Nothing,
    METADATA_DOC,
)];

pub(super) const VERSION: Field = Field::optional(
    "version",
    Type::Text,
    Absent::Text("1.0.0"),
    "The version of the entry itself, not of what it describes.",
)
.like(&["1.0", "2.1.0"]);

pub(super) const DESCRIPTION: Field = Field::optional(
    "description",
    Type::Text,
    Absent::Nothing,
    "What it is, for people.",
);

pub(super) const METADATA_DOC: &str =
    "Whatever else is to be known. It is locked with the entry, and nothing is asked of it.";

static METADATA: Shape = Shape::open("`metadata`", METADATA_DOC, &[]);

/// Parameters of something that vhb does not know.
pub(super) static PARAMS: Shape =
    Shape::open("`params`", "Parameters, passed on as they are.", &[]);
