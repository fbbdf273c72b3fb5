// Bars over time. The same is in the page as text and as a table.
"use strict";
(function () {
  const OUTCOMES = ["failed", "unreachable", "unfinished", "changed", "ok"];
  // there are no halves of hosts
  const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000];
  let plot = null;
  let drawn = "";

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function draw(force) {
    const box = document.getElementById("chart");
    if (!box || (!force && box.dataset.points === drawn && plot)) {
      return;
    }
    drawn = box.dataset.points;
    const points = JSON.parse(drawn);
    if (plot) {
      plot.destroy();
    }
    box.textContent = "";
    const shown = OUTCOMES.filter((outcome) => points[outcome].some((n) => n > 0));
    // stacked: each series has the sum of those below it, and the highest is drawn first
    const sums = [];
    let below = points.t.map(() => 0);
    for (const outcome of shown) {
      below = below.map((sum, i) => sum + points[outcome][i]);
      sums.unshift({ outcome, values: below, own: points[outcome] });
    }
    const step = points.t.length > 1 ? points.t[1] - points.t[0] : 1;
    const text = color("pico-color");
    const grid = color("line");
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const clock = (u, seconds) => seconds.map((s) => (Number.isInteger(s) ? new Date(s * 1000).toISOString().slice(11, 19) : ""));
    plot = new uPlot(
      {
        width: Math.max(200, box.clientWidth),
        height: 180,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        legend: { show: false },
        cursor: { show: false },
        // the last time is as wide as the others
        padding: [8, 32, 0, 0],
        scales: { x: { range: () => [points.t[0] - step, points.t[points.t.length - 1] + step] }, y: { range: (u, min, max) => [0, Math.max(1, max)] } },
        axes: [Object.assign({ values: clock, space: 80 }, axis), Object.assign({ size: 60, incrs: COUNTS }, axis)],
        series: [{}].concat(
          sums.map((series) => ({
            label: series.outcome,
            fill: color(series.outcome),
            stroke: color(series.outcome),
            width: 0,
            points: { show: false },
            paths: uPlot.paths.bars({ size: [0.8, 60] }),
          })),
        ),
      },
      [points.t].concat(sums.map((series) => series.values)),
      box,
    );
  }

  if (window.uPlot) {
    draw(true);
    document.body.addEventListener("jet:refreshed", () => draw(false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
    let timer = 0;
    addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(() => draw(true), 200);
    });
  }
})();
