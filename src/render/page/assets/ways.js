// The shortest way to a distribution. What belongs to an extra is required by those alone who asked
// for that extra, so a way goes by stops: a distribution, or what one of its extras adds to it.

/**
 * The shortest way from a package of the registry: the environment, the root, and each step with
 * the requirement that leads there; null where nothing does.
 */
function shortestWay(graph, target) {
  let best = null;
  for (const environment of environmentsOf(graph, target.mask)) {
    const way = wayWithin(environment, target);
    if (way && (best === null || way.steps.length < best.steps.length)) best = way;
  }
  return best;
}

function wayWithin(environment, target) {
  const seen = new Set();
  const ahead = [];
  const reach = (dist, extra, from) => {
    const stop = `${dist.index} ${extra}`;
    if (seen.has(stop)) return;
    seen.add(stop);
    ahead.push({ dist, extra, ...from });
  };
  for (const root of environment.roots) {
    if (root.dist === null) continue;
    for (const extra of ["", ...root.extras]) reach(root.dist, extra, { root });
  }
  for (let at = 0; at < ahead.length; at += 1) {
    const stop = ahead[at];
    if (stop.dist === target && stop.extra === "") return { environment, ...traced(stop) };
    const active = withOwn(stop, environment);
    for (const { to, demands } of stop.dist.requires) {
      for (const { mask, extra, asks, requirement } of demands) {
        if (!(mask & environment.mask) || !active.has(extra)) continue;
        for (const asked of ["", ...asks]) reach(to, asked, { before: stop, requirement });
      }
    }
  }
  return null;
}

/** The extra of a stop, and those of its own that it leads to. */
function withOwn({ dist, extra }, environment) {
  const active = new Set([extra]);
  // What is added while this goes on is met as well.
  for (const one of active) {
    for (const demand of dist.own) {
      if (demand.mask & environment.mask && demand.extra === one) {
        for (const asked of demand.asks) active.add(asked);
      }
    }
  }
  return active;
}

/** From the root to a stop. */
function traced(last) {
  const steps = [];
  let stop = last;
  for (; stop.before; stop = stop.before) steps.unshift({ to: stop.dist, requirement: stop.requirement });
  return { root: stop.root, steps };
}
