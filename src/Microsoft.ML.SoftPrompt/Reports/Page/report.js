"use strict";
// Draws the report from the block of JSON in the page. Text that came from data reaches the page through textContent alone.
(() => {
  const report = JSON.parse(byId("data").textContent);
  const plots = new Set();
  const media = matchMedia("(prefers-color-scheme: dark)");
  const state = { series: 0, threshold: report.threshold, view: null, found: [] };
  const themes = ["system", "light", "dark"];
  let theme = "system";
  let main = null; // the two plots of the chosen series

  // ---- Page and text

  function byId(id) {
    return document.getElementById(id);
  }

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function setText(id, text) {
    byId(id).textContent = text;
  }

  const count = number => number.toLocaleString("en-US");
  const plural = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;
  const metric = value => value === null || Number.isNaN(value) ? "n/a" : value.toFixed(4);
  const short = value => value === null ? "missing" : String(Number(value.toPrecision(4)));
  const two = number => String(number).padStart(2, "0");
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  function timeText(seconds) {
    const date = new Date(seconds * 1000), rest = date.getUTCSeconds() + date.getUTCMilliseconds() / 1000;
    return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
      + (rest ? `:${rest < 10 ? "0" : ""}${Number(rest.toFixed(3))}` : "");
  }

  function placeText(series, index) {
    return series.timed ? `${timeText(series.x[index])} UTC` : `reading ${count(index)}`;
  }

  function stretchText(series, from, last) {
    if (from === last)
      return placeText(series, from);
    if (!series.timed)
      return `readings ${count(from)} to ${count(last)}`;
    const begin = timeText(series.x[from]), end = timeText(series.x[last]), sameDay = begin.slice(0, 10) === end.slice(0, 10);
    return `${begin} to ${sameDay ? end.slice(11) : end} UTC`;
  }

  function scoreText(score) {
    return `score ${short(score)}` + (report.probability ? `, probability ${probability(score).toFixed(2)}` : "");
  }

  function probability(score) {
    return 1 / (1 + Math.exp(-(report.probability.slope * score + report.probability.offset)));
  }

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

  // Begin and end (behind the last value), one after the other, of each run of values above the threshold.
  function stretchesAbove(scores, threshold) {
    const ends = [];
    for (let i = 0; i <= scores.length; i++)
      if ((i < scores.length && scores[i] !== null && scores[i] > threshold) !== (ends.length % 2 === 1))
        ends.push(i);
    return ends;
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

  // ---- Plots

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const bound = value => Math.max(-1e300, Math.min(1e300, value)); // axes of the largest numbers there are would overflow

  function axis(values, more = {}) {
    return {
      stroke: () => colour("muted"), font: "12px system-ui, sans-serif", size: 34, gap: 6, values,
      grid: { stroke: () => colour("grid"), width: 1 }, ticks: { stroke: () => colour("rule"), width: 1, size: 4 }, ...more,
    };
  }

  // Plain numbers as long as they are short and neighbours stay apart.
  function tickTexts(plot, splits, _, __, step) {
    const far = Math.max(...splits.map(Math.abs)) >= 1e7 || Math.abs(step) < 1e-5;
    const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)));
    return splits.map(split => far ? String(Number(split.toPrecision(5))) : split.toLocaleString("en-US", { maximumFractionDigits: digits }));
  }

  // Times with the day where it changes, months and years where steps are that long.
  function timeTexts(plot, splits, _, __, step) {
    let day = "";
    return splits.map(split => {
      const date = new Date(split * 1000), month = months[date.getUTCMonth()];
      if (step >= 360 * 86400)
        return String(date.getUTCFullYear());
      if (step >= 28 * 86400)
        return `${month} ${date.getUTCFullYear()}`;
      const newDay = `${date.getUTCDate()} ${month}`, isNew = newDay !== day, isFirst = day === "";
      day = newDay;
      if (step >= 86400)
        return newDay + (isFirst ? `\n${date.getUTCFullYear()}` : "");
      const clock = timeText(split).slice(11);
      return clock + (isNew ? `\n${newDay}` : "");
    });
  }

  const xAxis = timed => axis(timed ? timeTexts : tickTexts, { size: timed ? 46 : 30, space: 70 });
  const yAxis = more => axis(tickTexts, { size: 58, space: 28, ...more });
  const xScale = timed => ({ time: timed });

  function addPlot(host, options, data) {
    const plot = new uPlot({
      width: Math.max(200, host.clientWidth), legend: { show: false }, tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"), padding: [10, 12, 0, 0], ...options,
    }, data, host);
    plots.add(plot);
    return plot;
  }

  function removePlot(plot) {
    plots.delete(plot);
    plot.destroy();
  }

  function resize() {
    for (const plot of plots) {
      const width = plot.root.parentNode.clientWidth;
      if (width > 0 && width !== plot.width)
        plot.setSize({ width, height: plot.height });
    }
  }

  // One pixel: wider lines through 200,000 points take browsers without a graphics card twice as long.
  const line = (name, more = {}) => ({ stroke: () => colour(name), width: 1, points: { size: 4, fill: () => colour(name), ...more.points }, ...more });

  // Where on the axis the value at an index begins: halfway to its neighbour.
  function edge(x, index) {
    const half = x.length > 1 ? (x[1] - x[0]) / 2 : 0.5;
    if (index <= 0)
      return x[0] - half;
    return index >= x.length ? x[x.length - 1] + (x.length > 1 ? (x[x.length - 1] - x[x.length - 2]) / 2 : half) : (x[index - 1] + x[index]) / 2;
  }

  // Fills stretches of values from top to bottom (canvas pixels). One too narrow to see is two pixels wide, and those that then touch
  // are one: there are never more rectangles than pixels.
  function fillStretches(plot, x, stretches, fill, top, height) {
    const { min, max } = plot.scales.x, least = 2 * uPlot.pxRatio, { left, width } = plot.bbox, context = plot.ctx;
    let from = left, to = left;
    context.fillStyle = fill;
    for (let i = 0; i < stretches.length; i += 2) {
      const first = edge(x, stretches[i]), last = edge(x, stretches[i + 1]);
      if (last < min || first > max)
        continue;
      const begin = Math.max(left, plot.valToPos(first, "x", true)), end = Math.min(left + width, Math.max(plot.valToPos(last, "x", true), begin + least));
      if (begin > to + 0.5) {
        context.fillRect(from, top, to - from, height);
        from = begin;
      }
      to = Math.max(to, end);
    }
    context.fillRect(from, top, to - from, height);
  }

  // Lines aslant, so that found and labelled stay apart without colours, and where they lie on each other.
  function hatching(context, stroke) {
    const size = 9 * uPlot.pxRatio, tile = Object.assign(document.createElement("canvas"), { width: size, height: size }), drawn = tile.getContext("2d");
    drawn.strokeStyle = stroke;
    drawn.globalAlpha = 0.6;
    drawn.lineWidth = uPlot.pxRatio;
    for (const shift of [-size, 0, size]) {
      drawn.moveTo(shift - 1, size + 1);
      drawn.lineTo(shift + size + 1, -1);
    }
    drawn.stroke();
    return context.createPattern(tile, "repeat");
  }

  function inContext(plot, draw) {
    plot.ctx.save();
    draw(plot.ctx, uPlot.pxRatio, plot.bbox);
    plot.ctx.restore();
  }

  function dashedLine(plot, x0, y0, x1, y1, stroke) {
    inContext(plot, (context, ratio) => {
      context.strokeStyle = stroke;
      context.lineWidth = 1.25 * ratio;
      context.setLineDash([5 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
    });
  }

  // On a ground of its own where lines may run beneath.
  function writeText(plot, text, x, y, fill, align, ground = "transparent") {
    inContext(plot, (context, ratio) => {
      context.font = `${11.5 * ratio}px system-ui, sans-serif`;
      const width = context.measureText(text).width, rim = 4 * ratio;
      context.fillStyle = ground;
      context.fillRect((align === "right" ? x - width : x) - rim, y - 8 * ratio, width + 2 * rim, 15 * ratio);
      context.fillStyle = fill;
      context.textAlign = align;
      context.textBaseline = "middle";
      context.fillText(text, x, y);
    });
  }

  // ---- The series and its score

  function chooseSeries(index) {
    state.series = index;
    byId("series").value = String(index);
    if (main)
      main.forEach(removePlot);
    const series = open(index);
    state.found = stretchesAbove(series.scores, state.threshold);
    state.view = fullView(series);
    main = [valuePlot(series), scorePlot(series)];
    main.forEach(plot => bindGestures(plot));
    showStretches();
    showTools();
  }

  const fullView = series => ({ min: edge(series.x, 0), max: edge(series.x, series.x.length) });

  function mainOptions(series, height) {
    return {
      height,
      scales: { x: { ...xScale(series.timed), range: () => [state.view.min, state.view.max] } },
      cursor: {
        sync: { key: "main", setSeries: false }, drag: { x: true, y: false, setScale: false, dist: 4 }, y: false,
        bind: { dblclick: () => () => zoomTo(fullView(series)), mousedown: (plot, target, start) => event => event.shiftKey ? startMove(plot, event) : start(event) },
      },
    };
  }

  function valuePlot(series) {
    const options = mainOptions(series, innerWidth < 640 ? 190 : 230);
    return addPlot(byId("value-plot"), {
      ...options, padding: [38, 12, 0, 0], axes: [{ ...xAxis(series.timed), values: () => [], size: 8 }, yAxis()], series: [{}, line("line")],
      hooks: { drawClear: [plot => drawStretches(plot, series)], setSelect: [zoomToSelection], setCursor: [plot => showReadout(plot, series)] },
    }, [series.x, series.values]);
  }

  function scorePlot(series) {
    return addPlot(byId("score-plot"), {
      ...mainOptions(series, 186), axes: [xAxis(series.timed), yAxis()], series: [{}, line("line", { paths: stepsWherePossible })],
      scales: { ...mainOptions(series, 0).scales, y: { range: () => scoreRange(series) } },
      hooks: { drawClear: [plot => drawFound(plot, series)], draw: [drawThreshold], setSelect: [zoomToSelection] },
    }, [series.x, series.scores.map(score => score === null ? null : bound(score))]);
  }

  // Items stand side by side: steps. Where many share a pixel, plain lines, which uPlot thins out to what can be seen.
  const steps = uPlot.paths.stepped({ align: 0 }), lines = uPlot.paths.linear();

  function stepsWherePossible(plot, index, first, last) {
    return (last - first > 2 * plot.bbox.width ? lines : steps)(plot, index, first, last);
  }

  function scoreRange(series) {
    if (!series.range) {
      let low = bound(report.threshold), high = low;
      for (const score of series.scores) {
        if (score !== null) {
          low = Math.min(low, bound(score));
          high = Math.max(high, bound(score));
        }
      }
      const rim = (high - low) * 0.12 || 0.5;
      series.range = [low - rim, high + rim];
    }
    return series.range;
  }

  function drawStretches(plot, series) {
    inContext(plot, (context, ratio, box) => {
      fillStretches(plot, series.x, series.labelled, colour("labelled-tint"), box.top, box.height);
      fillStretches(plot, series.x, state.found, hatching(context, colour("found")), box.top, box.height);
      const lanes = [["labelled", series.labelled, 30], ["found", state.found, 16]];
      for (const [name, stretches, up] of lanes) {
        const top = box.top - up * ratio;
        fillStretches(plot, series.x, stretches, colour(name), top, 7 * ratio);
        writeText(plot, name, box.left - 8 * ratio, top + 3.5 * ratio, colour(name), "right");
      }
    });
  }

  function drawFound(plot, series) {
    inContext(plot, (context, ratio, box) => fillStretches(plot, series.x, state.found, colour("found-tint"), box.top, box.height));
  }

  function drawThreshold(plot) {
    const y = plot.valToPos(bound(state.threshold), "y", true), { left, width, top, height } = plot.bbox, ratio = uPlot.pxRatio;
    if (y < top || y > top + height)
      return;
    dashedLine(plot, left, y, left + width, y, colour("found"));
    const text = `threshold ${short(state.threshold)}`, above = y > top + 20 * ratio;
    writeText(plot, text, left + width - 4 * ratio, y + (above ? -10 : 10) * ratio, colour("found"), "right", colour("card"));
  }

  function showReadout(plot, series) {
    const index = plot.cursor.idx;
    if (index === null || index === undefined || plot.cursor.left < 0) {
      setText("readout", "");
      return;
    }
    const score = series.scores[index], parts = [placeText(series, index), `value ${short(series.values[index])}`, score === null ? "not judged" : scoreText(score)];
    if (holds(series.labelled, index))
      parts.push("labelled anomalous");
    if (holds(state.found, index))
      parts.push("found");
    setText("readout", parts.join(" · "));
  }

  // ---- Zoom and pan

  function zoomTo(view) {
    const series = open(state.series), full = fullView(series), whole = full.max - full.min;
    // Three readings at least; never beyond the ends.
    const span = Math.min(whole, Math.max(view.max - view.min, Math.min(whole, 3 * whole / series.x.length)));
    const middle = (view.min + view.max) / 2, min = Math.max(full.min, Math.min(full.max - span, middle - span / 2));
    state.view = { min, max: min + span };
    for (const plot of main)
      plot.setScale("x", state.view);
    showTools();
  }

  function zoomBy(factor) {
    const { min, max } = state.view, middle = (min + max) / 2, half = (max - min) / 2 * factor;
    zoomTo({ min: middle - half, max: middle + half });
  }

  function moveBy(share) {
    const { min, max } = state.view, step = (max - min) * share;
    zoomTo({ min: min + step, max: max + step });
  }

  function zoomToStretch(from, to) {
    const { x } = open(state.series), rim = Math.max(30, Math.round(1.5 * (to - from)));
    zoomTo({ min: edge(x, from - rim), max: edge(x, to + rim) });
  }

  function zoomToSelection(plot) {
    if (plot.select.width > 0) {
      zoomTo({ min: plot.posToVal(plot.select.left, "x"), max: plot.posToVal(plot.select.left + plot.select.width, "x") });
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }
  }

  function startMove(plot, event) {
    const start = event.clientX, view = { ...state.view }, perPixel = (view.max - view.min) / plot.over.clientWidth;
    const move = moved => {
      const by = (start - moved.clientX) * perPixel;
      zoomTo({ min: view.min + by, max: view.max + by });
    };
    const end = () => {
      removeEventListener("mousemove", move);
      removeEventListener("mouseup", end);
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", end);
  }

  // Fingers keep the places of the axis that they were put on: one moves, two zoom.
  function bindGestures(plot) {
    const fingers = new Map();
    const at = event => event.clientX - plot.over.getBoundingClientRect().left;
    const hold = () => fingers.forEach(finger => finger.value = plot.posToVal(finger.position, "x"));
    const follow = () => {
      const [a, b] = fingers.values(), width = plot.over.clientWidth, { min, max } = state.view;
      const perPixel = b && Math.abs(b.position - a.position) > 8 ? Math.abs((b.value - a.value) / (b.position - a.position)) : (max - min) / width;
      const from = a.value - a.position * perPixel;
      zoomTo({ min: from, max: from + width * perPixel });
    };
    const lift = event => {
      if (fingers.delete(event.pointerId))
        hold();
    };
    plot.over.addEventListener("pointerdown", event => {
      if (event.pointerType !== "touch")
        return;
      fingers.set(event.pointerId, { position: at(event) });
      hold();
    });
    plot.over.addEventListener("pointermove", event => {
      if (!fingers.has(event.pointerId))
        return;
      fingers.get(event.pointerId).position = at(event);
      follow();
    });
    plot.over.addEventListener("pointerup", lift);
    plot.over.addEventListener("pointercancel", lift);
    plot.over.addEventListener("wheel", event => bindWheel(plot, event), { passive: false });
  }

  // A wheel alone scrolls the page.
  function bindWheel(plot, event) {
    if (event.ctrlKey)
      zoomBy(Math.exp(event.deltaY / 200));
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      moveBy(event.deltaX / plot.over.clientWidth);
    else
      return;
    event.preventDefault();
  }

  function showTools() {
    const full = fullView(open(state.series)), isWhole = state.view.min <= full.min && state.view.max >= full.max;
    for (const id of ["all", "wider", "earlier", "later"])
      byId(id).disabled = isWhole;
    const none = state.found.length + open(state.series).labelled.length === 0;
    byId("previous").disabled = byId("next").disabled = none;
  }

  function pressKey(event) {
    const actions = { ArrowLeft: () => moveBy(-0.2), ArrowRight: () => moveBy(0.2), "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2), 0: () => zoomTo(fullView(open(state.series))) };
    if (actions[event.key] && !event.ctrlKey && !event.metaKey) {
      actions[event.key]();
      event.preventDefault();
    }
  }

  // ---- Stretches

  // Whether an index lies in one of the stretches, which rise.
  function holds(stretches, index) {
    let low = 0, high = stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stretches[middle] <= index)
        low = middle + 1;
      else
        high = middle;
    }
    return low % 2 === 1;
  }

  const pairs = ends => Array.from({ length: ends.length / 2 }, (_, i) => [ends[2 * i], ends[2 * i + 1]]);

  // Every labelled stretch with how much of it was found, and every found one that holds nothing labelled.
  function namedStretches() {
    const labelled = pairs(open(state.series).labelled).map(([from, to]) => ({ from, to, hit: 0 })), falseAlarms = [];
    let first = 0; // of the labelled ones that end behind the found one's start: both kinds rise
    for (const [from, to] of pairs(state.found)) {
      while (first < labelled.length && labelled[first].to <= from)
        first++;
      let next = first;
      for (; next < labelled.length && labelled[next].from < to; next++)
        labelled[next].hit += Math.min(to, labelled[next].to) - Math.max(from, labelled[next].from);
      if (next === first)
        falseAlarms.push({ from, to, text: "false alarm" });
    }
    const named = labelled.map(({ from, to, hit }) => ({ from, to, text: hit === 0 ? "labelled, missed" : hit === to - from ? "labelled, found whole" : `labelled, ${count(hit)} of ${count(to - from)} found` }));
    return [...named, ...falseAlarms].sort((a, b) => a.from - b.from);
  }

  function showStretches() {
    if (!byId("stretches").open)
      return;
    const shown = 200, series = open(state.series), all = namedStretches();
    byId("stretch-rows").replaceChildren(...all.slice(0, shown).map(({ from, to, text }) => {
      const button = element("button", { type: "button", textContent: "Show", onclick: () => zoomToStretch(from, to) });
      button.setAttribute("aria-label", `Show ${text}, from ${placeText(series, from)}`);
      const highest = series.scores.slice(from, to).reduce((most, score) => score !== null && (most === null || score > most) ? score : most, null);
      return element("tr", {}, cell(text), cell(placeText(series, from)), cell(placeText(series, to - 1)), cell(highest === null ? "not judged" : short(highest), true), element("td", {}, button));
    }));
    setText("stretch-note", all.length > shown ? `and ${count(all.length - shown)} more` : all.length === 0 ? "Nothing is labelled, and nothing was found." : "");
  }

  function cell(text, isNumber = false) {
    return element("td", { textContent: text, className: isNumber ? "number" : "" });
  }

  function stepStretch(direction) {
    const { x } = open(state.series), middle = (state.view.min + state.view.max) / 2, full = fullView(open(state.series));
    const all = [...pairs(open(state.series).labelled), ...pairs(state.found)].sort((a, b) => a[0] - b[0]);
    const centre = ([from, to]) => (edge(x, from) + edge(x, to)) / 2, slack = (full.max - full.min) / x.length;
    const isWhole = state.view.max - state.view.min >= full.max - full.min;
    const ahead = isWhole ? all : all.filter(one => direction * (centre(one) - middle) > slack);
    const chosen = direction > 0 ? ahead[0] : ahead[ahead.length - 1];
    if (chosen)
      zoomToStretch(...chosen);
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

  // ---- Theme

  function applyTheme() {
    document.documentElement.dataset.theme = theme === "system" ? (media.matches ? "dark" : "light") : theme;
    setText("theme", `◐ ${theme}`);
    byId("theme").setAttribute("aria-label", `Theme: ${theme}`);
    for (const plot of plots)
      plot.redraw(false);
  }

  function addHeading() {
    const total = positives.length + negatives.length;
    document.title = report.title;
    setText("title", report.title);
    setText("summary", `${plural(total, report.unit)} in ${count(report.series.length)} series judged, ${count(positives.length)} anomalous`);
    setText("confusion-caption", `${report.unit === "window" ? "Windows" : "Readings"} by label and verdict`);
    setText("score-note", report.unit === "window" ? "A reading has the highest score of the windows that hold it." : "");
    byId("series-choice").hidden = report.series.length === 1;
    byId("series").append(...report.series.map((series, i) => element("option", { value: String(i), textContent: series.name })));
  }

  function bindPage() {
    const clicks = {
      previous: () => stepStretch(-1), next: () => stepStretch(1), earlier: () => moveBy(-0.5), later: () => moveBy(0.5), narrower: () => zoomBy(0.5), wider: () => zoomBy(2),
      all: () => zoomTo(fullView(open(state.series))),
      theme: () => {
        theme = themes[(themes.indexOf(theme) + 1) % themes.length];
        applyTheme();
      },
    };
    for (const [id, action] of Object.entries(clicks))
      byId(id).addEventListener("click", action);
    byId("series").addEventListener("change", event => chooseSeries(Number(event.target.value)));
    byId("value-plot").addEventListener("keydown", pressKey);
    byId("stretches").addEventListener("toggle", showStretches);
    media.addEventListener("change", applyTheme);
    new ResizeObserver(resize).observe(document.body);
  }

  applyTheme();
  addHeading();
  addControls();
  addFacts();
  addTraining();
  addCurves();
  addCases("false-alarms", report.falseAlarms, false);
  addCases("misses", report.misses, true);
  chooseSeries(0);
  bindPage();
  bindThreshold();
  showThreshold();
})();
