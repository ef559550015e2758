//! Where an editor and `vhb check` do not agree.

use std::collections::BTreeSet;

use vhb::model::Kind::{Experiments, Metrics};

use crate::broken::one_line_down;
use crate::faults::Fault::{self, WrongType};
use crate::faults::{Case, compare};

/// Where an editor cannot show what vhb says, or shows more: what no schema can say, and where its
/// reader of YAML 1.1 is not PyYAML. Should any of these come together, this fails, and is glad.
#[test]
fn where_they_differ_is_known() {
    let cases = [
        // A date is a text to the editor.
        (
            "name: m\nclass_path: 2026-11-01\n",
            vec![],
            vec![WrongType(2)],
        ),
        // What an alias repeats is wrong where the anchor stands, and nowhere else.
        (
            "name: m\nclass_path: a.B\nparams: &p [1]\nmetadata: *p\n",
            vec![WrongType(3)],
            vec![WrongType(3), WrongType(4)],
        ),
        // `y` is true to it, and `1e-3` and `08` are numbers.
        ("name: y\nclass_path: a.B\n", vec![WrongType(1)], vec![]),
        ("name: m\nclass_path: 1e-3\n", vec![WrongType(2)], vec![]),
        ("name: m\nclass_path: 08\n", vec![WrongType(2)], vec![]),
    ];
    let files: Vec<_> = cases
        .iter()
        .map(|(text, ..)| Case::new(Metrics, text))
        .collect();
    let down = |faults: &[Fault]| faults.iter().map(one_line_down).collect::<BTreeSet<_>>();
    for ((text, by_editor, by_vhb), (editor, vhb)) in cases.iter().zip(compare(&files)) {
        assert_eq!((editor, vhb), (down(by_editor), down(by_vhb)), "{text}");
    }
    // To JSON Schema, a number without a fraction is an integer.
    let whole = [Case::new(Experiments, "name: e\nparallelism: 2.0\n")];
    let (editor, vhb) = compare(&whole).remove(0);
    assert_eq!((editor, vhb), (BTreeSet::new(), [WrongType(3)].into()));
}
