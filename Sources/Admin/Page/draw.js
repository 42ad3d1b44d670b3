// What the views draw with: colours of the theme, canvases at the screen's resolution, and numbers for people.
"use strict";

const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const series = () => colour("series").split(",").map((text) => text.trim());

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Shows other children, and leaves the focus on the link that had it, if that is still there.
function replaceLinks(node, children) {
  const focused = node.contains(document.activeElement) && document.activeElement.getAttribute("href");
  node.replaceChildren(...children);
  if (focused) [...node.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

// A number with three digits that matter.
function short(value) {
  if (value === null || value === undefined || !isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return (value / 1e6).toFixed(size < 1e7 ? 2 : 1) + " M";
  if (size >= 1e4) return (value / 1e3).toFixed(size < 1e5 ? 1 : 0) + " k";
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toString();
  return size === 0 ? "0" : Number(value.toPrecision(3)).toString();
}

function duration(seconds) {
  if (!isFinite(seconds)) return "–";
  if (seconds < 1e-3) return Math.round(seconds * 1e6) + " µs";
  return seconds < 1 ? Math.round(seconds * 1e3) + " ms" : short(seconds) + " s";
}

// The time of day where the reader is.
function timeOfDay(time, hasSeconds = true) {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: hasSeconds ? "2-digit" : undefined });
}

// The canvas's context, scaled so that one unit is one CSS pixel, and its size.
function canvas(id) {
  const node = byId(id);
  const box = node.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  node.width = Math.max(1, Math.round(box.width * ratio));
  node.height = Math.max(1, Math.round(box.height * ratio));
  const context = node.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return { context, width: box.width, height: box.height };
}

// A line over the last values, from zero to the largest of them.
function sparkline(id, values) {
  const { context, width, height } = canvas(id);
  if (values.length < 2) return;
  const top = Math.max(...values, 1e-9);
  context.beginPath();
  values.forEach((value, index) => {
    const x = width * index / (values.length - 1);
    const y = height - 2 - (height - 4) * Math.max(0, value) / top;
    if (index === 0) context.moveTo(x, y); else context.lineTo(x, y);
  });
  context.strokeStyle = colour("accent");
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(width, height);
  context.lineTo(0, height);
  context.fillStyle = colour("band");
  context.fill();
}

// A bar that is filled to a share; `mark` is a share that is to be seen on it.
function meter(node, share, { mark, over } = {}) {
  node.replaceChildren();
  const fill = element("i", over ? "over" : "");
  fill.style.width = Math.max(0, Math.min(1, share || 0)) * 100 + "%";
  node.append(fill);
  if (mark !== undefined) {
    const line = element("u");
    line.style.left = `calc(${Math.min(1, mark) * 100}% - 1px)`;
    node.append(line);
  }
}

// Marks over time: anomalies above, drifts below, the latest at the right.
function timeline(id, marks, now, span) {
  const { context, width, height } = canvas(id);
  const lanes = [["anomaly", 0, height * 0.42], ["drift", height * 0.45, height * 0.78]];
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colour("soft");
  context.strokeStyle = colour("line");
  context.lineWidth = 1;
  const step = [15, 30, 60, 120, 300, 600, 900, 1800].map((seconds) => seconds * 1e3).find((step) => width * step / span >= 90) || span;
  for (let time = Math.ceil((now - span) / step) * step; time <= now; time += step) {
    const x = width * (1 - (now - time) / span);
    context.beginPath();
    context.moveTo(x + .5, 0);
    context.lineTo(x + .5, height - 16);
    context.stroke();
    const text = timeOfDay(time, step < 60e3);
    const half = context.measureText(text).width / 2;
    if (x > half && x < width - half - 24) context.fillText(text, x - half, height - 3);
  }
  context.fillText("now", width - context.measureText("now").width, height - 3);
  for (const [kind, top, bottom] of lanes) {
    context.fillStyle = colour(kind);
    const own = marks.filter((mark) => mark.kind === kind && now - mark.seen < span);
    for (const mark of own) {
      const x = width * (1 - (now - mark.seen) / span);
      context.globalAlpha = own.length > 60 ? .55 : .85;
      const grave = mark.severity === "critical" ? 0 : mark.severity === "major" ? .25 : .45;
      const start = kind === "anomaly" ? top + (bottom - top) * grave : top;
      context.fillRect(x - 1.5, start, 3, bottom - start);
    }
    context.globalAlpha = 1;
    context.fillText(kind === "anomaly" ? "anomalies" : "drifts", 4, top + 11);
  }
}

// Weights over time as stacked areas; each row holds one weight for each name.
function attentionRiver(id, rows, names, shown) {
  const { context, width, height } = canvas(id);
  context.fillStyle = colour("zero");
  context.fillRect(0, 0, width, height);
  if (rows.length < 2) return;
  const columns = Math.min(rows.length, Math.floor(width / 2));
  const colours = series();
  const base = new Array(columns).fill(0);
  shown.forEach((name, place) => {
    const expert = names.indexOf(name);
    context.beginPath();
    for (let column = 0; column < columns; column += 1) {
      const x = width * column / (columns - 1);
      if (column === 0) context.moveTo(x, height * (1 - base[column]));
      else context.lineTo(x, height * (1 - base[column]));
    }
    for (let column = columns - 1; column >= 0; column -= 1) {
      const row = rows[Math.floor(column * (rows.length - 1) / (columns - 1))];
      base[column] += row[expert] || 0;
      context.lineTo(width * column / (columns - 1), height * (1 - base[column]));
    }
    context.fillStyle = colours[place % colours.length];
    context.fill();
  });
}

// Two rows of cells from blue (negative) to red (positive).
function heatMap(id, rows, labels) {
  const { context, width, height } = canvas(id);
  const left = 46, bottom = 44;
  const cell = (width - left) / labels.length;
  const tall = (height - bottom) / rows.length;
  const top = Math.max(...rows.flatMap((row) => row.values.map(Math.abs)), 1e-9);
  context.font = "11px system-ui, sans-serif";
  rows.forEach((row, index) => {
    context.globalAlpha = 1;
    context.fillStyle = colour("soft");
    context.fillText(row.name, 0, index * tall + tall / 2 + 4);
    row.values.forEach((value, column) => {
      context.globalAlpha = 1;
      context.fillStyle = colour("zero");
      context.fillRect(left + column * cell, index * tall, cell - 1, tall - 1);
      context.globalAlpha = Math.sqrt(Math.abs(value) / top);
      context.fillStyle = colour(value < 0 ? "low" : "high");
      context.fillRect(left + column * cell, index * tall, cell - 1, tall - 1);
    });
  });
  context.globalAlpha = 1;
  context.fillStyle = colour("soft");
  const group = (label) => label.replace(/\..*|\d+$/, "").replace(/\d+$/, "");
  const groups = labels.map((label, column) => [group(label), column]).filter(([name, column]) => column === 0 || name !== group(labels[column - 1]));
  let end = 0;
  for (const [name, column] of groups) {
    if (name === "bias") continue;
    const x = left + column * cell, isTight = x < end;
    context.fillRect(x, height - bottom + 2, 1, isTight ? 18 : 6);
    context.fillText(name, Math.min(x, width - context.measureText(name).width), height - bottom + (isTight ? 32 : 20));
    if (!isTight) end = x + context.measureText(name).width + 4;
  }
}

// A clock of the week: seven rings of 24 hours, from low to high.
function weekClock(id, week) {
  const { context, width, height } = canvas(id);
  const centre = Math.min(width, height) / 2, radius = centre - 9;
  const known = week.filter((level) => level !== null);
  const low = Math.min(...known), high = Math.max(...known);
  for (let hour = 0; hour < 168; hour += 1) {
    const ring = Math.floor(hour / 24);
    const inner = radius * (.3 + .09 * ring), outer = inner + radius * .08;
    const start = (hour % 24) / 24 * 2 * Math.PI - Math.PI / 2;
    context.beginPath();
    context.arc(centre, centre, outer, start + .01, start + Math.PI / 12 - .01);
    context.arc(centre, centre, inner, start + Math.PI / 12 - .01, start + .01, true);
    context.closePath();
    context.globalAlpha = 1;
    context.fillStyle = colour("zero");
    context.fill();
    if (week[hour] === null || week[hour] === undefined) continue;
    context.globalAlpha = high > low ? .12 + .88 * (week[hour] - low) / (high - low) : .5;
    context.fillStyle = colour("accent");
    context.fill();
  }
  context.globalAlpha = 1;
  context.fillStyle = colour("soft");
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.fillText("0 h", centre, 9);
  context.fillText("12 h", centre, 2 * centre - 1);
  context.fillText(known.length ? short(low) : "", centre, centre - 2);
  context.fillText(known.length ? "to " + short(high) : "learning", centre, centre + 12);
  context.textAlign = "start";
}
