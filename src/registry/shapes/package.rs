//! `packages`: code that can be installed, and the sources that it can come from.

use super::entry::{HEAD, TAIL};
use super::{Absent, Field, Shape, Type, Union, Variant};

pub(super) static PACKAGE: Shape = Shape::closed(
    "package",
    "A package: code that experiments need, and where it comes from.",
    &[HEAD, OWN, TAIL],
);

static OWN: &[Field] = &[
    Field::required(
        "source",
        Type::Union(&SOURCE),
        "Where the code comes from. Exactly that is locked: files by their digests, a commit, \
         a release.",
    ),
    Field::optional(
        "install_args",
        Type::Mapping(&INSTALL_ARGS),
        Absent::EmptyMapping,
        "Arguments for the installer. `extras` and `index_url` count for releases; others are only \
         recorded.",
    ),
];

static SOURCE: Union = Union {
    noun: "source",
    doc: "Where a package comes from.",
    tag: "type",
    variants: &[
        Variant {
            word: "local",
            shape: Shape::closed("source", "A directory of this machine.", &[LOCAL]),
        },
        Variant {
            word: "git",
            shape: Shape::closed("source", "A git repository.", &[GIT]),
        },
        Variant {
            word: "pypi",
            shape: Shape::closed("source", "A release on a package index.", &[PYPI]),
        },
    ],
};

static LOCAL: &[Field] = &[
    Field::required(
        "path",
        Type::Text,
        "The directory, relative to the one that holds `registries/`, or absolute. Its content is \
         locked, file by file.",
    )
    .like(&["plugins/reader", "../reader"]),
    Field::optional(
        "editable",
        Type::Boolean,
        Absent::Boolean(true),
        "Whether it is installed so that edits count at once.",
    ),
];

static GIT: &[Field] = &[
    Field::required(
        "url",
        Type::Text,
        "The repository: an address, `user@host:path`, or a path of this machine. Credentials in \
         it are never recorded.",
    )
    .like(&[
        "https://git.example/lab/plugin.git",
        "git@git.example:lab/plugin.git",
    ]),
    Field::optional(
        "ref",
        Type::Text,
        Absent::Meaning("the default branch"),
        "A tag, a commit or a branch. A branch is locked too, with a warning, since it moves.",
    )
    .like(&["v1.2.0", "main"]),
    Field::optional(
        "subdirectory",
        Type::Text,
        Absent::Meaning("the root of the repository"),
        "The directory of the package inside of the repository.",
    ),
];

static PYPI: &[Field] = &[
    Field::required("name", Type::Text, "The name on the index."),
    Field::optional(
        "version",
        Type::Text,
        Absent::Meaning("the newest"),
        "The version, or a range. A range is locked too, with a warning, since it moves.",
    )
    .like(&["4.0", ">=4,<5"]),
    Field::optional(
        "extras",
        Type::List(&Type::Text),
        Absent::EmptyList,
        "The extras to install with it.",
    ),
    Field::optional(
        "index",
        Type::Text,
        Absent::Meaning("the configured index"),
        "The address of the index, where it is not the one that uv or pip is configured with.",
    ),
];

static INSTALL_ARGS: Shape = Shape::open(
    "install_args",
    "Arguments for the installer.",
    &[&[
        Field::optional(
            "extras",
            Type::List(&Type::Text),
            Absent::EmptyList,
            "The extras to install of a release; the same as `extras` of its source.",
        ),
        Field::optional(
            "index_url",
            Type::Text,
            Absent::Meaning("the configured index"),
            "The index of a release; the same as `index` of its source, which goes before it.",
        ),
    ]],
);
