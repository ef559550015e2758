//! The example in a place of its own, and what commands say there.

use std::fmt::Write as _;

use regex_lite::Regex;

use crate::common::place::Place;
use crate::common::registry_server::RegistryServer;

const LOCK: &str = "locks/receipts.lock.json";
/// The lock of a run with other noise.
const SEEDED: &str = "seeded.lock.json";

/// A call of vhb, and what is expected of it.
pub(crate) struct Call {
    line: &'static str,
    code: i32,
    kept: usize,
    for_people: bool,
}

/// A call whose output people read, and that ends well.
pub(crate) const fn call(line: &'static str) -> Call {
    Call {
        line,
        code: 0,
        kept: usize::MAX,
        for_people: true,
    }
}

impl Call {
    pub(crate) const fn exits(self, code: i32) -> Self {
        Self { code, ..self }
    }

    /// Of each stream, only the first lines matter.
    pub(crate) const fn first(self, kept: usize) -> Self {
        Self { kept, ..self }
    }

    /// Its output has the form of another program, which nobody reads line by line.
    pub(crate) const fn for_programs(self) -> Self {
        Self {
            for_people: false,
            ..self
        }
    }

    pub(crate) const fn is_for_people(&self) -> bool {
        self.for_people
    }

    pub(crate) fn command(&self) -> &'static str {
        self.line.split(' ').next().unwrap()
    }
}

/// The example, locked and with results, and a registry of images to publish in.
pub(crate) struct Session {
    place: Place,
    registry: RegistryServer,
}

impl Session {
    /// Results are made up: that a real run gives them, `make demo` shows.
    pub(crate) fn new() -> Self {
        let place = Place::with_example();
        place.write("results/receipts/metrics.csv", "run,metric,value\n");
        place.write("results/receipts/report.md", "# Reading receipts\n");
        let seeded = place.read(LOCK).replace("\"seed\": 7", "\"seed\": 8");
        place.write(SEEDED, &seeded);
        Self {
            place,
            registry: RegistryServer::start(),
        }
    }

    /// What a call says: standard output, standard error, and how it ends.
    pub(crate) fn told(&self, call: &Call) -> String {
        let line = call.line.replace("LOCK", LOCK);
        let actual = line.replace("REGISTRY", &self.registry.host());
        let ran = self.place.vhb(&actual.split(' ').collect::<Vec<_>>());
        let mut text = format!("$ vhb {line}\n");
        for (stream, output) in [("", &ran.stdout), ("stderr:\n", &ran.stderr)] {
            if !output.is_empty() {
                text.push_str(stream);
            }
            let mut lines = output.lines();
            for line in lines.by_ref().take(call.kept) {
                let _ = writeln!(text, "{line}");
            }
            if lines.next().is_some() {
                text.push_str("[more]\n");
            }
        }
        assert_eq!(ran.code, Some(call.code), "{text}");
        if call.code != 0 {
            let _ = writeln!(text, "exit code {}", call.code);
        }
        self.stable(&text)
    }

    /// A text without what differs from run to run, or whenever the example is locked again.
    fn stable(&self, text: &str) -> String {
        let place = self.place.path("");
        let mut text = text
            .replace(&self.registry.host(), "REGISTRY")
            .replace(vhb::GENERATOR, "<vhb>")
            .replace(place.to_str().unwrap(), "<project>/");
        for (form, word) in [
            // Whole, or cut at 12 digits.
            (r"[0-9a-f]{12,}", "<digest>"),
            (r"newest pin  \S+", "newest pin  <instant>"),
        ] {
            let form = Regex::new(form).unwrap();
            text = form.replace_all(&text, word).into_owned();
        }
        text
    }
}
