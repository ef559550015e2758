// The panel beside the tree: everything that the lock says of one distribution.

function setUpDetails(graph, state) {
  const panel = byId("details");
  const choose = (dist) => state.choose({ selected: dist });
  const show = () => {
    const dist = state.choices.selected;
    if (dist === null) return;
    const hadFocus = panel.contains(document.activeElement);
    panel.replaceChildren(...detailsOf(graph, dist, panel, choose));
    panel.scrollTop = 0;
    // What had the focus is gone; keys go on from the beginning of what came instead.
    if (hadFocus) panel.querySelector("h3").focus();
    announce(`Details of ${dist.key}`);
    bringIntoSight(panel);
  };
  state.onChange((changed) => {
    if (changed.has("selected")) show();
  });
}

/** On a narrow screen the panel is below the tree, where nobody would look for it. */
function bringIntoSight(panel) {
  const { top } = panel.getBoundingClientRect();
  if (top < window.innerHeight * 0.8) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  panel.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function detailsOf(graph, dist, panel, choose) {
  const told = lock();
  const release = told.distributions[dist.key];
  const source = dist.package === undefined ? undefined : told.packages[dist.package];
  const metadata = source?.metadata ?? release?.metadata ?? {};
  const width = Math.max(240, Math.floor(panel.clientWidth) - 50);
  return [
    element("h3", { tabindex: -1 }, dist.name, versionOf(dist)),
    metadata.summary ? element("p", { class: "summary" }, metadata.summary) : null,
    facts(factsOf(graph, dist, release, source, metadata)),
    ...part("How it got here", wayTo(graph, dist, choose)),
    ...part("Neighbourhood", neighbourhood(dist, width, choose)),
    ...part(`Requires (${dist.requires.length})`, edgeList(graph, dist, dist.requires, "to", choose)),
    ...part(`Required by (${dist.requiredBy.length})`,
      edgeList(graph, dist, dist.requiredBy, "from", choose)),
    ...part("Files", filesOf(graph, dist, release)),
  ].filter(Boolean);
}

function part(title, content) {
  return content === null ? [] : [element("h4", {}, title), content];
}

/** Names with what is known of them; what is not known is said. */
function facts(pairs) {
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null);
  return element("dl", { class: "facts" }, rows.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function factsOf(graph, dist, release, source, metadata) {
  const pin = source?.pin;
  return [
    ["Kind", { pypi: "release of an index", git: "git", local: "local directory" }[dist.kind]],
    ["Yanked", dist.yanked === undefined ? null : yankedFor(dist.yanked)],
    ["Licence", dist.license ?? mark("not declared", "gap")],
    ["Uploaded", release ? release.uploaded ?? mark("not recorded", "gap") : undefined],
    ["Author", metadata.author],
    ["Python", metadata.requires_python],
    ["Repository", metadata.repository ?? pin?.url],
    ["Path", pin?.path],
    ["Commit", pin?.commit && digest(pin.commit)],
    ["Content", pin?.content && digest(pin.content)],
    ["Environments", environmentNames(graph, dist.mask)],
  ];
}

function yankedFor(reason) {
  return element("span", {}, mark("yanked", "warning"), ` ${reason || "no reason was given"}`);
}

function environmentNames(graph, mask) {
  const held = environmentsOf(graph, mask);
  if (held.length === graph.environments.length && held.length > 1) return `all ${held.length}`;
  return element("ul", { class: "plain" }, held.map(({ id }) => element("li", {}, code(id))));
}

/** The shortest way from the registry, one step a line: by what, and to what. */
function wayTo(graph, dist, choose) {
  const way = shortestWay(graph, dist);
  if (way === null) return element("p", {}, "Nothing that is locked requires it.");
  const { environment, root } = way;
  const origins = (graph.origins.get(root.package) ?? []).filter(({ mask }) => mask & environment.mask);
  const steps = [
    ...origins.slice(0, 1).flatMap(({ run, runs, uses, entry, field }) => [
      [code(`runs/${run}`), runs > 1 ? ` and ${counted(runs - 1, "other run")}` : null],
      [code(uses), " names ", code(entry)],
      [code(field), " names ", code(`packages/${root.package}`)],
    ]),
    ...(origins.length === 0 ? [[code(`packages/${root.package}`)]] : []),
    ["installs ", distLink(root.dist, choose)],
    ...way.steps.map(({ to, requirement }) => ["requires ", code(requirement), ": ", distLink(to, choose)]),
  ];
  const others = origins.length > 1 ? `; ${counted(origins.length - 1, "other way")} to the package` : null;
  return element("div", {},
    element("ol", { class: "way" }, steps.map((step) => element("li", {}, step))),
    element("p", { class: "aside" }, `In ${environment.id}`, others));
}

function distLink(dist, choose) {
  return element("button", { type: "button", class: "link", click: () => choose(dist) }, dist.key);
}

function edgeList(graph, dist, edges, end, choose) {
  if (edges.length === 0) return element("p", {}, aside(end === "to" ? "Nothing" : "Nothing else"));
  const sorted = [...edges].sort((a, b) => (a[end].key < b[end].key ? -1 : 1));
  return element("ul", { class: "edges" }, sorted.map((edge) => {
    const within = environmentsOf(graph, edge.mask).length;
    const some = edge.mask === dist.mask ? null : aside(` in ${counted(within, "environment")}`);
    const requirement = code(requirementOf(edge, dist.mask));
    return element("li", {}, distLink(edge[end], choose), " ", requirement, some);
  }));
}

/** Every file of the release with its digest; those that environments install come first. */
function filesOf(graph, dist, release) {
  if (release === undefined) return null;
  const environments = lock().environments;
  const chosen = new Set(environmentsOf(graph, dist.mask)
    .map(({ id }) => environments[id].distributions?.[dist.key]));
  const files = Object.entries(release.files)
    .sort(([a], [b]) => chosen.has(b) - chosen.has(a) || (a < b ? -1 : 1));
  const rows = files.map(([name, sha256]) => element("li", {},
    element("span", { class: "file" }, name),
    chosen.has(name) ? mark("installed", "good") : null,
    " ", digest(sha256)));
  return element("ul", { class: "files" }, rows);
}
