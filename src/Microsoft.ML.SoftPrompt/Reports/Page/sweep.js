"use strict";
// Draws the report from the block of JSON in the page. Text that came from data reaches the page through textContent alone.
(() => {
  const sweep = JSON.parse(byId("data").textContent);
  const media = matchMedia("(prefers-color-scheme: dark)");
  const themes = ["system", "light", "dark"];
  const judged = sweep.trials.filter(trial => trial.metrics), best = sweep.trials.find(trial => trial.number === sweep.best);
  let theme = "system", chosen = null;

  // ---- Page and text

  function byId(id) {
    return document.getElementById(id);
  }

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function shape(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes))
      made.setAttribute(key, value);
    if (text !== undefined)
      made.textContent = text;
    return made;
  }

  const plural = (number, one) => `${number.toLocaleString("en-US")} ${one}${number === 1 ? "" : "s"}`;
  const metric = value => value === null || value === undefined ? "n/a" : value.toFixed(4);
  const short = value => typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
  const words = name => name === "TSmoteRatio" ? "T-SMOTE ratio" : name.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  const duration = seconds => seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, "0")} s`;
  const merit = trial => trial.metrics ? trial.metrics.averagePrecision : -1;
  const kind = trial => trial === best ? "best" : trial.status === "finished" ? "" : "pruned";

  function trialText(trial) {
    const values = sweep.axes.map((axis, i) => `${words(axis.name).toLowerCase()} ${short(trial.values[i])}`).join(", ");
    return `Trial ${trial.number}, ${trial.status}: average precision ${metric(trial.metrics && trial.metrics.averagePrecision)} after ${plural(trial.epochs, "epoch")}; ${values}`;
  }

  // ---- Scales

  // Where each value of an axis lies, 0 to 1; texts in their order of appearance, numbers by size.
  function scaleOf(values, log) {
    const numbers = values.filter(value => typeof value === "number"), distinct = [...new Set(values)];
    if (numbers.length < values.length) {
      distinct.sort((a, b) => (typeof a === "number") - (typeof b === "number") || (a > b ? 1 : -1));
      return { at: value => distinct.length < 2 ? 0.5 : distinct.indexOf(value) / (distinct.length - 1), ticks: distinct };
    }
    const low = Math.min(...numbers), high = Math.max(...numbers), by = log && low > 0 ? Math.log : value => value;
    const at = value => high > low ? (by(value) - by(low)) / (by(high) - by(low)) : 0.5;
    const between = [0.25, 0.5, 0.75].map(share => log && low > 0 ? low * (high / low) ** share : low + (high - low) * share);
    distinct.sort((a, b) => a - b);
    return { at, ticks: distinct.length <= 6 ? distinct : [low, ...between, high] };
  }

  function niceTicks(low, high, most) {
    const rough = (high - low) / most || 0.1, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(one => one * power).find(one => one >= rough);
    const ticks = [];
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step)
      ticks.push(Number(tick.toPrecision(10)));
    return ticks;
  }

  // ---- Choosing a trial

  function choose(trial) {
    chosen = chosen === trial ? null : trial;
    for (const one of document.querySelectorAll("[data-trial]"))
      one.classList.toggle("chosen", chosen !== null && one.dataset.trial === String(chosen.number));
    byId("readout").textContent = chosen ? trialText(chosen) : "Choose a line, or a trial in the table, to follow it.";
  }

  function addLine(svg, path, trial) {
    const line = shape("path", { d: path, class: `trial ${kind(trial)}`, "data-trial": trial.number });
    const reach = shape("path", { d: path, class: "reach" });
    reach.append(shape("title", {}, trialText(trial)));
    reach.addEventListener("click", () => choose(trial));
    svg.append(line, reach);
  }

  // ---- Plots

  // The best is drawn last, so that it lies on top.
  const drawn = () => [...judged].sort((a, b) => merit(a) - merit(b)).sort((a, b) => (a === best) - (b === best));

  function drawParallel() {
    const host = byId("parallel"), axes = [...sweep.axes, { name: "Average precision", log: false }], columns = axes.length;
    const width = Math.max(host.parentElement.clientWidth, columns * 104), height = 330, top = 44, bottom = 18, side = 58;
    const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    const x = i => columns < 2 ? width / 2 : side + i * (width - 2 * side) / (columns - 1), y = share => height - bottom - share * (height - top - bottom);
    const values = trial => [...trial.values, merit(trial)];
    const scales = axes.map((axis, i) => scaleOf(judged.map(trial => values(trial)[i]), axis.log));
    for (const trial of drawn())
      addLine(svg, values(trial).map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(scales[i].at(value)).toFixed(1)}`).join(""), trial);
    axes.forEach((axis, i) => {
      svg.append(shape("line", { class: "axis", x1: x(i), x2: x(i), y1: y(0), y2: y(1) }));
      // Names stand in two rows in turn, so that neighbours do not run into each other.
      svg.append(shape("text", { class: "name", x: x(i), y: i % 2 ? 30 : 13, "text-anchor": i === 0 ? "start" : i === columns - 1 ? "end" : "middle", dx: i === 0 ? -side + 4 : i === columns - 1 ? side - 4 : 0 }, words(axis.name)));
      for (const tick of scales[i].ticks)
        svg.append(shape("text", { x: x(i) + (i === columns - 1 ? 6 : -6), y: y(scales[i].at(tick)) + 4, "text-anchor": i === columns - 1 ? "start" : "end" }, typeof tick === "number" ? String(Number(tick.toPrecision(3))) : tick));
    });
    host.replaceChildren(svg);
  }

  function drawEpochs() {
    const host = byId("epochs"), lines = drawn().filter(trial => trial.history.length > 0);
    const width = Math.max(host.parentElement.clientWidth, 320), height = 280, left = 46, right = 14, top = 10, bottom = 36;
    const points = lines.flatMap(trial => trial.history), last = Math.max(2, ...points.map(point => point[0]));
    const low = Math.min(...points.map(point => point[1])), high = Math.max(...points.map(point => point[1])), room = (high - low) * 0.05 || 0.05;
    const [from, to] = [Math.max(0, low - room), Math.min(1, high + room)];
    const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    const x = epoch => left + (epoch - 1) / (last - 1) * (width - left - right), y = value => height - bottom - (value - from) / (to - from) * (height - top - bottom);
    for (const tick of niceTicks(from, to, 5)) {
      svg.append(shape("line", { class: "tick", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
      svg.append(shape("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, String(tick)));
    }
    for (const tick of niceTicks(1, last, 8).filter(Number.isInteger))
      svg.append(shape("text", { x: x(tick), y: height - bottom + 17, "text-anchor": "middle" }, String(tick)));
    svg.append(shape("text", { x: width - right, y: height - 4, "text-anchor": "end" }, "epoch"));
    for (const trial of lines)
      addLine(svg, trial.history.map((point, i) => `${i ? "L" : "M"}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join("") + (trial.history.length === 1 ? "h3" : ""), trial);
    host.replaceChildren(svg);
  }

  function draw() {
    drawParallel();
    drawEpochs();
    if (chosen) {
      const again = chosen;
      chosen = null;
      choose(again);
    }
  }

  // ---- Text and tables

  function fillHead() {
    document.title = byId("title").textContent = sweep.title;
    const counts = ["finished", "pruned", "stopped", "failed"].map(status => [status, sweep.trials.filter(trial => trial.status === status).length]).filter(([, count]) => count > 0);
    byId("summary").textContent = `${plural(sweep.trials.length, "trial")}: ${counts.map(([status, count]) => `${count} ${status}`).join(", ")}.${sweep.complete ? "" : " The time limit ended the sweep before all trials were tried."}`;
    const shown = [["Trial", best.number], ["Average precision, validation", metric(best.metrics.averagePrecision)], ["Average precision, test", sweep.test ? metric(sweep.test.averagePrecision) : "not judged"],
      ["F1, validation", metric(best.metrics.f1)], ["F1, test", sweep.test ? metric(sweep.test.f1) : "not judged"], ["AUROC, validation", metric(best.metrics.auroc)]];
    for (const [name, value] of shown)
      byId("best-metrics").append(element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value })));
    byId("best-note").textContent = "Over readings: a reading's score is the mean of those of the windows that hold it. The validation figure chose this trial among "
      + `${plural(judged.length, "trial")}, and so flatters it; ${sweep.test ? "the test readings were seen by no trial and judged once." : "judge the model on readings that no trial saw."}`;
  }

  function fillImportances() {
    byId("importance-note").textContent = `The spread of the marginal means: trials are put together by one parameter, whatever the others are, and the highest mean less the lowest is its spread. “As much by chance” is the share of 1,000 shuffles of the trials that spread the means at least as much: a spread that chance gives often says nothing. `
      + (sweep.halving ? "The metric is that after the first round, which all trials went through." : "") + ` ${plural(judged.length, "trial")}.`;
    const most = Math.max(1e-9, ...sweep.importances.map(one => one.spread));
    for (const one of sweep.importances) {
      const bar = element("span", { className: "bar" });
      bar.style.width = `${Math.max(1, (innerWidth < 640 ? 24 : 120) * one.spread / most)}px`;
      byId("importances").append(element("tr", {},
        element("th", { scope: "row", textContent: words(one.parameter) }), element("td", {}, bar, metric(one.spread)),
        element("td", { className: "number", textContent: `${(100 * one.chance).toFixed(one.chance < 0.1 ? 1 : 0)} %` }),
        element("td", { className: "means", textContent: one.groups.map(group => `${group.values}: ${metric(group.mean)} (${group.trials})`).join(";  ") })));
    }
    if (sweep.importances.length === 0)
      byId("importances").append(element("tr", {}, element("td", { colSpan: 4, textContent: "No parameter was swept, or too few trials were judged." })));
  }

  function fillTrials() {
    byId("trials-head").append(element("tr", {}, ...[["Trial"], ["Status"], ["Epochs", 1], ["Average precision", 1], ["F1", 1], ["AUROC", 1], ["Time", 1], ...sweep.axes.map((axis, i) => [words(axis.name), typeof best.values[i] === "number"])]
      .map(([name, isNumber]) => element("th", { scope: "col", textContent: name, className: isNumber ? "number" : "" }))));
    for (const trial of [...sweep.trials].sort((a, b) => (b === best) - (a === best) || b.rungs.length - a.rungs.length || merit(b) - merit(a) || a.number - b.number)) {
      const pick = element("button", { type: "button", textContent: trial.number, ariaLabel: `Follow trial ${trial.number}` });
      pick.addEventListener("click", () => choose(trial));
      const numbers = [trial.epochs, metric(trial.metrics && trial.metrics.averagePrecision), metric(trial.metrics && trial.metrics.f1), metric(trial.metrics && trial.metrics.auroc), duration(trial.seconds)];
      const row = element("tr", { className: trial === best ? "best" : "" }, element("td", {}, pick), element("td", { textContent: trial.status }),
        ...numbers.map(text => element("td", { className: "number", textContent: text })),
        ...trial.values.map(value => element("td", { className: typeof value === "number" ? "number" : "", textContent: short(value) })));
      row.dataset.trial = trial.number;
      byId("trials-body").append(row);
      if (trial.reason)
        byId("failures").append(element("p", { textContent: `Trial ${trial.number} failed: ${trial.reason}` }));
      for (const warning of trial.warnings)
        byId("notes").append(element("p", { className: "muted", textContent: `Trial ${trial.number}: ${warning}` }));
    }
  }

  function fillWarnings() {
    const count = sweep.trials.reduce((sum, trial) => sum + trial.warnings.length, 0);
    byId("warnings").hidden = count === 0;
    byId("warnings").querySelector("summary").textContent = plural(count, "warning");
  }

  function fillFacts() {
    for (const [name, value] of sweep.facts)
      byId("facts").append(element("dt", { textContent: /^[A-Z][a-zA-Z]+$/.test(name) ? words(name) : name }), element("dd", { textContent: value, className: name === "Command" ? "code" : "" }));
  }

  function applyTheme() {
    document.documentElement.dataset.theme = theme === "system" ? (media.matches ? "dark" : "light") : theme;
    byId("theme").textContent = `◐ ${theme}`;
    byId("theme").setAttribute("aria-label", `Theme: ${theme}`);
  }

  byId("theme").addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    applyTheme();
  });
  media.addEventListener("change", applyTheme);
  applyTheme();
  fillHead();
  fillImportances();
  fillTrials();
  fillWarnings();
  fillFacts();
  draw();
  byId("readout").textContent = "Choose a line, or a trial in the table, to follow it.";
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) {
      width = innerWidth;
      draw();
    }
  });
})();
