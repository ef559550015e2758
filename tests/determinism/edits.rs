//! Edits of the sample's registry: those that change what it says, and those that do not.

/// A change of one value: the file, what it has, what it gets instead, and what the report says.
pub(crate) struct Change {
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) field: &'static str,
    pub(crate) old: &'static str,
    pub(crate) new: &'static str,
}

const fn change(
    [file, from, to]: [&'static str; 3],
    [field, old, new]: [&'static str; 3],
) -> Change {
    Change {
        file,
        from,
        to,
        field,
        old,
        new,
    }
}

/// One change of each kind of value in each kind of entry.
pub(crate) const CHANGES: &[Change] = &[
    change(
        [
            "datasets/receipts",
            "path: data/receipts",
            "path: data/other",
        ],
        ["path", "\"data/receipts\"", "\"data/other\""],
    ),
    change(
        ["datasets/receipts", "split: test", "split: train"],
        ["params.split", "\"test\"", "\"train\""],
    ),
    change(
        ["datasets/receipts", "{split: test}", "{split: test, n: 5}"],
        ["params.n", "nothing", "5"],
    ),
    change(
        [
            "datasets/receipts",
            "type: folder",
            "type: folder\nversion: 1.0.0",
        ],
        ["version", "nothing", "\"1.0.0\""],
    ),
    change(
        ["metrics/cer", "scorer.Cer", "scorer.Cer2"],
        ["class_path", "\"scorer.Cer\"", "\"scorer.Cer2\""],
    ),
    change(
        ["metrics/cer", "lowercase: false", "lowercase: true"],
        ["params.lowercase", "false", "true"],
    ),
    change(
        ["metrics/cer", "[1, 0.5]", "[1, 0.25]"],
        ["params.weights[1]", "0.5", "0.25"],
    ),
    change(
        ["metrics/cer", "[1, 0.5]", "[1]"],
        ["params.weights", "[1,0.5]", "[1]"],
    ),
    change(
        ["reports/summary", "format: md", "format: html"],
        ["params.format", "\"md\"", "\"html\""],
    ),
    change(
        ["tasks/ocr", "reader.main", "reader.other"],
        ["entry_point", "\"reader.main\"", "\"reader.other\""],
    ),
    change(
        ["frameworks/template", "adapter.Backend", "adapter.Other"],
        [
            "default_backend_class",
            "\"adapter.Backend\"",
            "\"adapter.Other\"",
        ],
    ),
    change(
        ["frameworks/template", "harness.Tiny", "harness.Small"],
        [
            "specialized_adapters[0].backend_class",
            "\"harness.Tiny\"",
            "\"harness.Small\"",
        ],
    ),
    change(
        ["packages/reader", "Reads receipts", "Reads"],
        ["description", "\"Reads receipts\"", "\"Reads\""],
    ),
    change(
        ["packages/reader", "editable: false", "editable: true"],
        ["source.editable", "false", "true"],
    ),
    change(
        ["packages/plotter", ">=2,<3", ">=2,<4"],
        ["source.version", "\">=2,<3\"", "\">=2,<4\""],
    ),
    change(
        ["packages/textkit", "[fast]", "[slow]"],
        ["source.extras[0]", "\"fast\"", "\"slow\""],
    ),
    change(
        ["packages/harness", "ref: v1.0", "ref: main"],
        ["source.ref", "\"v1.0\"", "\"main\""],
    ),
    change(
        ["runs/clean", "seed: 7", "seed: 8"],
        ["model.engine_params.seed", "7", "8"],
    ),
    change(
        ["runs/clean", "seed: 7", "seed: '7'"],
        ["model.engine_params.seed", "7", "\"7\""],
    ),
    change(
        ["runs/clean", "top_k: 40", "top_k: 41"],
        ["model.engine_params.sampling.top_k", "40", "41"],
    ),
    change(
        ["runs/clean", "null, true", "'', true"],
        ["model.engine_params.sampling.stop[1]", "null", "\"\""],
    ),
    change(
        ["runs/clean", "null, true", "null, yes please"],
        [
            "model.engine_params.sampling.stop[2]",
            "true",
            "\"yes please\"",
        ],
    ),
    change(
        ["runs/clean", "OMP_NUM_THREADS: '4'", "OMP_NUM_THREADS: '8'"],
        ["model.env.OMP_NUM_THREADS", "\"4\"", "\"8\""],
    ),
    change(
        ["runs/clean", "  package_manager: uv\n", ""],
        ["model.package_manager", "\"uv\"", "nothing"],
    ),
    change(
        ["runs/clean", "name: clean", "name: clean\ndescription: new"],
        ["description", "nothing", "\"new\""],
    ),
    change(
        ["experiments/bench", "parallelism: 2", "parallelism: 3"],
        ["parallelism", "2", "3"],
    ),
    change(
        ["experiments/bench", "owner: lab", "owner: team"],
        ["metadata.owner", "\"lab\"", "\"team\""],
    ),
    change(
        [
            "experiments/bench",
            "with and without noise",
            "without noise",
        ],
        [
            "description",
            "\"Template matching, with and without noise\"",
            "\"Template matching, without noise\"",
        ],
    ),
];

/// Edits of the form of a file, none of which changes what it says.
pub(crate) const COSMETIC: &[[&str; 3]] = &[
    [
        "experiments/bench",
        "# The runs",
        "# Other words about the runs",
    ],
    [
        "experiments/bench",
        "name: bench\n",
        "---\nname:   \"bench\"   # the name\n\n\n",
    ],
    ["experiments/bench", "parallelism: 2", "parallelism: 0x2"],
    [
        "experiments/bench",
        "2026-11-01T00:00:00Z",
        "'2026-11-01T00:00:00Z'",
    ],
    [
        "metrics/cer",
        "name: cer\nclass_path: scorer.Cer\n",
        "class_path: 'scorer.Cer'\nname: cer\n",
    ],
    [
        "metrics/cer",
        "  lowercase: false\n  weights: [1, 0.5]\n",
        "    weights:\n    - 1\n    - 0.50\n    lowercase: no\n",
    ],
    [
        "runs/clean",
        "      top_k: 40\n      stop: ['\\n', null, true]\n",
        "      stop: [\"\\\\n\", ~, yes]\n      top_k: 40\n",
    ],
    [
        "runs/clean",
        "metrics: [cer, wer]",
        "metrics:\n  - cer\n  - wer",
    ],
    ["runs/clean", "temperature: 0.5", "temperature: 5.0e-1"],
    ["runs/noisy", "{noise: 12}", "{\n    noise: 014,\n  }"],
    [
        "packages/reader",
        "source:\n  type: local\n  path: plugins/reader\n  editable: false",
        "source: {editable: false, path: plugins/reader, type: local}",
    ],
];
