//! `runs`: one model on one dataset.

use super::entry::{HEAD, TAIL};
use super::{Absent, Field, Shape, Type, Word};
use crate::model::Kind;

pub(super) static RUN: Shape = Shape::closed(
    "run",
    "A run: one model on one dataset. Whatever here can move a score is locked.",
    &[HEAD, OWN, TAIL],
);

/// What runs have, wherever they are written.
pub(super) static OWN: &[Field] = &[
    Field::required(
        "ml_task",
        Type::Id(Kind::Tasks),
        "The task: what the model has to do.",
    ),
    Field::required(
        "model",
        Type::Mapping(&MODEL),
        "The model, and how it is executed.",
    ),
    Field::required(
        "dataset",
        Type::Id(Kind::Datasets),
        "The dataset: what it does that on.",
    ),
    Field::optional(
        "metrics",
        Type::List(&Type::Id(Kind::Metrics)),
        Absent::EmptyList,
        "What scores the answers; the task must support each.",
    ),
    Field::optional(
        "reports",
        Type::List(&Type::Id(Kind::Reports)),
        Absent::EmptyList,
        "What is made of the scores; the task must support each.",
    ),
];

static MODEL: Shape = Shape::closed(
    "model",
    "A model, and how it is executed.",
    &[&[
        Field::required(
            "name",
            Type::Text,
            "The model: `org/name` of the Hugging Face Hub, or a directory (`./models/x`, relative \
             to the one that holds `registries/`). Any other name is for the framework alone to \
             understand, and is not locked.",
        )
        .like(&["Qwen/Qwen2-VL-2B-Instruct", "./models/mine"]),
        Field::optional(
            "framework",
            Type::Id(Kind::Frameworks),
            Absent::Text("vllm"),
            "What executes the model.",
        ),
        Field::optional(
            "docker_image",
            Type::Text,
            Absent::Nothing,
            "The container image that it runs in, as `docker pull` takes it. A tag is locked too, \
             with a warning, since it moves; a digest does not.",
        )
        .like(&[
            "vllm/vllm-openai:v0.6.5",
            "ghcr.io/lab/image@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ]),
        Field::optional(
            "package_manager",
            Type::Choice(&[
                Word {
                    word: "pip",
                    doc: "pip.",
                },
                Word {
                    word: "uv",
                    doc: "uv.",
                },
                Word {
                    word: "conda",
                    doc: "conda, which brings Python and pip; that pip installs the packages.",
                },
            ]),
            Absent::Text("pip"),
            "What installs packages where the run takes place.",
        ),
        Field::optional(
            "engine_params",
            Type::Mapping(&ENGINE_PARAMS),
            Absent::EmptyMapping,
            "Parameters of the framework's backend class, passed on as they are.",
        ),
        Field::optional(
            "env",
            Type::Mapping(&ENV),
            Absent::EmptyMapping,
            "Environment variables of the run. The values of those whose names look secret are \
             never recorded.",
        ),
    ]],
);

static ENGINE_PARAMS: Shape = Shape::open(
    "`engine_params`",
    "Parameters of the framework's backend class, passed on as they are.",
    &[&[
        Field::optional(
            "revision",
            Type::Text,
            Absent::Meaning("the default branch"),
            "The branch, tag or commit of a model of the Hugging Face Hub.",
        ),
        Field::optional(
            "trust_remote_code",
            Type::Any,
            Absent::Boolean(false),
            "Whether Python that comes with the model is run. The repositories that it comes from \
             are then locked as well.",
        ),
        Field::optional(
            "code_revision",
            Type::Text,
            Absent::Meaning("the default branch"),
            "The branch, tag or commit of that Python.",
        ),
    ]],
);

static ENV: Shape = Shape::open("`env`", "Environment variables.", &[]);
