  // The plot of a series above that of its score, with its zoom and its stretches, for pages that have the elements of series.html. A page
  // says what it shows: `report` has `threshold`, `probability` (null where scores have none), `unlabelled` where there are no labels, and as
  // many `series` as are chosen from; open(index) gives one with name, timed, x, values, labelled (ends of stretches) and scores.
  // Text that came from data reaches the page through textContent alone.
  const plots = new Set();
  const media = matchMedia("(prefers-color-scheme: dark)");
  const state = { series: 0, threshold: 0, view: null, found: [] };
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

  // Begin and end (behind the last value), one after the other, of each run of values above the threshold.
  function stretchesAbove(scores, threshold) {
    const ends = [];
    for (let i = 0; i <= scores.length; i++)
      if ((i < scores.length && scores[i] !== null && scores[i] > threshold) !== (ends.length % 2 === 1))
        ends.push(i);
    return ends;
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
      const lanes = [...report.unlabelled ? [] : [["labelled", series.labelled, 30]], ["found", state.found, 16]];
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
        falseAlarms.push({ from, to, text: report.unlabelled ? "found" : "false alarm" });
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
    setText("stretch-note", all.length > shown ? `and ${count(all.length - shown)} more` : all.length === 0 ? (report.unlabelled ? "Nothing was found." : "Nothing is labelled, and nothing was found.") : "");
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

  function bindSeries() {
    const clicks = {
      previous: () => stepStretch(-1), next: () => stepStretch(1), earlier: () => moveBy(-0.5), later: () => moveBy(0.5), narrower: () => zoomBy(0.5), wider: () => zoomBy(2),
      all: () => zoomTo(fullView(open(state.series))),
    };
    for (const [id, action] of Object.entries(clicks))
      byId(id).addEventListener("click", action);
    byId("series").addEventListener("change", event => chooseSeries(Number(event.target.value)));
    byId("value-plot").addEventListener("keydown", pressKey);
    byId("stretches").addEventListener("toggle", showStretches);
    new ResizeObserver(resize).observe(document.body);
  }

  function listSeries() {
    byId("series-choice").hidden = report.series.length === 1;
    byId("series").replaceChildren(...report.series.map((series, i) => element("option", { value: String(i), textContent: series.name })));
  }

  // ---- Theme

  function applyTheme() {
    document.documentElement.dataset.theme = theme === "system" ? (media.matches ? "dark" : "light") : theme;
    setText("theme", `◐ ${theme}`);
    byId("theme").setAttribute("aria-label", `Theme: ${theme}`);
    for (const plot of plots)
      plot.redraw(false);
  }

  function bindTheme() {
    byId("theme").addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      applyTheme();
    });
    media.addEventListener("change", applyTheme);
    applyTheme();
  }
