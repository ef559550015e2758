// Puts the parts together. The page is whole without this but for the graph.

document.documentElement.classList.add("scripted");
setUpTheme();
setUpCopying();
setUpDownloads();
setUpPrinting();
const graph = readGraph(JSON.parse(byId("graph-data").textContent));
if (graph.environments.length > 0) {
  const state = newState();
  setUpSearch(graph, state);
  setUpTree(graph, state);
  setUpDetails(graph, state);
}
performance.mark("vhb-interactive");
