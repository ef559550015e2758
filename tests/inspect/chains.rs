//! Which chains are told, how many, and what stands on their arrows.

use serde_json::{Value as Json, json};

use crate::common::project::Run;
use crate::setting::vhb;
use crate::tree::ladder;
use crate::why::{referring, scored, why};

#[test]
fn all_chains_are_told_where_they_are_asked_for() {
    let project = referring().project();
    let shortest = vhb(&project, &["why", "zipped", "--format", "json"]).exits(0);
    let all = vhb(&project, &["why", "zipped", "--all", "--format", "json"]).exits(0);
    let chains = |run: &Run| {
        let json: Json = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["answers"][0]["complete"], true);
        json["answers"][0]["chains"].as_array().unwrap().clone()
    };
    let (shortest, all) = (chains(&shortest), chains(&all));
    assert!(shortest.iter().all(|chain| all.contains(chain)));
    // `plots` requires `reader` as well, which requires `images`.
    assert_eq!((shortest.len(), all.len()), (4, 5));
    insta::assert_snapshot!(serde_json::to_string_pretty(&shortest[0]).unwrap(), @r#"
    {
      "environments": [
        "inference-x86_64-54309b27",
        "inference-x86_64-db862eca"
      ],
      "runs": [
        "in_place",
        "plain",
        "tiny"
      ],
      "steps": [
        {
          "field": "ml_task",
          "to": "tasks/task"
        },
        {
          "field": "required_packages",
          "to": "packages/extra-tool>=5"
        },
        {
          "to": "distributions/extra-tool==5.0"
        },
        {
          "requires": [
            {
              "requirement": "zipped>=1"
            }
          ],
          "to": "distributions/zipped==1.0"
        }
      ]
    }
    "#);
}

#[test]
fn ways_beyond_the_bound_are_given_up_and_that_is_said() {
    let project = ladder().project();
    let shortest = vhb(&project, &["why", "d38"]).exits(0).stdout;
    assert_eq!(shortest.matches("experiments/exp").count(), 1, "{shortest}");
    let all = vhb(&project, &["why", "d38", "--all"]).exits(0).stdout;
    assert_eq!(all.matches("experiments/exp").count(), 1000);
    assert!(all.ends_with("more than 1000 ways lead to it; the shortest are told\n"));
    assert!(all.starts_with(&shortest), "{all}");
}

#[test]
fn overrides_and_extras_are_told_on_the_arrows() {
    let mut setting = referring();
    let lock = json!({ "overrides": ["numeric==1.26.4"] });
    let experiment = json!({ "tasks": ["plain"], "metadata": { "lock": lock } });
    setting.entry("experiments/exp", experiment);
    insta::assert_snapshot!(why(&setting, "numeric"), @r"
    numeric==1.26.4

      experiments/exp
        tasks -> runs/plain
        metrics -> metrics/cer
        package -> packages/Scorer
        installs -> scorer==1.2
        numeric<3 (override numeric==1.26.4) -> numeric==1.26.4
        in evaluation-x86_64-c770ed47

      experiments/exp
        tasks -> runs/plain
        model.framework -> frameworks/plain
        default_adapter_package -> packages/plain_adapter
        installs -> plain-adapter==1.0
        numeric>=1.24,<2 (override numeric==1.26.4) -> numeric==1.26.4
        in inference-x86_64-2a761cd2
    ");
    insta::assert_snapshot!(why(&setting, "quick"), @r"
    quick==1.0

      experiments/exp
        tasks -> runs/plain
        model.framework -> frameworks/plain
        default_adapter_package -> packages/plain_adapter
        installs -> plain-adapter==1.0
        images[fast] -> images==2.5
        quick (by extra fast) -> quick==1.0
        in inference-x86_64-2a761cd2
    ");
}

/// The same for two hundred runs and two targets: told once.
#[test]
fn many_runs_are_told_together() {
    let mut setting = referring();
    let ids: Vec<_> = (0..200).map(|at| format!("run_{at:03}")).collect();
    for id in &ids {
        setting.entry(&format!("runs/{id}"), scored("tiny-2"));
    }
    let targets = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28"];
    let targets = targets.map(|platform| json!({ "platform": platform }));
    let experiment = json!({ "tasks": ids, "metadata": { "lock": targets } });
    setting.entry("experiments/exp", experiment);
    let project = setting.project();
    insta::assert_snapshot!(vhb(&project, &["why", "quick"]).exits(2).stderr, @r"
    error: the lock has nothing named `quick`
      hint: `vhb show` and `vhb tree` tell what it has
    ");
    insta::assert_snapshot!(vhb(&project, &["why", "tiny-adapter"]).exits(0).stdout, @r"
    tiny-adapter==1.0

      experiments/exp
        tasks -> runs/run_000, runs/run_001, runs/run_002, runs/run_003,
                 ... and 196 more (`--all`)
        model.framework -> frameworks/plain
        specialized_adapters[1].package -> packages/tiny_adapter
        installs -> tiny-adapter==1.0
        in inference-aarch64-06edf684, inference-x86_64-db862eca
    ");
    let all = vhb(&project, &["why", "tiny-adapter", "--all"])
        .exits(0)
        .stdout;
    assert!(ids.iter().all(|id| all.contains(id)), "{all}");
}
