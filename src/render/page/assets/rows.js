// The rows of the tree: what there is at each place, made only where somebody looks.
//
// A node knows its parent, so the same distribution at two places is two nodes. `mask` holds the
// environments in which the way from the top to the node is real.

/** As many rows as are opened by themselves around what is searched for. */
const OPENED_BY_ITSELF = 2000;

/** The nodes at the top. */
function topNodes(graph, choices) {
  const chosen = selection(graph, choices);
  const nodes = choices.upwards ? fromDistributions(chosen) : fromEnvironments(chosen);
  placed(nodes, null);
  if (!choices.upwards) openAround(nodes, chosen);
  return nodes;
}

function fromDistributions({ matching, mask }) {
  return matching.map((dist) => {
    const node = { dist, mask: dist.mask & mask };
    node.expand = () => requirersOf(node);
    return node;
  });
}

function requirersOf(node) {
  const { dist } = node;
  const edges = dist.requiredBy.filter((edge) => edge.mask & node.mask);
  const requirers = edges.map((edge) => {
    const requirement = requirementOf(edge, node.mask);
    const above = { dist: edge.from, mask: edge.mask & node.mask, requirement };
    above.expand = () => requirersOf(above);
    return above;
  });
  return [...entriesOf(dist, node.mask), ...byName(requirers)];
}

/** The packages of the registry that install a distribution, each once. */
function entriesOf(dist, mask) {
  const masks = new Map();
  for (const root of dist.roots) {
    const common = root.mask & mask;
    if (common) masks.set(root.package, (masks.get(root.package) ?? 0n) | common);
  }
  return [...masks].map(([key, common]) => ({ entry: key, mask: common, leaf: true }));
}

function fromEnvironments({ environments, matching, narrowed }) {
  const nodes = environments.map((environment) => {
    const leading = narrowed ? leadingTo(matching, environment) : null;
    return {
      environment,
      mask: environment.mask,
      leading,
      expand: () => rootsOf(environment, leading),
    };
  });
  return narrowed ? nodes.filter((node) => node.leading.size > 0) : nodes;
}

function rootsOf(environment, leading) {
  const roots = environment.roots.filter((root) => leading === null || leading.has(root.dist));
  return roots.map((root) => root.dist === null
    ? { entry: root.package, mask: environment.mask, leaf: true, unknown: true }
    : required({ dist: root.dist, root: root.package, mask: environment.mask }, leading));
}

function required(node, leading) {
  node.expand = () => {
    const edges = node.dist.requires.filter((edge) =>
      edge.mask & node.mask && (leading === null || leading.has(edge.to)));
    return byName(edges.map((edge) => required(
      { dist: edge.to, mask: node.mask, requirement: requirementOf(edge, node.mask) }, leading)));
  };
  return node;
}

function byName(nodes) {
  const order = new Intl.Collator("en", { numeric: true });
  return nodes.sort((a, b) => order.compare(a.dist.key, b.dist.key));
}

/** Tells nodes where they stand; one that stands above itself goes no further. */
function placed(nodes, parent) {
  nodes.forEach((node, index) => {
    node.parent = parent;
    node.level = parent === null ? 1 : parent.level + 1;
    node.position = index + 1;
    node.siblings = nodes.length;
    node.open = false;
    node.repeated = node.dist !== undefined && standsAbove(node.dist, parent);
    if (node.repeated) node.leaf = true;
  });
  return nodes;
}

function standsAbove(dist, node) {
  for (let above = node; above !== null; above = above.parent) {
    if (above.dist === dist) return true;
  }
  return false;
}

/** What is below a node. */
function childrenOf(node) {
  if (node.leaf) return [];
  node.children ??= placed(node.expand(), node);
  return node.children;
}

function canOpen(node) {
  return childrenOf(node).length > 0;
}

/** Opens the shortest way to everything that is searched for. */
function openAround(nodes, { narrowed, environments, matching }) {
  let left = OPENED_BY_ITSELF;
  for (const node of nodes) {
    node.open = narrowed || environments.length <= 3;
    if (!narrowed) continue;
    const steps = firstSteps(node.environment);
    const onTheWay = waysTo(matching, steps);
    const ahead = [...childrenOf(node)];
    for (let at = 0; at < ahead.length && left > 0; at += 1) {
      const below = ahead[at];
      const first = steps.get(below.dist)?.edge?.from === below.parent.dist;
      if (!first || !onTheWay.has(below.dist)) continue;
      below.open = true;
      left -= childrenOf(below).length;
      ahead.push(...below.children);
    }
  }
}

/** What the first steps to some distributions go through. */
function waysTo(targets, steps) {
  const through = new Set();
  for (const target of targets) {
    let edge = steps.get(target)?.edge;
    while (edge && !through.has(edge.from)) {
      through.add(edge.from);
      edge = steps.get(edge.from)?.edge;
    }
  }
  return through;
}

/** The rows from top to bottom. */
function openRows(nodes, rows = []) {
  for (const node of nodes) {
    rows.push(node);
    if (node.open) openRows(childrenOf(node), rows);
  }
  return rows;
}
