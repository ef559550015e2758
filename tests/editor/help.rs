//! An editor completes and explains.

use vhb::model::Kind;
use vhb::registry::{shape, shapes};
use vhb::schema::Described;

use crate::server::Server;

fn open(server: &mut Server, kind: Kind, id: &str, text: &str) -> String {
    let path = format!("registries/{}/{id}.yaml", kind.directory());
    server.open(
        &path,
        &format!("{}{text}", Described::Entry(kind).modeline()),
    );
    path
}

#[test]
fn the_fields_of_every_kind_are_offered_with_what_they_are() {
    let mut server = Server::start();
    for (kind, shape) in shapes() {
        let path = open(&mut server, kind, "new", "\n");
        let offered = server.completions(&path, 2, 1);
        for field in shape.fields() {
            let explained = offered.get(field.name);
            let explained =
                explained.unwrap_or_else(|| panic!("no `{}` in {offered:#?}", field.name));
            assert!(explained.contains(field.doc), "{}: {explained}", field.name);
        }
    }
}

#[test]
fn what_fits_in_a_place_is_offered_and_nothing_else() {
    let mut server = Server::start();
    let git = "name: p\nsource:\n  type: git\n  \n";
    let path = open(&mut server, Kind::Packages, "p", git);
    let offered = server.completions(&path, 5, 3);
    for name in ["url", "ref", "subdirectory"] {
        assert!(offered.contains_key(name), "{offered:#?}");
    }
    for name in ["path", "version", "editable"] {
        assert!(!offered.contains_key(name), "{offered:#?}");
    }
    let path = open(
        &mut server,
        Kind::Packages,
        "q",
        "name: q\nsource:\n  type: \n",
    );
    let offered = server.completions(&path, 4, 9);
    assert_eq!(offered.keys().collect::<Vec<_>>(), ["git", "local", "pypi"]);
    assert_eq!(offered["git"], "A git repository.");
    let run = "name: r\nmodel:\n  package_manager: \n";
    let path = open(&mut server, Kind::Runs, "r", run);
    let offered = server.completions(&path, 4, 20);
    assert!(
        ["pip", "uv", "conda"]
            .iter()
            .all(|word| offered.contains_key(*word)),
        "{offered:#?}"
    );
    let experiment = "name: e\nmetadata:\n  lock:\n    platform: \n";
    let path = open(&mut server, Kind::Experiments, "e", experiment);
    let offered = server.completions(&path, 5, 15);
    assert!(
        offered.contains_key("x86_64-manylinux_2_28"),
        "{offered:#?}"
    );
}

#[test]
fn a_field_is_explained_with_its_type_and_its_default() {
    let mut server = Server::start();
    let path = open(
        &mut server,
        Kind::Runs,
        "r",
        "name: r\nmodel:\n  framework: vllm\n",
    );
    let shown = server.hover(&path, 4, 5);
    let Some(vhb::registry::Type::Mapping(model)) =
        shape(Kind::Runs).field("model").map(|field| &field.of)
    else {
        panic!("a model is a mapping");
    };
    assert!(
        shown.contains(model.field("framework").unwrap().doc),
        "{shown}"
    );
    assert!(shown.contains("framework id; default: vllm"), "{shown}");
    let path = open(
        &mut server,
        Kind::Packages,
        "p",
        "name: p\nsource: {type: git, url: u, ref: v1}\n",
    );
    let shown = server.hover(&path, 3, 31);
    assert!(shown.contains("default: the default branch"), "{shown}");
}
