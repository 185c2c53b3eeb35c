  // Draws the report from the block of JSON in the page, around series.js.
  const report = JSON.parse(byId("data").textContent);
  state.threshold = report.threshold;

  // ---- Data

  function unpack(packed) {
    if (packed.base64 === undefined)
      return Float64Array.from({ length: packed.count }, (_, i) => packed.first + i * packed.step);
    const text = atob(packed.base64), bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++)
      bytes[i] = text.charCodeAt(i);
    const types = { u1: Uint8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };
    return new types[packed.type](bytes.buffer);
  }

  // What the plots need of a series, made when it is first asked for.
  function open(index) {
    const raw = report.series[index];
    if (raw.opened)
      return raw.opened;
    const values = Array.from(unpack(raw.values), value => Number.isNaN(value) ? null : value);
    const x = raw.times ? unpack(raw.times).map(time => time / 1000) : Float64Array.from(values, (_, i) => i);
    raw.opened = { name: raw.name, timed: raw.times !== undefined, x, values, labelled: unpack(raw.labelled), scores: paint(raw, values.length) };
    return raw.opened;
  }

  // For each value the highest score of the items that hold it: above the threshold where any of them is flagged. From the highest
  // score down each item paints what is still free; next[i] leads to the first free value from i on.
  function paint(raw, length) {
    const painted = new Array(length).fill(null), next = Int32Array.from({ length: length + 1 }, (_, i) => i);
    const starts = unpack(raw.starts), lengths = unpack(raw.lengths), scores = raw.scored;
    const free = from => {
      while (next[from] !== from)
        from = next[from] = next[next[from]];
      return from;
    };
    const order = Uint32Array.from(scores, (_, i) => i);
    // Items that do not overlap need no order, and sorting is the long part.
    if (order.some(i => i > 0 && starts[i] < starts[i - 1] + lengths[i - 1]))
      order.sort((a, b) => scores[b] - scores[a]);
    for (const item of order) {
      const end = starts[item] + lengths[item];
      for (let i = free(starts[item]); i < end; i = free(i)) {
        painted[i] = scores[item];
        next[i] = i + 1;
      }
    }
    return painted;
  }

  // ---- Metrics: the same arithmetic as BinaryMetrics. The scores of each class in rising order are all that is needed.

  const positives = classScores(1), negatives = classScores(0);

  function classScores(label) {
    const kept = [];
    for (const raw of report.series) {
      raw.scored = raw.scored || Float64Array.from(unpack(raw.scores));
      const labels = unpack(raw.labels);
      raw.scored.forEach((score, i) => {
        if (labels[i] === label)
          kept.push(score);
      });
    }
    return Float64Array.from(kept).sort();
  }

  // How many of the rising numbers are strictly above the threshold.
  function above(sorted, threshold) {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] > threshold)
        high = middle;
      else
        low = middle + 1;
    }
    return sorted.length - low;
  }

  function judge(threshold) {
    const tp = above(positives, threshold), fp = above(negatives, threshold);
    return withRates(tp, fp, positives.length - tp, negatives.length - fp);
  }

  function withRates(tp, fp, fn, tn) {
    const ratio = (part, whole) => whole === 0 ? 0 : part / whole;
    return { tp, fp, fn, tn, precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: ratio(2 * tp, 2 * tp + fp + fn), accuracy: ratio(tp + tn, tp + fp + fn + tn) };
  }

  // The counts after each distinct score in falling order, but for steps too small to see.
  function curve() {
    const points = [{ tp: 0, fp: 0 }], invisible = 0.0005;
    let p = positives.length, n = negatives.length;
    while (p > 0 || n > 0) {
      const score = Math.max(p > 0 ? positives[p - 1] : -Infinity, n > 0 ? negatives[n - 1] : -Infinity);
      while (p > 0 && positives[p - 1] === score)
        p--;
      while (n > 0 && negatives[n - 1] === score)
        n--;
      const point = { tp: positives.length - p, fp: negatives.length - n }, last = points[points.length - 1];
      const moved = (point.tp - last.tp) / Math.max(1, positives.length) + (point.fp - last.fp) / Math.max(1, negatives.length);
      if (moved > invisible || points.length < 100 || p + n === 0)
        points.push(point);
    }
    return points;
  }

  // ---- The threshold

  const slider = makeSlider();

  function makeSlider() {
    const both = [positives, negatives].filter(sorted => sorted.length > 0);
    const low = Math.min(report.threshold, ...both.map(sorted => sorted[0])), high = Math.max(report.threshold, ...both.map(sorted => sorted[sorted.length - 1]));
    const rim = Math.min(1e307, high / 50 - low / 50) || 0.5, steps = 1000;
    // Interpolated so that the largest numbers there are do not overflow.
    return { valueAt: step => (low - rim) * (1 - step / steps) + high * (step / steps), stepOf: value => Math.round(steps * (value / 2 - (low - rim) / 2) / (high / 2 - (low - rim) / 2)) };
  }

  function setThreshold(threshold) {
    state.threshold = threshold;
    const series = open(state.series);
    state.found = stretchesAbove(series.scores, threshold);
    for (const plot of main)
      plot.redraw(false);
    showThreshold();
    showStretches();
    showTools();
  }

  const given = report.probability ? "the model’s own" : "as given";

  function showThreshold() {
    const range = byId("threshold"), judged = judge(state.threshold), own = state.threshold === report.threshold;
    range.value = String(slider.stepOf(state.threshold));
    range.setAttribute("aria-valuetext", `${scoreText(state.threshold)}: ${count(judged.tp)} found, ${count(judged.fn)} missed, ${plural(judged.fp, "false alarm")}`);
    byId("threshold-number").value = String(Number(state.threshold.toPrecision(6)));
    byId("threshold-reset").disabled = own;
    setText("threshold-text", `flagged above ${scoreText(state.threshold)}${own ? ` (${given})` : ""}`);
    for (const name of ["tp", "fp", "fn", "tn"])
      setText(name, count(judged[name]));
    for (const name of ["precision", "recall", "f1", "accuracy"])
      setText(name, metric(judged[name]));
    for (const { plot, at } of curves) {
      plot.mark = at(judged);
      plot.redraw(false);
    }
    verdicts.forEach(show => show());
  }

  function bindThreshold() {
    byId("threshold").addEventListener("input", event => setThreshold(slider.valueAt(Number(event.target.value))));
    byId("threshold-number").addEventListener("change", event => setThreshold(Number.isFinite(event.target.valueAsNumber) ? event.target.valueAsNumber : state.threshold));
    byId("threshold-reset").addEventListener("click", () => setThreshold(report.threshold));
  }

  // ---- Curves

  const curves = [];

  function addCurves() {
    const points = curve(), p = positives.length, n = negatives.length;
    setText("auroc", `area ${metric(report.auroc)}`);
    setText("ap", `average precision ${metric(report.averagePrecision)}`);
    if (p > 0 && n > 0)
      addCurve("roc", points.map(({ tp, fp }) => [fp / n, tp / p]), x => x, judged => [judged.fp / n, judged.recall], "share of normal flagged", "recall");
    else
      noCurve("roc");
    if (p > 0)
      addCurve("pr", points.slice(1).map(({ tp, fp }) => [tp / p, tp / (tp + fp)]), () => p / (p + n), judged => judged.tp + judged.fp > 0 ? [judged.recall, judged.precision] : null, "recall", "precision");
    else
      noCurve("pr");
  }

  function noCurve(id) {
    byId(id).append(element("p", { className: "muted", textContent: `None: every ${report.unit} here is ${positives.length ? "anomalous" : "normal"}.` }));
  }

  function addCurve(id, points, chance, at, xLabel, yLabel) {
    const xs = points.map(point => point[0]), unit = { auto: false, range: [-0.02, 1.02] }, labels = { labelFont: "12px system-ui, sans-serif", labelSize: 18, size: 30 };
    const ticks = (plot, splits) => splits.map(split => split < 0 || split > 1 ? "" : String(Number(split.toFixed(2))));
    const plot = addPlot(byId(id), {
      height: 270, cursor: { show: false }, scales: { x: { time: false, ...unit }, y: unit },
      axes: [axis(ticks, { ...labels, label: xLabel }), axis(ticks, { ...labels, size: 38, label: yLabel })],
      series: [{}, line("rule", { width: 1.5, points: { show: false } }), line("line", { width: 1.75, points: { show: false } })], hooks: { draw: [drawMark] },
    }, [xs, xs.map(chance), points.map(point => point[1])]);
    curves.push({ plot, at });
    byId(id).setAttribute("role", "img");
    byId(id).setAttribute("aria-label", `Curve of ${yLabel} over ${xLabel}, with a mark at the threshold; its numbers stand beside.`);
  }

  function drawMark(plot) {
    if (!plot.mark)
      return;
    inContext(plot, (context, ratio) => {
      context.beginPath();
      context.arc(plot.valToPos(plot.mark[0], "x", true), plot.valToPos(plot.mark[1], "y", true), 6 * ratio, 0, 2 * Math.PI);
      context.fillStyle = colour("found");
      context.fill();
      context.lineWidth = 2 * ratio;
      context.strokeStyle = colour("card");
      context.stroke();
    });
  }

  // ---- The worst cases

  const verdicts = [];

  function addCases(id, cases, isAnomaly) {
    if (cases.length === 0)
      byId(id).replaceWith(element("p", { className: "muted", textContent: `No ${report.unit} here is ${isAnomaly ? "anomalous" : "normal"}.` }));
    for (const one of cases)
      addCase(byId(id), one, isAnomaly);
  }

  function addCase(host, one, isAnomaly) {
    const series = open(one.series), verdict = element("span", { className: "verdict" });
    const button = element("button", { type: "button", textContent: "Show", onclick: () => showCase(one) });
    const place = stretchText(series, one.start, one.start + one.length - 1);
    button.setAttribute("aria-label", `Show ${place} in the series`);
    const plotHost = element("div", { className: "plot" });
    plotHost.setAttribute("role", "img");
    plotHost.setAttribute("aria-label", `Plot of the values around the ${report.unit}.`);
    const told = ` · ${scoreText(one.score)}${report.series.length > 1 ? ` · ${series.name}` : ""}`;
    const card = element("article", { className: "case" }, element("div", { className: "row" }, element("h3", { textContent: place }), button), element("p", { className: "clip", title: series.name }, verdict, told), plotHost);
    host.append(card);
    verdicts.push(() => {
      const flagged = one.score > state.threshold, wrong = flagged !== isAnomaly;
      verdict.textContent = isAnomaly ? (flagged ? "found" : "missed") : flagged ? "false alarm" : "not flagged";
      verdict.classList.toggle("wrong", wrong);
    });
    addCasePlot(plotHost, series, one);
    if (one.contributions)
      addExplanation(card, series, one);
  }

  function addCasePlot(host, series, one) {
    const draw = plot => inContext(plot, (context, ratio, box) => {
      fillStretches(plot, series.x, series.labelled, colour("labelled-tint"), box.top, box.height);
      fillStretches(plot, series.x, [one.start, one.start + one.length], colour("line"), box.top - 8 * ratio, 4 * ratio);
      for (const end of one.length > 1 ? [one.start, one.start + one.length] : []) {
        const x = plot.valToPos(edge(series.x, end), "x", true);
        dashedLine(plot, x, box.top, x, box.top + box.height, colour("rule"));
      }
    });
    addPlot(host, {
      height: 170, padding: [14, 12, 0, 0], cursor: { show: false }, axes: [xAxis(series.timed), yAxis()],
      scales: { x: { ...xScale(series.timed), range: () => [edge(series.x, one.from), edge(series.x, one.to)] } },
      series: [{}, line("line", { points: { show: true, size: 3.5, fill: () => colour("line"), width: 0 } })], hooks: { drawClear: [draw] },
    }, [series.x.slice(one.from, one.to), series.values.slice(one.from, one.to)]);
  }

  function showCase(one) {
    if (one.series !== state.series)
      chooseSeries(one.series);
    zoomToStretch(one.start, one.start + one.length);
    byId("value-plot").focus();
    byId("series-heading").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  // ---- Explanations

  // What two digits of a probability show.
  const LEAST_LIFT = 0.005;

  const lift = contribution => contribution.probability - contribution.without;

  function addExplanation(card, series, one) {
    const host = element("div", { className: "plot" });
    card.append(element("p", { textContent: explanationText(series, one) }), host);
    if (one.contributions.length === 0)
      return;
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", "Bars of how far each value lifts the probability; the sentence above tells the longest.");
    const most = Math.max(0.01, ...one.contributions.map(contribution => Math.abs(lift(contribution))));
    addPlot(host, {
      height: 96, padding: [4, 12, 4, 0], cursor: { show: false }, axes: [{ show: false }, yAxis({ space: 24, size: 42, label: "lift", labelSize: 16, labelFont: "12px system-ui, sans-serif" })],
      scales: { x: { ...xScale(series.timed), range: () => [edge(series.x, one.from), edge(series.x, one.to)] }, y: { range: () => [-most * 1.1, most * 1.1] } },
      series: [{}, { show: false }], hooks: { draw: [plot => drawLifts(plot, series, one)] },
    }, [series.x.slice(one.from, one.to), Array.from({ length: one.to - one.from }, () => 0)]);
  }

  // Up for an anomaly, down against one.
  function drawLifts(plot, series, one) {
    inContext(plot, (context, ratio, box) => {
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
      for (const contribution of one.contributions) {
        const from = one.explainedFrom + contribution.step, x0 = plot.valToPos(edge(series.x, from), "x", true), x1 = plot.valToPos(edge(series.x, from + contribution.count), "x", true);
        const zero = plot.valToPos(0, "y", true), y = plot.valToPos(lift(contribution), "y", true);
        context.fillStyle = colour(lift(contribution) > 0 ? "found" : "labelled");
        context.fillRect(x0 + 0.5 * ratio, Math.min(y, zero), Math.max(ratio, x1 - x0 - ratio), Math.abs(y - zero));
      }
    });
  }

  function explanationText(series, one) {
    const best = one.contributions.reduce((most, contribution) => most === null || lift(contribution) > lift(most) ? contribution : most, null);
    if (best === null || !(lift(best) >= LEAST_LIFT))
      return `No value lifts the probability by ${LEAST_LIFT} or more.`;
    const value = series.values[one.explainedFrom + best.step];
    const what = best.count > 1 ? `The values at steps ${best.step} to ${best.step + best.count - 1} lift` : `${value === null ? "The missing value" : `The value ${short(value)}`} at step ${best.step} lifts`;
    return `${what} the probability from ${best.without.toFixed(2)} to ${best.probability.toFixed(2)}.`;
  }

  // ---- Training, controls, facts

  function addTraining() {
    byId("training-section").hidden = !report.training || report.training.epochs.length === 0;
    if (byId("training-section").hidden)
      return;
    const { epochs, kept, note } = report.training;
    setText("training-note", `${plural(epochs.length, "epoch")}; epoch ${kept} was kept. ${note}`);
    addTrainingPlot("Loss", [["training", "loss", "line", []], ["validation", "validationLoss", "found", [6, 4]]]);
    if (epochs.some(epoch => epoch.averagePrecision !== null || epoch.accuracy !== null))
      addTrainingPlot("Validation", [["average precision", "averagePrecision", "line", []], ["AUROC", "auroc", "labelled", [6, 4]], ["accuracy", "accuracy", "found", [2, 3]]], [-0.02, 1.02]);
  }

  function addTrainingPlot(title, lines, range) {
    const { epochs, kept } = report.training, host = element("div", { className: "plot" });
    const present = lines.filter(([, key]) => epochs.some(epoch => epoch[key] !== null));
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", `${title} by epoch: ${present.map(([name, key]) => `${name} ends at ${short(epochs[epochs.length - 1][key])}`).join(", ")}.`);
    const legend = element("ul", { className: "legend" }, ...present.map(([name, , ink, dash]) => element("li", {}, lineSample(ink, dash), name)));
    byId("training").append(element("div", { className: "case" }, element("div", { className: "row" }, element("h3", { textContent: title }), legend), host));
    const mark = plot => {
      const x = plot.valToPos(kept, "x", true), { top, height, left, width } = plot.bbox, before = x > left + width / 2;
      dashedLine(plot, x, top, x, top + height, colour("muted"));
      // Loss falls and the metrics rise: the text stands where they are not.
      const y = range ? top + height - 12 * uPlot.pxRatio : top + 8 * uPlot.pxRatio;
      writeText(plot, `kept: ${kept}`, x + (before ? -6 : 6) * uPlot.pxRatio, y, colour("muted"), before ? "right" : "left");
    };
    addPlot(host, {
      height: 210, cursor: { show: false }, axes: [axis(tickTexts, { label: "epoch", labelSize: 18, labelFont: "12px system-ui, sans-serif", size: 30, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }), yAxis()],
      scales: { x: { time: false, range: (_, min, max) => [min - 0.5, max + 0.5] }, ...range && { y: { range: () => range } } },
      series: [{}, ...present.map(([, , ink, dash]) => line(ink, { dash, width: 1.75 }))], hooks: { draw: [mark] },
    }, [epochs.map(epoch => epoch.epoch), ...present.map(([, key]) => epochs.map(epoch => epoch[key]))]);
  }

  function lineSample(ink, dash) {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
    const set = (target, values) => Object.entries(values).forEach(([name, value]) => target.setAttribute(name, value));
    set(svg, { width: 26, height: 8, "aria-hidden": "true" });
    set(path, { d: "M0 4H26", stroke: `var(--${ink})`, "stroke-width": 2, "stroke-dasharray": dash.join(" ") });
    svg.append(path);
    return svg;
  }

  function addControls() {
    byId("controls-section").hidden = report.controls.length === 0;
    const names = ["", "Threshold", "Found", "Missed", "False alarms", "Precision", "Recall", "F1", "AUROC", "Avg. precision"];
    byId("controls-head").append(element("tr", {}, ...names.map((name, i) => element("th", { scope: "col", textContent: name, className: i ? "number" : "" }))));
    const own = judge(report.threshold), ours = { name: "this detector", threshold: report.threshold, truePositives: own.tp, falsePositives: own.fp, falseNegatives: own.fn, trueNegatives: own.tn, auroc: report.auroc, averagePrecision: report.averagePrecision };
    byId("controls").append(...[ours, ...report.controls].map((control, i) => {
      const rates = withRates(control.truePositives, control.falsePositives, control.falseNegatives, control.trueNegatives);
      const texts = [control.threshold === null ? "n/a" : short(control.threshold), ...[control.truePositives, control.falseNegatives, control.falsePositives].map(count), ...[rates.precision, rates.recall, rates.f1, control.auroc, control.averagePrecision].map(metric)];
      return element("tr", { className: i ? "" : "ours" }, element("th", { scope: "row", textContent: control.name }), ...texts.map(text => cell(text, true)));
    }));
  }

  function addFacts() {
    for (const { name, value } of report.facts)
      byId("facts").append(element("dt", { textContent: name }), element("dd", { textContent: value, className: name === "Command" ? "code" : "" }));
  }

  function addHeading() {
    const total = positives.length + negatives.length;
    document.title = report.title;
    setText("title", report.title);
    setText("summary", `${plural(total, report.unit)} in ${count(report.series.length)} series judged, ${count(positives.length)} anomalous`);
    setText("confusion-caption", `${report.unit === "window" ? "Windows" : "Readings"} by label and verdict`);
    setText("score-note", report.unit === "window" ? "A reading has the highest score of the windows that hold it." : "");
    listSeries();
  }

  bindTheme();
  addHeading();
  addControls();
  addFacts();
  addTraining();
  addCurves();
  addCases("false-alarms", report.falseAlarms, false);
  addCases("misses", report.misses, true);
  chooseSeries(0);
  bindSeries();
  bindThreshold();
  showThreshold();
