//! `tasks`, `metrics`, `reports`, `datasets` and `frameworks`: what runs are put together from.

use super::entry::{HEAD, PARAMS, TAIL};
use super::{Absent, Field, Shape, Type};
use crate::model::Kind;

pub(super) static TASK: Shape = Shape::closed(
    "task",
    "A task: a kind of work, and the module that does it.",
    &[HEAD, TASK_OWN, TAIL],
);

static TASK_OWN: &[Field] = &[
    Field::required(
        "entry_point",
        Type::Text,
        "The module that does the work, run as `python -m MODULE`.",
    ),
    Field::optional(
        "required_packages",
        Type::List(&Type::Text),
        Absent::EmptyList,
        "What must be installed: ids of packages. A name that is no package here is a requirement \
         (PEP 508) for the package index.",
    ),
    Field::optional(
        "supported_metrics",
        Type::List(&Type::Id(Kind::Metrics)),
        Absent::EmptyList,
        "The metrics that runs of this task may use; no others.",
    ),
    Field::optional(
        "supported_reports",
        Type::List(&Type::Id(Kind::Reports)),
        Absent::EmptyList,
        "The reports that runs of this task may ask for; no others.",
    ),
    Field::optional(
        "supported_frameworks",
        Type::List(&Type::Id(Kind::Frameworks)),
        Absent::Texts(&["vllm", "huggingface", "sglang"]),
        "The frameworks that runs of this task may use; no others.",
    ),
];

pub(super) static METRIC: Shape = Shape::closed(
    "metric",
    "A metric: what scores answers, and the package that has it.",
    &[HEAD, COMPONENT, TAIL],
);

pub(super) static REPORT: Shape = Shape::closed(
    "report",
    "A report: what makes a page of scores, and the package that has it.",
    &[HEAD, COMPONENT, TAIL],
);

static COMPONENT: &[Field] = &[
    Field::required(
        "class_path",
        Type::Text,
        "What is called: its module and its name, with dots.",
    )
    .like(&["jiwer.cer", "my_package.metrics.Anls"]),
    Field::optional(
        "params",
        Type::Mapping(&PARAMS),
        Absent::EmptyMapping,
        "Parameters of the class, passed on as they are.",
    ),
    Field::optional(
        "package",
        Type::Id(Kind::Packages),
        Absent::Nothing,
        "The package that has the class.",
    ),
];

pub(super) static DATASET: Shape = Shape::closed(
    "dataset",
    "A dataset: where the data is, and the class that reads it.",
    &[HEAD, DATASET_OWN, TAIL],
);

static DATASET_OWN: &[Field] = &[
    Field::required(
        "type",
        Type::Text,
        "The class that reads the data: its module and its name, with dots.",
    ),
    Field::required(
        "path",
        Type::Text,
        "Where the data is: a file or a directory, relative to the one that holds `registries/`, \
         or a place of the Hugging Face Hub, of S3 or of the web. Every byte is locked.",
    )
    .like(&[
        "data/docvqa",
        "hf://datasets/org/name@revision",
        "s3://bucket/prefix",
        "https://host.example/a.zip",
    ]),
    Field::optional(
        "params",
        Type::Mapping(&DATASET_PARAMS),
        Absent::EmptyMapping,
        "Parameters of the class, passed on as they are.",
    ),
    Field::optional(
        "package",
        Type::Id(Kind::Packages),
        Absent::Nothing,
        "The package that has the class.",
    ),
];

static DATASET_PARAMS: Shape = Shape::open(
    "`params`",
    "Parameters of the class, passed on as they are.",
    &[&[Field::optional(
        "revision",
        Type::Text,
        Absent::Meaning("the default branch"),
        "The branch, tag or commit of a dataset of the Hugging Face Hub, where its path has none.",
    )]],
);

pub(super) static FRAMEWORK: Shape = Shape::closed(
    "framework",
    "A framework: what executes models, and what adapts them to it.",
    &[HEAD, FRAMEWORK_OWN, TAIL],
);

static FRAMEWORK_OWN: &[Field] = &[
    Field::required(
        "default_adapter_package",
        Type::Id(Kind::Packages),
        "The package that adapts models, where no other is listed for them.",
    ),
    Field::required(
        "default_backend_class",
        Type::Text,
        "The class of that package that serves: its module and its name, with dots.",
    ),
    Field::optional(
        "specialized_adapters",
        Type::List(&Type::Mapping(&ADAPTER)),
        Absent::EmptyList,
        "Other packages for some models; the first that suits the name of the model counts.",
    ),
];

/// An element of `specialized_adapters`.
pub(in crate::registry) static ADAPTER: Shape = Shape::closed(
    "adapter",
    "An adapter for some models.",
    &[&[
        Field::optional(
            "match_models",
            Type::List(&Type::Text),
            Absent::EmptyList,
            "The models: patterns in which `*` and `?` stand for any characters and one character.",
        ),
        Field::required(
            "package",
            Type::Id(Kind::Packages),
            "The package that adapts them.",
        ),
        Field::required(
            "backend_class",
            Type::Text,
            "The class of that package that serves: its module and its name, with dots.",
        ),
    ]],
);
