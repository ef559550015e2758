// The elements of one row of the tree, and of what marks a distribution wherever it is named.

/** How high a row is, which the reader's font decides. */
function rowHeight(canvas) {
  const probe = element("div", { class: "row" }, element("span", {}, "x"));
  canvas.append(probe);
  const { height } = probe.getBoundingClientRect();
  probe.remove();
  return height || 28;
}

/** What a row is called. */
function nameOf(node) {
  return node.dist?.key ?? node.entry ?? node.environment.id;
}

function rowOf(node) {
  const opens = canOpen(node);
  const row = element("div", {
    class: "row",
    role: "treeitem",
    "aria-level": node.level,
    "aria-setsize": node.siblings,
    "aria-posinset": node.position,
    "aria-expanded": opens ? String(node.open) : undefined,
    title: nameOf(node).length > 60 ? nameOf(node).slice(0, 1000) : undefined,
  }, element("span", { class: opens ? "twisty" : "leaf", "aria-hidden": "true" }), ...saidOf(node));
  row.style.setProperty("--level", node.level - 1);
  return row;
}

/** What a row says. */
function saidOf(node) {
  if (node.environment) {
    const { id, target, closed } = node.environment;
    return [
      element("span", { class: "name" }, id),
      aside(` ${target}`),
      closed ? null : mark("direct sources only"),
    ];
  }
  if (node.entry) {
    return [
      element("span", { class: "name" }, `packages/${node.entry}`),
      aside(node.unknown ? " what it requires is not locked" : " of the registry"),
    ];
  }
  const { dist } = node;
  return [
    element("span", { class: "name" }, dist.name),
    versionOf(dist),
    node.root ? aside(` by packages/${node.root}`) : null,
    element("span", { class: "requirement" }, ` ${withoutName(node.requirement ?? "", dist)}`),
    ...marksOf(dist),
    node.repeated ? mark("stands above already") : null,
  ];
}

function versionOf(dist) {
  return dist.version ? element("span", { class: "version" }, ` ${dist.version}`) : null;
}

/** A requirement beside the name that it begins with. */
function withoutName(requirement, dist) {
  return requirement.startsWith(dist.name) ? requirement.slice(dist.name.length) : requirement;
}

/** What is to be known of a distribution wherever it is named. */
function marksOf(dist) {
  return [
    dist.kind === "pypi" ? null : mark(dist.kind),
    dist.yanked === undefined ? null : mark("yanked", "warning"),
    dist.license === undefined ? mark("licence unknown", "gap") : null,
    dist.built ? mark("known from a build") : null,
  ];
}

/** A word in a frame. */
function mark(text, kind = "plain") {
  return element("span", { class: `mark ${kind}` }, ` ${text}`);
}
