// The page: what is asked of the daemon, the fleet view, and the way between the views.
"use strict";

const app = {
  pipeline: null, overview: null, before: null, notices: [], sort: "score", offset: 0, rows: [], chosen: -1,
  history: { rate: [], lag: [], latency: [] }, token: sessionStorage.getItem("token"), latest: "",
};
const timelineSpan = 120e3;

// Asks the daemon; where it wants a token, the person is asked for it once.
async function ask(path, headers = {}) {
  const all = app.token ? { ...headers, Authorization: "Bearer " + app.token } : headers;
  const answer = await fetch(path, { headers: all, cache: "no-store" });
  if (answer.status !== 401) return answer;
  await askForToken();
  return ask(path, headers);
}

let tokenAsked = null;
function askForToken() {
  if (tokenAsked) return tokenAsked;
  const dialog = byId("token");
  tokenAsked = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      app.token = byId("token-text").value;
      sessionStorage.setItem("token", app.token);
      tokenAsked = null;
      resolve();
    }, { once: true });
  });
  dialog.showModal();
  return tokenAsked;
}

// The fleet

async function watchFleet() {
  try {
    const answer = await ask("/v1/pipelines");
    if (answer.ok) takeOverview(await answer.json());
    if (!byId("fleet").hidden) await loadStreams();
  } catch {
    byId("health").textContent = "not reachable";
    byId("health").className = "health down";
  }
  setTimeout(watchFleet, 1000);
}

function takeOverview(overview) {
  app.before = app.overview;
  app.overview = overview;
  byId("version").textContent = "spnd " + overview.version;
  const names = overview.pipelines.map((pipeline) => pipeline.pipeline);
  if (!names.includes(app.pipeline)) app.pipeline = names[0];
  drawPipelines(names);
  const isReady = overview.pipelines.every((pipeline) => pipeline.ready);
  byId("health").textContent = isReady ? "ready" : "not ready";
  byId("health").className = isReady ? "health ready" : "health";
  drawFleet();
}

function drawPipelines(names) {
  const nav = byId("pipelines");
  if (nav.childElementCount === names.length || names.length < 2) return;
  nav.replaceChildren(...names.map((name) => {
    const button = element("button", "", name);
    button.setAttribute("aria-pressed", name === app.pipeline);
    button.onclick = () => { location.hash = fleetPath(name); };
    return button;
  }));
}

function usePipeline(name) {
  if (name === app.pipeline) return;
  app.pipeline = name;
  app.before = null;
  app.offset = 0;
  app.history = { rate: [], lag: [], latency: [] };
  for (const button of byId("pipelines").children) button.setAttribute("aria-pressed", button.textContent === name);
  if (app.overview) loadStreams();
}

function drawFleet() {
  const now = app.overview.pipelines.find((pipeline) => pipeline.pipeline === app.pipeline);
  const before = app.before && app.before.pipelines.find((pipeline) => pipeline.pipeline === app.pipeline);
  if (before) measure(now, before, (app.overview.time - app.before.time) / 1000);
  if (byId("fleet").hidden) return;
  drawQuality(now);
  drawStates(now.streams);
  drawTimeline();
}

function measure(now, before, seconds) {
  const push = (list, value) => { list.push(value); if (list.length > 60) list.shift(); };
  const lag = now.partitions.reduce((sum, partition) => sum + (partition.lag || 0), 0);
  push(app.history.rate, (now.received - before.received) / Math.max(seconds, .1));
  push(app.history.lag, lag);
  const latency = quantile(now.latency, before.latency, .99);
  push(app.history.latency, isFinite(latency) ? latency : 0);
  if (byId("fleet").hidden) return;
  const recent = app.history.rate.slice(-5);
  byId("rate").textContent = short(Math.round(recent.reduce((sum, rate) => sum + rate, 0) / recent.length));
  byId("lag").textContent = short(lag);
  byId("latency").textContent = isFinite(latency) ? "≤ " + duration(latency) : "–";
  for (const name of ["rate", "lag", "latency"]) sparkline("spark-" + name, app.history[name]);
}

// The upper bound of the bucket that holds the quantile of what came between two looks.
function quantile(now, before, share) {
  const counts = now.counts.map((count, index) => count - before.counts[index]);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NaN;
  let sum = 0;
  const place = counts.findIndex((count) => (sum += count) >= share * total);
  return now.bounds[place] ?? Infinity;
}

function drawQuality(now) {
  const coverage = now.covered_values / now.predicted_values;
  byId("coverage").textContent = isFinite(coverage) ? (coverage * 100).toFixed(1) + " %" : "–";
  byId("coverage-target").textContent = `of ${(now.coverage_target * 100).toFixed(0)} %`;
  const low = .8;
  meter(byId("coverage-meter"), (coverage - low) / (1 - low), { mark: (now.coverage_target - low) / (1 - low) });
  const used = now.anomalies / now.alarms_allowed;
  byId("budget").textContent = isFinite(used) ? (used * 100).toFixed(0) + " %" : "–";
  byId("budget-text").textContent = now.budget;
  meter(byId("budget-meter"), used / 2, { mark: .5, over: used > 1 });
}

function drawStates(streams) {
  const total = Math.max(1, streams.learning + streams.steady + streams.anomalous);
  const bar = element("div", "bar");
  const keys = element("div", "keys");
  for (const name of ["steady", "learning", "anomalous"]) {
    const part = element("i", name);
    part.style.width = streams[name] / total * 100 + "%";
    bar.append(part);
    const key = element("span");
    key.append(element("i", "k " + name), element("b", "", short(streams[name])), ` ${name}`);
    keys.append(key);
  }
  byId("states").replaceChildren(bar, keys);
}

function drawTimeline() {
  const own = app.notices.filter((notice) => notice.pipeline === app.pipeline);
  const marks = own.map((notice) => ({ kind: notice.kind, seen: notice.seen, severity: notice.event.severity }));
  timeline("timeline", marks, app.overview.time, timelineSpan);
  const anomalies = own.filter((notice) => notice.kind === "anomaly").length;
  const drifts = own.filter((notice) => notice.kind === "drift").length;
  const counted = [count(anomalies, "anomaly", "anomalies"), count(drifts, "drift", "drifts")];
  byId("marks-count").textContent = counted.join(" and ") + " seen by this page";
  byId("timeline").dataset.marks = anomalies + drifts;
  drawNotices("notices", own, 40);
}

function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

function drawNotices(id, notices, count) {
  const latest = notices.slice(-count).reverse();
  const key = latest.length ? latest[0].seen + "/" + latest[0].event.id + latest.length : "";
  if (byId(id).dataset.key === key) return;
  byId(id).dataset.key = key;
  byId(id).replaceChildren(...latest.map((notice) => {
    const { event, kind, seen } = notice;
    const item = element("li");
    const link = element("a", "", event.stream);
    link.href = streamPath(event.stream);
    const what = kind === "anomaly" ? event.severity : kind === "drift" ? event.kind || "recall" : kind === "health" ? event.kind : "";
    item.append(element("time", "", new Date(seen).toLocaleTimeString([], { hour12: false })), element("span", "tag " + kind, `${kind} ${what}`), link, element("span", "what", event.explanation || ""));
    return item;
  }));
}

async function loadStreams() {
  const answer = await ask(`/v1/streams?pipeline=${encodeURIComponent(app.pipeline)}&sort=${app.sort}&limit=12&offset=${app.offset}`);
  if (!answer.ok) return;
  const page = await answer.json();
  app.rows = page.streams;
  byId("previous").disabled = app.offset === 0;
  byId("next").disabled = !page.more;
  document.querySelector("#streams tbody").replaceChildren(...page.streams.map((stream, index) => {
    const row = element("tr", index === app.chosen ? "chosen" : "");
    const name = element("td");
    const link = element("a", "", stream.stream);
    link.href = streamPath(stream.stream);
    name.append(link);
    const state = element("td");
    state.append(element("span", "badge " + stream.state, stream.state));
    const seen = stream.last_seen.slice(0, 19).replace("T", " ");
    row.append(name, state, element("td", "n", stream.score.toFixed(2)), element("td", "n", short(stream.events)), element("td", "n wide", seen), element("td", "n wide", `${stream.topic}[${stream.partition}]`));
    row.onclick = () => { location.hash = link.hash; };
    return row;
  }));
}

// Events as they are committed

async function watchEvents() {
  try {
    const answer = await ask("/v1/events", app.latest ? { "Last-Event-ID": app.latest } : {});
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      parts.forEach(takeEvent);
      app.notices.splice(0, app.notices.length - 3000);
    }
  } catch {
    // The fleet's watch says that the daemon is gone.
  }
  setTimeout(watchEvents, 2000);
}

function takeEvent(text) {
  const fields = Object.fromEntries(text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  if (!fields.data) return;
  app.latest = fields.id;
  const notice = JSON.parse(fields.data);
  const kinds = { anomalies: notice.event.state === "resolved" ? "resolved" : "anomaly", drift: "drift", health: "health" };
  app.notices.push({ ...notice, kind: kinds[fields.event] });
}

// The way between the views

function fleetPath(pipeline) {
  return "#/" + (pipeline === null ? "" : "?pipeline=" + encodeURIComponent(pipeline));
}

function streamPath(name) {
  return fleetPath(app.pipeline).replace("#/", () => "#/stream/" + encodeURIComponent(name));
}

function route() {
  const match = /^#\/(?:stream\/([^?]+))?(?:\?pipeline=(.+))?$/.exec(location.hash) || [];
  const [stream, pipeline] = match.slice(1).map((part) => part && decodeURIComponent(part));
  if (pipeline) usePipeline(pipeline);
  byId("fleet").hidden = Boolean(stream);
  byId("stream").hidden = !stream;
  if (stream) streamView.open(stream);
  else streamView.close();
  document.title = stream ? stream + " · spnd" : "spnd";
  window.scrollTo(0, 0);
  if (!stream && app.overview) drawFleet();
}

function choose(step) {
  app.chosen = Math.max(0, Math.min(app.rows.length - 1, app.chosen + step));
  document.querySelectorAll("#streams tbody tr").forEach((row, index) => {
    row.className = index === app.chosen ? "chosen" : "";
    if (index === app.chosen) row.scrollIntoView({ block: "nearest" });
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.activeElement.blur();
    location.hash = fleetPath(app.pipeline);
    return;
  }
  if (event.target.matches("input")) {
    if (event.key === "Enter" && event.target.id === "search" && event.target.value) {
      location.hash = streamPath(event.target.value);
      event.target.value = "";
      event.target.blur();
    }
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    location.hash = fleetPath(app.pipeline);
    byId("search").focus();
  } else if (event.key === "j" || event.key === "k") choose(event.key === "j" ? 1 : -1);
  else if (event.key === "Enter" && app.rows[app.chosen] && !byId("fleet").hidden && event.target === document.body) {
    location.hash = streamPath(app.rows[app.chosen].stream);
  }
});

for (const button of document.querySelectorAll("[data-sort]")) {
  button.onclick = () => {
    app.sort = button.dataset.sort;
    app.offset = 0;
    for (const other of document.querySelectorAll("[data-sort]")) other.setAttribute("aria-pressed", other === button);
    loadStreams();
  };
}
byId("previous").onclick = () => { app.offset = Math.max(0, app.offset - 12); loadStreams(); };
byId("next").onclick = () => { app.offset += 12; loadStreams(); };
const redraw = () => { if (app.overview) drawFleet(); if (streamView.data) streamView.draw(); };
window.addEventListener("resize", redraw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
window.addEventListener("hashchange", route);
route();
watchFleet();
watchEvents();
