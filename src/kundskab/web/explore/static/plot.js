// Draws the figures of a page over their still pictures, by the theme that is chosen. Without it the pictures stay.

for (const box of document.querySelectorAll("[data-plot]")) {
  const figures = JSON.parse(document.getElementById(box.dataset.plot).textContent);
  const still = document.getElementById(box.dataset.still);
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

  const draw = async () => {
    const chosen = document.documentElement.dataset.theme;
    const dark = chosen === "dark" || (chosen === "auto" && system.matches);
    const figure = structuredClone(dark ? figures.dark : figures.light);
    await Plotly.react(box, figure.data, figure.layout, config);
  };

  box.hidden = false;
  draw().then(() => {
    if (still) still.hidden = true;
    // A click on a point walks to the people behind it, where they are five or more.
    box.on("plotly_click", (event) => {
      const to = event.points[0]?.customdata?.[0];
      if (to) window.location.assign(to);
    });
  }, () => { box.hidden = true; });
  system.addEventListener("change", draw);
}
