// The dependency graph. Environments are bits of a mask (a BigInt, for there may be more than 31):
// a way through the graph is real only in the environments that all of its edges have in common.

/** The graph that the page carries, with each distribution knowing its neighbours. */
function readGraph(data) {
  const masks = data.sets.map((set) => set.reduce((mask, index) => mask | (1n << BigInt(index)), 0n));
  const distributions = data.distributions.map((told, index) => ({
    ...told,
    index,
    mask: masks[told.set],
    requires: [],
    requiredBy: [],
    /** What it requires of itself: extras of its own. */
    own: [],
    roots: [],
  }));
  readDemands(data, distributions, masks);
  const environments = data.environments.map((told, index) => {
    const mask = 1n << BigInt(index);
    const roots = told.roots.map((root) => ({ ...root, dist: distributions[root.dist] ?? null }));
    for (const { package: key, dist } of roots) dist?.roots.push({ package: key, mask });
    return { ...told, index, mask, roots };
  });
  const origins = new Map(data.packages.map(({ key, origins: told }) =>
    [key, told.map((origin) => ({ ...origin, mask: masks[origin.set] }))]));
  return { distributions, environments, origins };
}

/** Makes edges of requirements; all that one distribution requires of another is one edge. */
function readDemands({ demands, requirements, extras }, distributions, masks) {
  const edges = new Map();
  for (let at = 0; at < demands.length; at += 6) {
    const [from, to] = [distributions[demands[at]], distributions[demands[at + 1]]];
    const demand = {
      requirement: requirements[demands[at + 2]],
      /** The extra of who requires that this belongs to, and those of the other that it asks for. */
      extra: extras[demands[at + 3]][0] ?? "",
      asks: extras[demands[at + 4]],
      mask: masks[demands[at + 5]],
    };
    if (from === to) {
      from.own.push(demand);
      continue;
    }
    const place = from.index * distributions.length + to.index;
    let edge = edges.get(place);
    if (edge === undefined) {
      edge = { from, to, demands: [], mask: 0n };
      edges.set(place, edge);
      from.requires.push(edge);
      to.requiredBy.push(edge);
    }
    edge.demands.push(demand);
    edge.mask |= demand.mask;
  }
}

/** What an edge requires in some environments, as it is written. */
function requirementOf({ demands }, mask) {
  return demands.filter((demand) => demand.mask & mask).map(({ requirement }) => requirement).join(", ");
}

/** The environments of a mask. */
function environmentsOf(graph, mask) {
  return graph.environments.filter((environment) => environment.mask & mask);
}

/** Everything that leads to one of the targets in one environment, and these themselves. */
function leadingTo(targets, environment) {
  const found = new Set(targets.filter((dist) => dist.mask & environment.mask));
  const ahead = [...found];
  while (ahead.length > 0) {
    for (const edge of ahead.pop().requiredBy) {
      if (edge.mask & environment.mask && !found.has(edge.from)) {
        found.add(edge.from);
        ahead.push(edge.from);
      }
    }
  }
  return found;
}

/**
 * How an environment's roots first come to each distribution, breadth first: the root of those
 * that are roots, the edge of all others.
 */
function firstSteps(environment) {
  const steps = new Map();
  const ahead = [];
  for (const root of environment.roots) {
    if (root.dist && !steps.has(root.dist)) {
      steps.set(root.dist, { root });
      ahead.push(root.dist);
    }
  }
  for (let at = 0; at < ahead.length; at += 1) {
    for (const edge of ahead[at].requires) {
      if (edge.mask & environment.mask && !steps.has(edge.to)) {
        steps.set(edge.to, { edge });
        ahead.push(edge.to);
      }
    }
  }
  return steps;
}
