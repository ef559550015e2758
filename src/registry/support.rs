//! What a run asks for against what its task supports.

use super::link::{Linker, RunLinks, RunPlace};
use super::{Entry, Task};
use crate::finding::Code;

impl Linker<'_, '_> {
    pub(super) fn check_support(
        &mut self,
        place: RunPlace<'_>,
        task: &Entry<Task>,
        links: &RunLinks<'_>,
    ) {
        let framework = &place.run.model.framework;
        if !task.body.supported_frameworks.contains(&framework.value) {
            let message = format!(
                "run `{}` uses the framework `{}`, which task `{}` does not support",
                place.id, framework.value, task.id
            );
            let hint = supported(&task.body.supported_frameworks);
            self.report(Code::UnsupportedFramework, framework, &message)
                .hint = Some(hint);
        }
        let metrics = (
            Code::UnsupportedMetric,
            "metric",
            &place.run.metrics,
            &links.metrics,
        );
        let reports = (
            Code::UnsupportedReport,
            "report",
            &place.run.reports,
            &links.reports,
        );
        let allowed = [&task.body.supported_metrics, &task.body.supported_reports];
        for ((code, noun, asked, found), allowed) in [metrics, reports].into_iter().zip(allowed) {
            let words: Vec<_> = allowed.iter().map(|word| word.value.clone()).collect();
            for text in asked {
                let entry = found
                    .iter()
                    .find(|entry| entry.id == text.value || entry.name == text.value);
                let Some(entry) = entry else { continue };
                if words.contains(&entry.id) || words.contains(&entry.name) {
                    continue;
                }
                let message = format!(
                    "run `{}` asks for the {noun} `{}`, which task `{}` does not support",
                    place.id, text.value, task.id
                );
                self.report(code, text, &message).hint = Some(supported(&words));
            }
        }
    }
}

fn supported(words: &[String]) -> String {
    if words.is_empty() {
        return "the task supports none".to_owned();
    }
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("the task supports {}", words.join(", "))
}
