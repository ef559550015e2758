//! The table agrees with itself.

use super::*;

/// Every shape that an entry of some kind is made of.
fn all() -> Vec<&'static Shape> {
    fn below(of: &Type, out: &mut Vec<&'static Shape>) {
        match of {
            Type::Mapping(shape) => add(shape, out),
            Type::Union(union) => {
                let shapes = union.variants.iter().map(|variant| &variant.shape);
                shapes.for_each(|shape| add(shape, out));
            }
            Type::List(of) => below(of, out),
            Type::Either(one, other) => {
                below(one, out);
                below(other, out);
            }
            _ => {}
        }
    }
    fn add(shape: &'static Shape, out: &mut Vec<&'static Shape>) {
        out.push(shape);
        shape.fields().for_each(|field| below(&field.of, out));
    }
    let mut out = Vec::new();
    shapes().for_each(|(_, shape)| add(shape, &mut out));
    out
}

#[test]
fn no_field_stands_twice_and_each_is_explained() {
    let shapes = all();
    assert!(shapes.len() > 20, "{}", shapes.len());
    for shape in shapes {
        let names: Vec<_> = shape.fields().map(|field| field.name).collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{names:?}");
        let docs = shape.fields().map(|field| field.doc);
        for doc in docs.chain([shape.doc]) {
            assert!(doc.ends_with('.') && !doc.contains("  "), "{doc}");
        }
    }
}

/// What is told as the default is of the type of the field.
#[test]
fn defaults_are_of_their_types() {
    for field in all().into_iter().flat_map(Shape::fields) {
        let fits = match field.absent {
            Absent::Refused | Absent::Nothing | Absent::Meaning(_) => true,
            Absent::Text(text) => match field.of {
                Type::Choice(_) => field.of.words().any(|word| word == text),
                Type::Text | Type::Id(_) => true,
                _ => false,
            },
            Absent::Texts(_) | Absent::EmptyList => matches!(field.of, Type::List(_)),
            Absent::Count(_) => matches!(field.of, Type::Count),
            Absent::Boolean(_) => matches!(field.of, Type::Boolean | Type::Any),
            Absent::EmptyMapping => matches!(field.of, Type::Mapping(_) | Type::Either(..)),
        };
        assert!(fits, "{field:?}");
    }
}

#[test]
fn types_are_told_in_words() {
    let told = |shape: &Shape, name: &str| shape.field(name).unwrap().of.to_string();
    let run = shape(Kind::Runs);
    assert_eq!(told(run, "ml_task"), "task id");
    assert_eq!(told(run, "metrics"), "list of metric ids");
    let Type::Mapping(model) = run.field("model").unwrap().of else {
        panic!("a model is a mapping");
    };
    assert_eq!(told(model, "package_manager"), "pip, uv or conda");
    let experiment = shape(Kind::Experiments);
    assert_eq!(told(experiment, "tasks"), "list, each run id or mapping");
    let framework = shape(Kind::Frameworks);
    assert_eq!(told(framework, "specialized_adapters"), "list of adapters");
}

#[test]
fn fields_are_found_by_their_paths() {
    for (path, begins) in [
        ("run", "A run: "),
        ("run.model", "The model, and how"),
        ("run.model.docker_image", "The container image"),
        ("package.source.git", "A git repository."),
        ("package.source.git.ref", "A tag, a commit"),
        ("experiment.metadata.lock.python", "The version of Python."),
        ("experiment.tasks.model.name", "The model: "),
        (
            "framework.specialized_adapters.package",
            "The package that adapts them.",
        ),
    ] {
        let found = explanation(path).unwrap_or_else(|| panic!("{path}"));
        assert!(found.starts_with(begins), "{path}: {found}");
    }
    for path in [
        "",
        "runs",
        "run.models",
        "package.source.path",
        "run.model.env.a",
        "run..model",
    ] {
        assert_eq!(explanation(path), None, "{path}");
    }
}
