"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const views = new Map();
  window.sojournCharts = { views, wanted: Object.keys(data.specs).length, failed: [] };

  // The renderer keeps every chart an SVG of the page; the interpreter needs no code from texts.
  const options = { actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" } };

  async function drawOne(figure) {
    const name = figure.dataset.chart;
    try {
      const live = figure.querySelector(".live");
      figure.classList.add("drawn");
      const result = await window.vegaEmbed(live, data.specs[name], options);
      live.querySelectorAll("svg").forEach((svg) => svg.setAttribute("focusable", "false"));
      views.set(name, result.view);
      if (data.steps[name]) play(figure, result.view, data.steps[name]);
    } catch (error) {
      figure.classList.remove("drawn");
      window.sojournCharts.failed.push(name);
      console.error(name, error);
    }
  }

  function play(figure, view, steps) {
    const box = figure.querySelector(".controls");
    const button = box.querySelector(".play");
    const slider = box.querySelector("input");
    const output = box.querySelector("output");
    let timer = 0;
    const show = (step) => {
      slider.value = step;
      output.textContent = steps[step + 1];
      slider.setAttribute("aria-valuetext", steps[step + 1]);
      view.signal("step", step).runAsync();
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      button.textContent = "Play";
      button.setAttribute("aria-pressed", "false");
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      if (Number(slider.value) >= Number(slider.max)) show(-1);
      button.textContent = "Pause";
      button.setAttribute("aria-pressed", "true");
      timer = setInterval(() => {
        const next = Number(slider.value) + 1;
        if (next > Number(slider.max)) return stop();
        show(next);
      }, 450);
    });
    slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
    box.hidden = false;
  }

  function save(name, kind, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function saveAs(figure, kind) {
    const name = figure.dataset.chart;
    if (kind === "csv") return save(name, kind, new Blob([data.tables[name]], { type: "text/csv" }));
    const view = views.get(name);
    if (kind === "svg") return save(name, kind, new Blob([await view.toSVG()], { type: "image/svg+xml" }));
    const canvas = await view.toCanvas(2);
    canvas.toBlob((blob) => save(name, kind, blob));
  }

  const tell = document.getElementById("tell");
  let told = null;
  function say(number) {
    told = number;
    tell.textContent = number ? `${number.textContent}: ${number.title}` : "";
    tell.classList.toggle("on", Boolean(number));
  }
  document.addEventListener("click", (event) => {
    const number = event.target.closest(".n");
    say(number && number !== told ? number : null);
    const button = event.target.closest("[data-save]");
    if (button) saveAs(button.closest("figure"), button.dataset.save);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".n:focus-visible")) say(event.target);
  });
  document.addEventListener("focusout", (event) => { if (event.target === told) say(null); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") say(null); });

  async function drawAll() {
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      await drawOne(figure);
      figure.querySelector(".saves").hidden = false;
    }
    document.documentElement.dataset.charts = "done";
  }
  drawAll();
})();
