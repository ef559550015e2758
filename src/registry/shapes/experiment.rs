//! `experiments`: the runs that make up one result.

use super::entry::{DESCRIPTION, HEAD, METADATA_DOC, TAIL, VERSION};
use super::{Absent, Field, Shape, Type, run};
use crate::model::Kind;

pub(super) static EXPERIMENT: Shape = Shape::closed(
    "experiment",
    "An experiment: the runs that are published together.",
    &[HEAD, OWN],
);

static OWN: &[Field] = &[
    Field::optional(
        "parallelism",
        Type::Count,
        Absent::Count(1),
        "How many runs may take place at once.",
    ),
    Field::optional(
        "tasks",
        Type::List(&Type::Either(
            &Type::Id(Kind::Runs),
            &Type::Mapping(&INLINE_RUN),
        )),
        Absent::EmptyList,
        "The runs: each the id of one, the path of its file, or a whole run written here. To lock \
         the experiment, there must be one.",
    ),
    Field::optional(
        "metadata",
        Type::Mapping(&METADATA),
        Absent::Nothing,
        METADATA_DOC,
    ),
];

/// An element of `tasks` that is a run.
pub(in crate::registry) static INLINE_RUN: Shape = Shape::closed(
    "an element of `tasks`",
    "A run that is written inside of its experiment.",
    &[
        &[
            Field::required("name", Type::Text, "The id of the run."),
            VERSION,
            DESCRIPTION,
        ],
        run::OWN,
        TAIL,
    ],
);

static METADATA: Shape = Shape::open(
    "`metadata`",
    METADATA_DOC,
    &[&[Field::optional(
        "lock",
        Type::Either(
            &Type::Mapping(&TARGET),
            &Type::List(&Type::Mapping(&TARGET)),
        ),
        Absent::EmptyMapping,
        "What the environments are locked for; a list for several targets, which must agree in \
         `exclude_newer`.",
    )]],
);

/// What environments are locked for.
pub(in crate::registry) static TARGET: Shape = Shape::closed(
    "metadata.lock",
    "What environments are locked for.",
    &[&[
        Field::optional(
            "python",
            Type::Text,
            Absent::Text("3.11"),
            "The version of Python.",
        )
        .like(&["3.11", "3.12.4"]),
        Field::optional(
            "platform",
            Type::Text,
            Absent::Text("x86_64-manylinux_2_28"),
            "The platform, as uv names it.",
        )
        .like(&[
            "x86_64-manylinux_2_28",
            "aarch64-manylinux_2_28",
            "x86_64-unknown-linux-musl",
            "aarch64-apple-darwin",
            "x86_64-pc-windows-msvc",
        ]),
        Field::optional(
            "exclude_newer",
            Type::Instant,
            Absent::Nothing,
            "What was published after this instant does not count: whoever locks from scratch \
             later gets the same. A date alone is no instant.",
        )
        .like(&["2026-11-01T00:00:00Z", "2026-11-01T12:00:00+03:00"]),
        Field::optional(
            "constraints",
            Type::List(&Type::Text),
            Absent::EmptyList,
            "Requirements that must hold if anything requires the distribution.",
        )
        .like(&["numpy<2", "torch==2.4.1"]),
        Field::optional(
            "overrides",
            Type::List(&Type::Text),
            Absent::EmptyList,
            "Requirements that hold instead of what others require of the distribution.",
        )
        .like(&["protobuf==5.29.5", "pillow>=11"]),
    ]],
);
