  // Reads a CSV, has the service score it, and shows the answer around series.js.
  let report = { threshold: 0, probability: null, unlabelled: true, series: [] };
  let table = null; // { names, rows, decimalComma }; a row's `line` is where it starts in the text, from 1
  let asked = 0; // requests for scores, so that a late answer does not take the place of a newer one

  const open = index => report.series[index];
  const address = path => new URL(path, location.href.replace(/[?#].*$/, "").replace(/\/?$/, "/")); // the page may stand at /prefix without a slash
  const missing = new Set(["", "nan", "null", "na", "n/a", "none", "-"]);

  // ---- CSV

  // Rows of cells. Quotes may hold delimiters, line ends and doubled quotes.
  function parse(text) {
    const delimiter = guessDelimiter(text), rows = [];
    let row = [], cell = "", quoted = false, line = 1, first = 1;
    const endRow = () => {
      row.push(cell);
      if (row.length > 1 || cell.trim() !== "")
        rows.push(Object.assign(row.map(one => one.trim()), { line: first }));
      row = [];
      cell = "";
    };
    for (let i = text.charCodeAt(0) === 0xFEFF ? 1 : 0; i < text.length; i++) {
      const symbol = text[i];
      if (symbol === "\n" || symbol === "\r" && text[i + 1] !== "\n")
        line++;
      if (quoted && symbol === "\"" && text[i + 1] === "\"")
        cell += text[++i];
      else if (symbol === "\"" && (quoted || cell.trim() === ""))
        quoted = !quoted;
      else if (!quoted && symbol === delimiter) {
        row.push(cell);
        cell = "";
      } else if (!quoted && (symbol === "\n" || symbol === "\r")) {
        endRow();
        first = line;
      } else
        cell += symbol;
    }
    endRow();
    return { rows, decimalComma: delimiter === ";" };
  }

  function guessDelimiter(text) {
    const line = text.slice(0, 10000).split(/[\r\n]+/).find(one => one.trim() !== "") || "";
    return [";", "\t", ","].find(symbol => line.includes(symbol)) || ",";
  }

  function number(cell) {
    const text = table.decimalComma ? cell.replace(",", ".") : cell;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN; // no Infinity and no 0x10
  }

  const isMissing = cell => cell === undefined || missing.has(cell.toLowerCase());

  // Seconds; a time without an offset is universal time. Plain numbers are no times: they may be anything.
  function time(cell) {
    const parts = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(cell || "");
    if (!parts)
      return NaN;
    const [, year, month, day, hour = 0, minute = 0, second = 0, offset] = parts;
    const shift = !offset || offset === "Z" ? 0 : (offset[0] === "-" ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2)));
    return Date.UTC(year, month - 1, day, hour, minute) / 1000 + Number(second) - shift * 60;
  }

  function read(text) {
    asked++;
    showFault("");
    const { rows, decimalComma } = parse(text);
    table = { rows, decimalComma, names: [] };
    if (rows.length > 0) {
      const isData = cell => isMissing(cell) || !Number.isNaN(number(cell)) || !Number.isNaN(time(cell));
      // A row of names has at least one cell that is neither a number nor a time where the row below has one.
      const header = rows[0].some((cell, i) => !isData(cell) && (rows.length === 1 || isData(rows[1][i]))), width = Math.max(...rows.slice(0, 100).map(row => row.length));
      table.names = Array.from({ length: width }, (_, i) => (header && rows[0][i]) || `column ${i + 1}`);
      if (header)
        rows.shift();
    }
    guessColumns();
    setText("read", table.rows.length === 0 ? "" : `${plural(table.rows.length, "row")}, ${plural(table.names.length, "column")}`);
  }

  function guessColumns() {
    const { names, rows } = table, sample = rows.slice(0, 200), all = names.map((_, i) => i);
    const share = test => column => sample.filter(row => test(row[column])).length / Math.max(1, sample.length);
    const timed = share(cell => !Number.isNaN(time(cell))), numeric = share(cell => isMissing(cell) || !Number.isNaN(number(cell)));
    const called = pattern => column => pattern.test(names[column]);
    const timeColumn = all.find(column => timed(column) > 0.9) ?? -1;
    const values = all.filter(column => numeric(column) > 0.5 && column !== timeColumn && !called(/label|anomal|^index$|^id$|^(time|date)/i)(column));
    const valueColumn = values.find(called(/^(value|reading|y)/i)) ?? values[0] ?? -1;
    const keyColumn = all.find(column => column !== timeColumn && column !== valueColumn && called(/^(group|key|series|host|sensor|device|machine|patient|unit)/i)(column)) ?? -1;
    fill("value-column", all, valueColumn, null);
    fill("time-column", all, timeColumn, "none");
    fill("key-column", all, keyColumn, "one series");
    byId("columns").hidden = rows.length === 0;
    byId("score").disabled = valueColumn < 0;
    if (rows.length > 0 && valueColumn < 0)
      showFault("No column holds numbers. A CSV with a reading a row is expected, with a column of values and, where there is one, a column of times.");
  }

  function fill(id, columns, chosen, none) {
    const options = columns.map(column => element("option", { value: String(column), textContent: table.names[column] }));
    byId(id).replaceChildren(...none === null ? [] : [element("option", { value: "-1", textContent: none })], ...options);
    byId(id).value = String(chosen);
    byId(id).disabled = columns.length === 0;
  }

  const chosen = id => Number(byId(id).value);

  // The rows as series, in the order in which their keys appear.
  function readSeries() {
    const valueColumn = chosen("value-column"), timeColumn = chosen("time-column"), keyColumn = chosen("key-column"), series = new Map();
    table.rows.forEach(row => {
      const cell = row[valueColumn], key = keyColumn < 0 ? null : row[keyColumn] || "";
      if (!isMissing(cell) && Number.isNaN(number(cell)))
        throw new Error(`Line ${count(row.line)} has “${cell.slice(0, 40)}” in column “${table.names[valueColumn]}”, which is not a number. Choose another column, or leave the cell empty where the value is missing.`);
      if (!series.has(key))
        series.set(key, { key, values: [], times: [] });
      const one = series.get(key);
      one.values.push(isMissing(cell) ? null : number(cell));
      one.times.push(timeColumn < 0 ? NaN : time(row[timeColumn]));
    });
    return [...series.values()];
  }

  // ---- Scoring

  async function score() {
    const button = byId("score"), turn = ++asked;
    button.disabled = true;
    showFault("");
    try {
      const series = readSeries();
      setText("read", `${plural(table.rows.length, "reading")} being scored …`);
      const response = await fetch(address("score"), {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ series: series.map(({ key, values }) => key === null ? { values } : { key, values }), readings: true }),
      });
      const answer = await response.json().catch(() => null);
      if (turn !== asked)
        return;
      if (!response.ok || answer === null)
        throw new Error(answer?.detail ?? `The service answered ${response.status}.`);
      show(series, answer);
    } catch (fault) {
      if (turn !== asked)
        return;
      setText("read", plural(table.rows.length, "row"));
      showFault(fault instanceof TypeError ? "The service cannot be reached. Is it running?" : fault.message);
    }
    button.disabled = false;
  }

  function show(series, answer) {
    report = { threshold: answer.model.threshold, probability: null, unlabelled: true, series: series.map((one, i) => shown(one, answer.series[i])) };
    state.threshold = report.threshold;
    byId("series-section").hidden = false;
    byId("stretches").open = true;
    listSeries();
    const first = answer.series.findIndex(one => one.found.length > 0);
    chooseSeries(Math.max(0, first));
    const found = answer.series.reduce((sum, one) => sum + one.found.length, 0), unknown = answer.series.filter(one => one.knownKey === false).length;
    const untimed = chosen("time-column") >= 0 && report.series.some(one => !one.timed);
    setText("read", [
      `${found === 1 ? "1 stretch" : `${count(found)} stretches`} found in ${plural(table.rows.length, "reading")}${series.length > 1 ? ` of ${count(series.length)} series` : ""}.`,
      unknown > 0 ? `${series.length > 1 ? `${count(unknown)} of the series are` : "The series is"} of no group that the model was trained on: values of such are scaled by the range of all.` : "",
      untimed ? "Times that are missing, stand still or go back are not drawn: the axis counts readings." : "",
    ].filter(Boolean).join(" "));
  }

  function shown({ key, values, times }, answer) {
    const timed = times.every((one, i) => !Number.isNaN(one) && (i === 0 || one > times[i - 1]));
    return { name: key ?? "series", timed, x: Float64Array.from(values, (_, i) => timed ? times[i] : i), values, labelled: [], scores: answer.readings.scores };
  }

  const showFault = text => setText("fault", text);

  async function showModel() {
    const health = await fetch(address("health")).then(response => response.json()).catch(() => null), model = health?.model;
    setText("summary", model ? `${model.name}, version ${model.version} · ${model.backbone} · windows of ${plural(model.window, "reading")}` : "The service has no model yet.");
  }

  // ---- Page

  async function take(file) {
    byId("text").value = "";
    byId("text").placeholder = `${file.name}, ${count(file.size)} bytes`;
    read(await file.text());
    if (!byId("score").disabled)
      await score();
  }

  function bindDrop() {
    const drop = byId("drop"), over = isOver => event => {
      event.preventDefault();
      drop.classList.toggle("over", isOver);
    };
    // Beside the box, too: a browser would leave the page for the file.
    for (const [name, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]])
      document.addEventListener(name, over(isOver));
    document.addEventListener("drop", event => event.dataTransfer.files[0] && take(event.dataTransfer.files[0]));
    byId("file").addEventListener("change", event => event.target.files[0] && take(event.target.files[0]));
    byId("text").addEventListener("input", event => read(event.target.value));
    byId("score").addEventListener("click", score);
  }

  byId("series-section").hidden = true;
  byId("labelled-legend").hidden = true;
  setText("score-note", "A reading has the mean score of the windows that hold it.");
  bindTheme();
  bindSeries();
  bindDrop();
  showModel();
