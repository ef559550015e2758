// Light, dark, or as the system has it. Nothing is stored: opened again, the page follows the system.

function setUpTheme() {
  byId("theme").addEventListener("change", (event) => {
    const theme = event.target.value;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
}
