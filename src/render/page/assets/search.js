// Searching and filtering: which environments are looked at, and which distributions are meant.

/** Whether anything narrows the distributions down. */
function isNarrowed({ query, relation, kind, yanked, unlicensed }) {
  return query.trim() !== "" || relation !== "" || kind !== "" || yanked || unlicensed;
}

/** What the choices mean: the environments, and the distributions that match in them. */
function selection(graph, choices) {
  const environments = graph.environments.filter((environment) =>
    (choices.environment === "" || String(environment.index) === choices.environment) &&
    (choices.stage === "" || environment.stage === choices.stage));
  const mask = environments.reduce((sum, environment) => sum | environment.mask, 0n);
  const held = graph.distributions.filter((dist) => dist.mask & mask);
  const matching = held.filter((dist) => matches(dist, choices, mask));
  return { environments, mask, held, matching, narrowed: isNarrowed(choices) };
}

/** Names are compared as indexes do: `_`, `.` and `-` are one. */
function searchable(text) {
  return text.toLowerCase().replace(/[-_.]+/g, "-");
}

function matches(dist, choices, mask) {
  const { query, relation, kind, yanked, unlicensed } = choices;
  const words = query.split(/\s+/).filter(Boolean).map(searchable);
  const text = searchable([dist.key, ...dist.roots.map((root) => root.package)].join(" "));
  const direct = dist.roots.some((root) => root.mask & mask);
  return words.every((word) => text.includes(word)) &&
    (relation === "" || (relation === "direct") === direct) &&
    (kind === "" || dist.kind === kind) &&
    (!yanked || dist.yanked !== undefined) &&
    (!unlicensed || dist.license === undefined);
}

/** Connects the controls with the state, and says how much matches. */
function setUpSearch(graph, state) {
  const form = byId("narrow");
  const read = () => {
    const fields = form.elements;
    state.choose({
      query: fields.query.value,
      environment: fields.environment.value,
      stage: fields.stage.value,
      relation: fields.relation.value,
      kind: fields.kind.value,
      yanked: fields.yanked.checked,
      unlicensed: fields.unlicensed.checked,
      upwards: fields.direction.value === "up",
    });
  };
  form.addEventListener("input", read);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields have their first values only after the event.
  form.addEventListener("reset", () => setTimeout(read));
  const count = byId("matching");
  const tell = () => {
    const { matching, held } = selection(graph, state.choices);
    const all = counted(held.length, "distribution");
    const text = matching.length === held.length
      ? all
      : `${matching.length.toLocaleString("en")} of ${all} match`;
    if (count.textContent !== text) count.textContent = text;
  };
  state.onChange((changed) => {
    if (!changed.has("selected") || changed.size > 1) tell();
  });
  // A browser that went back to the page may have kept what was typed.
  read();
  tell();
}
