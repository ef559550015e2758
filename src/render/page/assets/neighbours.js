// The neighbourhood of a distribution: what requires it, itself, what it requires; three layers
// and never more than a handful in each.

/** Neighbours that are drawn in one layer; the others are counted. */
const DRAWN = 8;
const BOX = { height: 30, gap: 8, between: 56 };
/** Below this width the layers stand below each other. */
const NARROW = 520;

/** The drawing; `choose` is called with the neighbour that is chosen. */
function neighbourhood(dist, width, choose) {
  const above = [
    ...dist.roots.map((root) => ({ label: `packages/${root.package}` })),
    ...byKey(dist.requiredBy.map((edge) => edge.from)).map(neighbour),
  ];
  const below = byKey(dist.requires.map((edge) => edge.to)).map(neighbour);
  const layers = [few(unique(above)), [{ label: dist.key, itself: true }], few(unique(below))];
  const places = width < NARROW ? stacked(layers, width) : sideBySide(layers, width);
  return picture(dist, places, choose);
}

function neighbour(dist) {
  return { label: dist.key, dist };
}

function byKey(dists) {
  return [...new Set(dists)].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function unique(boxes) {
  return [...new Map(boxes.map((box) => [box.label, box])).values()];
}

function few(boxes) {
  if (boxes.length <= DRAWN) return boxes;
  const more = { label: `and ${boxes.length - DRAWN + 1} more`, more: true };
  return [...boxes.slice(0, DRAWN - 1), more];
}

/** From left to right, each layer in the middle of the height. */
function sideBySide(layers, width) {
  const boxWidth = (width - 2 * BOX.between) / 3;
  const most = Math.max(...layers.map((layer) => layer.length));
  const height = most * (BOX.height + BOX.gap) - BOX.gap;
  const boxes = layers.flatMap((layer, index) => {
    const top = (height - layer.length * (BOX.height + BOX.gap) + BOX.gap) / 2;
    return layer.map((box, row) => ({
      ...box,
      layer: index,
      x: index * (boxWidth + BOX.between),
      y: top + row * (BOX.height + BOX.gap),
      width: boxWidth,
    }));
  });
  return { boxes, width, height, curve: curveAcross };
}

/** From top to bottom, one box a line, each layer a step further in. */
function stacked(layers, width) {
  const step = 24;
  let y = 0;
  const boxes = layers.flatMap((layer, index) => {
    const placedBoxes = layer.map((box) => {
      const at = { ...box, layer: index, x: index * step, y, width: width - 2 * step };
      y += BOX.height + BOX.gap;
      return at;
    });
    y += layer.length > 0 ? BOX.gap : 0;
    return placedBoxes;
  });
  return { boxes, width, height: Math.max(BOX.height, y - 2 * BOX.gap), curve: curveDown };
}

function curveAcross(from, to) {
  const [x1, y1] = [from.x + from.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - 6} ${y2}`;
}

function curveDown(from, to) {
  const [x1, y1] = [from.x + 10, from.y + BOX.height];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  return `M${x1} ${y1}V${y2 - 6}Q${x1} ${y2} ${x1 + 6} ${y2}H${x2 - 6}`;
}

function picture(dist, { boxes, width, height, curve }, choose) {
  const itself = boxes.find((box) => box.itself);
  const edges = boxes
    .filter((box) => !box.itself)
    .map((box) => box.layer === 0 ? curve(box, itself) : curve(itself, box))
    .map((line) => drawn("path", { class: "edge", d: line, "marker-end": "url(#arrow)" }));
  const head = drawn("marker", {
    id: "arrow", viewBox: "0 0 6 6", refX: 1, refY: 3, markerWidth: 6, markerHeight: 6, orient: "auto",
  }, drawn("path", { d: "M0 0L6 3L0 6z" }));
  return drawn("svg", {
    class: "neighbourhood",
    role: "group",
    "aria-label": `What requires ${dist.key}, and what it requires`,
    viewBox: `-1 -1 ${width + 2} ${height + 2}`,
    width: width + 2,
    height: height + 2,
  }, drawn("defs", {}, head), ...edges, ...boxes.map((box) => boxOf(box, choose)));
}

function boxOf(box, choose) {
  const kind = box.itself ? "itself" : box.dist ? "neighbour" : "other";
  const whole = drawn("title", {}, box.label);
  const frame = drawn("rect", { x: box.x, y: box.y, width: box.width, height: BOX.height, rx: 4 });
  const place = { x: box.x + 10, y: box.y + BOX.height / 2 + 4.5 };
  const text = drawn("text", place, fitting(box.label, box.width - 20));
  if (!box.dist) return drawn("g", { class: kind }, whole, frame, text);
  const go = () => choose(box.dist);
  const keydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    go();
  };
  const said = { class: kind, role: "button", tabindex: 0, "aria-label": `Show ${box.label}` };
  return drawn("g", { ...said, click: go, keydown }, whole, frame, text);
}

/** As much of a label as a box has room for. */
function fitting(label, width) {
  const letters = Math.max(3, Math.floor(width / 7));
  return label.length <= letters ? label : `${label.slice(0, letters - 1)}…`;
}
