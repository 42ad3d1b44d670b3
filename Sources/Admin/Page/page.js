// The page: what is asked of the daemon, the fleet view, and the way between the views.
"use strict";

const app = {
  pipeline: null, overview: null, before: null, notices: [], sort: "score", offset: 0, rows: [], chosen: -1,
  history: { rate: [], lag: [], latency: [] }, token: sessionStorage.getItem("token"), latest: "", span: 120e3,
};

// Asks the daemon; where it wants a token, the person is asked for it once.
async function ask(path, headers = {}, limit = 10e3) {
  const all = app.token ? { ...headers, Authorization: "Bearer " + app.token } : headers;
  const answer = await fetch(path, { headers: all, signal: limit && AbortSignal.timeout(limit), cache: "no-store" });
  if (answer.status !== 401) return answer;
  await askForToken();
  return ask(path, headers, limit);
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
  const isAnother = app.overview !== null && app.overview.started !== overview.started;
  app.before = isAnother ? null : app.overview;
  app.overview = overview;
  if (isAnother) streamView.restart();
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
  turnTo(0);
  app.history = { rate: [], lag: [], latency: [] };
  for (const button of byId("pipelines").children) button.setAttribute("aria-pressed", button.textContent === name);
  if (app.overview) loadStreams();
}

function drawFleet() {
  const now = app.overview.pipelines.find((pipeline) => pipeline.pipeline === app.pipeline);
  const before = app.before && app.before.pipelines.find((pipeline) => pipeline.pipeline === app.pipeline);
  if (before) measure(now, before, (app.overview.time - app.before.time) / 1000);
  if (byId("fleet").hidden) return;
  drawTroubles(now);
  drawQuality(now);
  drawStates(now.streams);
  drawTotals(now);
  drawTimeline();
}

// What a person has to do something about, the gravest first.
function troubles(now) {
  const found = [];
  const say = (name, text, isGrave) => { found.push({ name, text, isGrave }); };
  const restoring = now.partitions.filter((partition) => partition.restoring);
  const lag = now.partitions.reduce((most, partition) => (partition.lag || 0) > (most.lag || 0) ? partition : most, {});
  if (now.unsavable > 0) say("Waits for the disk.", `Models of ${count(now.unsavable, "partition", "partitions")} cannot be saved, and nothing is read until they can: make room where state.directory is.`, true);
  if (now.stalled_seconds > 30) say("Stands still.", `A partition has not moved for ${duration(now.stalled_seconds)} with records to read; the largest lag is that of ${lag.topic}[${lag.partition}].`, true);
  if (now.joined < now.workers) say("Joins.", `${now.joined} of ${count(now.workers, "worker has", "workers have")} been given their share by the group.`);
  if (restoring.length > 0) say("Restores.", `${restoring.length} of ${count(now.partitions.length, "partition", "partitions")}, ${short(restoring.reduce((sum, partition) => sum + partition.restoring_records, 0))} records left.`);
  if (now.smeared > 0) say("Smeared streams.", `${count(now.smeared, "event", "events")} came without a key, or with another key than the stream's event before: a stream may lie in several partitions, each with a model of its own. Let the producer's key be what names the stream (input.stream), or its group.`);
  if (now.dead_letters > 0) say("Dead letters.", `${count(now.dead_letters, "record was no event", "records were no events")}; the headers in the dead-letter topic say which field and what to do.`);
  return found;
}

function drawTroubles(now) {
  const found = troubles(now);
  const key = JSON.stringify(found);
  if (byId("troubles").dataset.key === key) return;
  byId("troubles").dataset.key = key;
  byId("troubles").replaceChildren(...found.map(({ name, text, isGrave }) => {
    const item = element("li", isGrave ? "grave" : "");
    item.append(element("b", "", name), text);
    return item;
  }));
}

function drawTotals(now) {
  const plural = (number, one) => number === 1 ? one : one + "s";
  const figures = [[now.processed, "processed"], [now.late, "late"], [now.duplicate, "duplicate"], [now.dead_letters, plural(now.dead_letters, "dead letter")],
    [now.commits, plural(now.commits, "commit")], [now.aborts, plural(now.aborts, "abort")], [now.partitions.length, plural(now.partitions.length, "partition")], [now.workers, plural(now.workers, "worker")]];
  byId("totals").replaceChildren(...figures.map(([number, name]) => {
    const item = element("span");
    item.append(element("b", "", short(number)), " " + name);
    return item;
  }));
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
  for (const name of ["rate", "lag", "latency"]) {
    const most = Math.max(...app.history[name]);
    byId("most-" + name).textContent = name === "latency" ? duration(most) : short(Math.round(most));
    sparkline("spark-" + name, app.history[name]);
  }
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
  timeline("timeline", marks, app.overview.time, app.span);
  const anomalies = own.filter((notice) => notice.kind === "anomaly").length;
  const drifts = own.filter((notice) => notice.kind === "drift").length;
  const counted = [count(anomalies, "anomaly", "anomalies"), count(drifts, "drift", "drifts")];
  byId("marks-count").textContent = counted.join(" and ") + ", the gravest anomalies the tallest";
  byId("timeline").dataset.marks = anomalies + drifts;
  drawNotices("notices", own, 40);
}

function count(number, one, many) {
  return `${short(number)} ${number === 1 ? one : many}`;
}

function drawNotices(id, notices, count) {
  const latest = notices.slice(-count).reverse();
  const key = latest.length ? latest[0].seen + "/" + latest[0].event.id + latest.length : "";
  if (byId(id).dataset.key === key) return;
  byId(id).dataset.key = key;
  replaceLinks(byId(id), latest.map((notice) => {
    const { event, kind, seen } = notice;
    const item = element("li");
    const link = element("a", "", event.stream);
    link.href = streamPath(event.stream);
    const what = kind === "anomaly" ? event.severity : kind === "drift" ? event.kind || "recall" : kind === "health" ? event.kind : "";
    item.append(element("time", "", timeOfDay(seen)), element("span", "tag " + kind, `${kind} ${what}`), link, element("span", "what", event.explanation || ""));
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
  byId("no-streams").hidden = page.streams.length > 0;
  replaceLinks(document.querySelector("#streams tbody"), page.streams.map((stream, index) => {
    const row = element("tr", index === app.chosen ? "chosen" : "");
    const name = element("td");
    const link = element("a", "", stream.stream);
    link.href = streamPath(stream.stream);
    name.append(link);
    const state = element("td");
    state.append(element("span", "badge " + stream.state, stream.state));
    const seen = stream.last_seen.slice(0, 19).replace("T", " ");
    row.append(name, state, element("td", "n", stream.score.toFixed(2)), element("td", "n wide", short(stream.events)), element("td", "n wide", seen), element("td", "n wide", `${stream.topic}[${stream.partition}]`));
    row.onclick = () => { location.hash = link.hash; };
    return row;
  }));
}

// Events as they are committed

async function watchEvents() {
  try {
    // Without a time limit: it goes on for as long as the daemon.
    const answer = await ask("/v1/events", app.latest ? { "Last-Event-ID": app.latest } : {}, null);
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

// Goes to the page of streams that begins there.
function turnTo(offset) {
  app.offset = Math.max(0, offset);
  app.chosen = -1;
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
    turnTo(0);
    for (const other of document.querySelectorAll("[data-sort]")) other.setAttribute("aria-pressed", other === button);
    loadStreams();
  };
}
for (const button of document.querySelectorAll("[data-minutes]")) {
  button.onclick = () => {
    app.span = Number(button.dataset.minutes) * 60e3;
    for (const other of document.querySelectorAll("[data-minutes]")) other.setAttribute("aria-pressed", other === button);
    if (app.overview) drawFleet();
  };
}
byId("previous").onclick = () => { turnTo(app.offset - 12); loadStreams(); };
byId("next").onclick = () => { turnTo(app.offset + 12); loadStreams(); };
const redraw = () => { if (app.overview) drawFleet(); if (streamView.data) streamView.draw(); };
window.addEventListener("resize", redraw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
window.addEventListener("hashchange", route);
route();
watchFleet();
watchEvents();
