//! Which layers are looked at: all by themselves, or those of which evidence was named.

use super::super::args::VerifyArgs;
use crate::finding::Layer;
use crate::render::Skipped;

/// Whose lock is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// One that the user has, or that somebody vouches for whom the user trusts.
    Given,
    /// One from elsewhere, published with errors, such as that nobody vouches for it: what it names is
    /// not asked.
    Nobody,
}

/// The layers that are looked at: all, or those of which evidence was named.
pub(super) fn layers(args: &VerifyArgs, trust: Trust) -> Vec<Layer> {
    let mut layers = vec![Layer::Integrity];
    if trust == Trust::Nobody {
        return layers;
    }
    if args.all || !names_evidence(args) {
        layers.extend([Layer::Config, Layer::Local]);
        if !args.network.offline {
            layers.push(Layer::Upstream);
        }
    }
    layers
}

/// Whether something of a rerun is to be looked at, and not the pins themselves.
fn names_evidence(args: &VerifyArgs) -> bool {
    args.installed.env.is_some() || !args.manifest.is_empty() || names_published(args)
}

/// Whether results are to be looked at, or what is attached.
pub(super) fn names_published(args: &VerifyArgs) -> bool {
    !args.published.results.is_empty() || args.attached.is_some()
}

/// The layers that verify looks at by itself, and did not.
pub(super) fn skipped(args: &VerifyArgs, trust: Trust) -> Vec<Skipped> {
    let looked_at = layers(args, trust);
    let left_out = |layer: &Layer| !looked_at.contains(layer);
    let ordinary = [Layer::Config, Layer::Upstream, Layer::Local];
    let environment =
        (trust == Trust::Nobody && args.installed.env.is_some()).then_some(Layer::Environment);
    let why = |layer: Layer| Skipped {
        layer,
        why: match trust {
            Trust::Nobody => "what was published has errors",
            Trust::Given if args.network.offline && layer == Layer::Upstream => "offline",
            Trust::Given => "`--all` does",
        },
    };
    let ordinary = ordinary.into_iter().filter(left_out);
    ordinary.chain(environment).map(why).collect()
}
