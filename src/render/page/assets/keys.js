// What keys do in the tree, as the ARIA practices have it.

/** Letters typed within so many milliseconds are one word. */
const SAME_WORD = 700;

/** What each key does; `at` is the place of the row that has the focus. */
const TREE_KEYS = {
  ArrowDown: (tree, at) => tree.goTo(tree.rows[Math.min(at + 1, tree.rows.length - 1)]),
  ArrowUp: (tree, at) => tree.goTo(tree.rows[Math.max(at - 1, 0)]),
  PageDown: (tree, at) => tree.goTo(tree.rows[Math.min(at + inSight(tree), tree.rows.length - 1)]),
  PageUp: (tree, at) => tree.goTo(tree.rows[Math.max(at - inSight(tree), 0)]),
  Home: (tree) => tree.goTo(tree.rows[0]),
  End: (tree) => tree.goTo(tree.rows[tree.rows.length - 1]),
  ArrowRight(tree) {
    const { active } = tree;
    if (active.open && canOpen(active)) tree.goTo(childrenOf(active)[0]);
    else tree.toggle(active, true);
  },
  ArrowLeft(tree) {
    const { active } = tree;
    if (active.open) tree.toggle(active, false);
    else if (active.parent !== null) tree.goTo(active.parent);
  },
  Enter: (tree) => tree.choose(tree.active),
  " ": (tree) => tree.choose(tree.active),
  "*": (tree) => tree.openSiblings(tree.active),
};

function inSight(tree) {
  return Math.max(1, Math.floor(tree.box.clientHeight / tree.height) - 1);
}

/** Listens to the keys of a tree; letters lead to the names that begin with them. */
function treeKeys(tree) {
  let typed = { text: "", at: 0 };
  return (event) => {
    if (tree.active === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (Object.hasOwn(TREE_KEYS, event.key)) {
      typed = { text: "", at: 0 };
      TREE_KEYS[event.key](tree, tree.places.get(tree.active));
    } else if (event.key.length === 1) {
      const before = event.timeStamp - typed.at > SAME_WORD ? "" : typed.text;
      typed = { text: before + event.key.toLowerCase(), at: event.timeStamp };
      const found = nextNamed(tree, typed.text);
      if (found) tree.goTo(found);
    } else return;
    event.preventDefault();
  };
}

/** The next row whose name begins so; the same letter again and again means one after the other. */
function nextNamed(tree, text) {
  const same = [...text].every((letter) => letter === text[0]);
  const word = same ? text[0] : text;
  const from = tree.places.get(tree.active) + (same ? 1 : 0);
  return [...tree.rows.slice(from), ...tree.rows.slice(0, from)]
    .find((node) => nameOf(node).toLowerCase().startsWith(word));
}
