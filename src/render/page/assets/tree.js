// The tree on the screen (ARIA tree view): only the rows in sight are in the document, and the one
// that has the focus.

/** Rows beyond the edges of what is in sight. */
const BEYOND = 8;

/** Draws the tree of the state's choices. */
class TreeView {
  constructor(graph, state) {
    this.graph = graph;
    this.state = state;
    this.box = byId("tree");
    this.canvas = element("div", { class: "rows", role: "none" });
    this.box.append(this.canvas);
    this.height = rowHeight(this.canvas);
    /** The nodes at the top; the nodes from top to bottom, and the place of each among these. */
    this.nodes = [];
    this.rows = [];
    this.places = new Map();
    /** The rows in the document by their nodes, and the node that Tab leads to. */
    this.drawnRows = new Map();
    this.active = null;
  }

  /** Begins anew, for other choices were made. */
  remake() {
    this.nodes = topNodes(this.graph, this.state.choices);
    this.active = null;
    this.box.scrollTop = 0;
    this.reflow();
  }

  /** Nodes were opened or closed. */
  reflow() {
    this.rows = openRows(this.nodes);
    this.places = new Map(this.rows.map((node, index) => [node, index]));
    if (!this.places.has(this.active)) this.active = this.rows[0] ?? null;
    this.canvas.style.height = `${this.rows.length * this.height}px`;
    byId("nothing").hidden = this.rows.length > 0;
    for (const node of this.drawnRows.keys()) this.takeOut(node);
    this.draw();
  }

  /** Brings the rows in sight into the document, in their order, and takes the others out. */
  draw() {
    const wanted = this.wanted();
    for (const node of this.drawnRows.keys()) {
      if (!wanted.has(node)) this.takeOut(node);
    }
    let next = null;
    for (const node of [...wanted].sort((a, b) => this.places.get(b) - this.places.get(a))) {
      const row = this.drawnRows.get(node) ?? this.bringIn(node, next);
      const selected = node.dist !== undefined && node.dist === this.state.choices.selected;
      row.tabIndex = node === this.active ? 0 : -1;
      row.setAttribute("aria-selected", String(selected));
      next = row;
    }
  }

  wanted() {
    const { scrollTop, clientHeight } = this.box;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - BEYOND);
    const last = Math.ceil((scrollTop + clientHeight) / this.height) + BEYOND;
    const wanted = new Set(this.rows.slice(first, last));
    if (this.active !== null) wanted.add(this.active);
    return wanted;
  }

  bringIn(node, next) {
    const row = rowOf(node);
    row.style.top = `${this.places.get(node) * this.height}px`;
    this.drawnRows.set(node, row);
    this.canvas.insertBefore(row, next);
    return row;
  }

  takeOut(node) {
    this.drawnRows.get(node).remove();
    this.drawnRows.delete(node);
  }

  /** The node of a row in the document. */
  nodeOf(row) {
    for (const [node, drawnRow] of this.drawnRows) {
      if (drawnRow === row) return node;
    }
    return null;
  }

  /** Moves the focus, and what is in sight with it. */
  goTo(node) {
    this.active = node;
    const top = this.places.get(node) * this.height;
    const lowest = top + this.height - this.box.clientHeight;
    this.box.scrollTop = Math.min(top, Math.max(lowest, this.box.scrollTop));
    this.draw();
    this.drawnRows.get(node).focus({ preventScroll: true });
  }

  toggle(node, open = !node.open) {
    if (!canOpen(node) || node.open === open) return;
    node.open = open;
    this.reflow();
    this.goTo(node);
  }

  openSiblings(node) {
    const siblings = node.parent === null ? this.nodes : childrenOf(node.parent);
    for (const sibling of siblings) sibling.open = canOpen(sibling);
    this.reflow();
    this.goTo(node);
  }

  /** Shows the details of a distribution; what is none opens or closes. */
  choose(node) {
    if (node.dist) this.state.choose({ selected: node.dist });
    else this.toggle(node);
  }

  clicked(event) {
    const node = this.nodeOf(event.target.closest("[role=treeitem]"));
    if (node === null) return;
    this.goTo(node);
    if (event.target.closest(".twisty")) this.toggle(node);
    else this.choose(node);
  }
}

/** Connects the tree with the state, the mouse and the keys. */
function setUpTree(graph, state) {
  const tree = new TreeView(graph, state);
  tree.box.addEventListener("click", (event) => tree.clicked(event));
  tree.box.addEventListener("keydown", treeKeys(tree));
  tree.box.addEventListener("scroll", () => requestAnimationFrame(() => tree.draw()), { passive: true });
  new ResizeObserver(() => tree.draw()).observe(tree.box);
  state.onChange((changed) => {
    if (changed.size === 1 && changed.has("selected")) tree.draw();
    else tree.remake();
  });
  tree.remake();
}
