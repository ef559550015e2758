// What the reader has chosen. Everything else is drawn from it, and told when it changes.

/** The choices, and those who want to know of a change. */
function newState() {
  const choices = {
    query: "",
    environment: "",
    stage: "",
    relation: "",
    kind: "",
    yanked: false,
    unlicensed: false,
    upwards: false,
    selected: null,
  };
  const listeners = [];
  return {
    choices,
    /** Takes other choices; listeners get the names of those that changed. */
    choose(others) {
      const changed = Object.keys(others).filter((name) => choices[name] !== others[name]);
      if (changed.length === 0) return;
      Object.assign(choices, others);
      for (const listener of listeners) listener(new Set(changed));
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
