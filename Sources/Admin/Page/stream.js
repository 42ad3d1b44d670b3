// The stream view: what one stream's network expects, why, and what it has become.
"use strict";

const streamView = {
  name: null, channel: 0, data: null, points: [], attention: [], next: 0, chart: null, timer: null, pruned: [],

  open(name) {
    this.close();
    this.name = name;
    byId("stream-name").textContent = name;
    byId("stream-line").textContent = "";
    byId("stream-state").textContent = "";
    byId("stream-pipeline").textContent = app.pipeline || "";
    byId("channels").replaceChildren();
    byId("stream").classList.add("waiting");
    this.update();
  },

  close() {
    clearTimeout(this.timer);
    if (this.chart) this.chart.destroy();
    Object.assign(this, { name: null, channel: 0, data: null, points: [], attention: [], next: 0, chart: null, pruned: [] });
  },

  choose(channel) {
    const name = this.name;
    this.open(name);
    this.channel = channel;
  },

  async update() {
    const { name, channel } = this;
    if (app.pipeline === null) {
      this.timer = setTimeout(() => this.update(), 100);
      return;
    }
    const path = "/v1/streams/" + name.split("/").map(encodeURIComponent).join("/");
    let said = "The daemon cannot be reached; this is what it said last.";
    let data = null;
    try {
      const answer = await ask(`${path}?pipeline=${encodeURIComponent(app.pipeline)}&channel=${channel}&after=${this.next}`);
      said = answer.status === 404 ? "No worker of this process has the stream; another member of the group may." : "The workers are busy.";
      if (answer.ok) data = await answer.json();
    } catch {
      // Said below; the daemon may come back.
    }
    // Another stream may have been chosen meanwhile.
    if (this.name !== name || this.channel !== channel) return;
    this.timer = setTimeout(() => this.update(), 1000);
    if (data) this.take(data);
    else byId("stream-line").textContent = said;
  },

  // A daemon that was started since counts what it says from the beginning.
  restart() {
    if (this.name !== null) this.choose(this.channel);
  },

  take(data) {
    const first = this.data === null;
    if (!first) this.notePruned(this.data.synapses, data.synapses);
    this.data = data;
    byId("stream").classList.remove("waiting");
    const { points, attention, first: number } = data.course;
    if (first) this.points = this.past(data, points);
    this.points.push(...points);
    this.attention.push(...attention);
    this.next = number + points.length - 1;
    this.points.splice(0, this.points.length - 1500);
    this.attention.splice(0, this.attention.length - 1500);
    this.draw();
  },

  // Before anybody looked, only the values are known; their times follow from the usual spacing.
  past(data, points) {
    const last = points.length ? points[0][0] : Date.parse(data.last_seen);
    const spacing = (data.spacing || 1) * 1000;
    const values = points.length ? data.history.slice(0, -points.length) : data.history;
    return values.map((value, index) =>
      [last - (values.length - (points.length ? 0 : 1) - index) * spacing, value, null, null, null, null, false, ""]);
  },

  // What a slot listened to before it was grown anew.
  notePruned(before, now) {
    now.forEach((synapse, slot) => {
      if (before[slot] && before[slot].lag !== synapse.lag) this.pruned[slot] = before[slot].lag;
    });
  },

  draw() {
    const data = this.data;
    const state = data.anomaly ? "anomalous" : data.warm_up > 0 ? "learning" : "steady";
    byId("stream-state").textContent = data.anomaly ? `anomaly, ${data.severity}` : state;
    byId("stream-state").className = "badge " + state;
    byId("stream-pipeline").textContent = `${app.pipeline} / ${data.topic}[${data.partition}]`;
    const next = data.next;
    byId("stream-line").textContent = `After ${short(data.events)} events it expects ${short(next.prediction)} next, ` +
      `between ${short(next.lower)} and ${short(next.upper)}. Score ${short(data.score)}, alarm at ${short(data.level)}.` +
      (data.warm_up > 0 ? ` No alarm for ${data.warm_up} more events.` : "");
    byId("chart-title").textContent = data.channel;
    this.drawChannels(data);
    this.drawChart();
    this.drawAttention(data);
    heatMap("weights", [{ name: "slow", values: data.weights.slow }, { name: "plastic", values: data.weights.plastic }], data.weights.inputs);
    byId("weights-top").textContent = short(Math.max(...[...data.weights.slow, ...data.weights.plastic].map(Math.abs)));
    this.drawSynapses(data.synapses);
    this.drawNeighbours(data);
    weekClock("season", data.week);
    this.drawRegimes(data.regimes);
    this.drawModulator(data);
    drawNotices("stream-notices", app.notices.filter((notice) => notice.event.stream === this.name), 30);
  },

  drawChannels(data) {
    const nav = byId("channels");
    if (data.channels.length < 2 || nav.childElementCount === data.channels.length) return;
    nav.replaceChildren(...data.channels.map((name, index) => {
      const button = element("button", "", name);
      button.setAttribute("aria-pressed", index === this.channel);
      button.onclick = () => this.choose(index);
      return button;
    }));
  },

  drawChart() {
    const none = [NaN, NaN, NaN];
    const rows = this.points.map(([time, value, prediction, lower, upper]) =>
      [new Date(time), [value, value, value], prediction === null ? none : [lower, prediction, upper]]);
    if (rows.length === 0) return;
    const options = {
      file: rows, labels: ["time", "value", "prediction"], customBars: true, labelsUTC: true, strokeWidth: 1.2,
      series: { value: { color: colour("value"), strokeWidth: 1.6 }, prediction: { color: colour("accent") } },
      fillAlpha: .2, axisLineColor: colour("line"), gridLineColor: colour("line"), legend: "follow",
      axes: { y: { axisLabelFormatter: short }, x: { axisLabelWidth: 70 } },
      underlayCallback: (context, area, chart) => this.drawMarks(context, area, chart),
    };
    if (this.chart) this.chart.updateOptions(options);
    else {
      const { file, ...rest } = options;
      this.chart = new Dygraph(byId("chart"), file, rest);
    }
  },

  // Open anomalies as bands, drifts as lines.
  drawMarks(context, area, chart) {
    let count = 0;
    const stripe = (from, to, name, alpha) => {
      const left = chart.toDomXCoord(from), right = chart.toDomXCoord(to);
      context.globalAlpha = alpha;
      context.fillStyle = colour(name);
      context.fillRect(left, area.y, Math.max(2, right - left), area.h);
      context.globalAlpha = 1;
      count += 1;
    };
    let since = null;
    for (const point of this.points) {
      if (point[6] && since === null) since = point[0];
      if (!point[6] && since !== null) {
        stripe(since, point[0], "anomaly", .22);
        since = null;
      }
      if (point[7]) stripe(point[0], point[0], "drift", .9);
    }
    if (since !== null) stripe(since, this.points[this.points.length - 1][0], "anomaly", .22);
    const range = chart.xAxisRange();
    for (const notice of app.notices) {
      const time = Date.parse(notice.event.time);
      if (notice.event.stream !== this.name || time < range[0] || time > range[1]) continue;
      if (notice.kind === "drift") stripe(time, time, "drift", .9);
      if (notice.kind === "anomaly") stripe(time, time, "anomaly", .9);
    }
    byId("chart").dataset.marks = count;
  },

  drawAttention(data) {
    const names = data.experts.map((expert) => expert.name);
    const mean = names.map((name, index) => {
      const lately = this.attention.slice(-300);
      return lately.reduce((sum, row) => sum + row[index], 0) / Math.max(1, lately.length);
    });
    const weight = (name) => this.attention.length ? mean[names.indexOf(name)] : data.experts[names.indexOf(name)].weight;
    const shown = [...names].sort((a, b) => weight(b) - weight(a)).slice(0, 6);
    attentionRiver("attention", this.attention, names, shown);
    byId("attention-from").textContent = this.attention.length > 1 ? `${this.attention.length} events ago` : "no event since this page looks";
    const colours = series();
    byId("experts").replaceChildren(...shown.map((name, place) => {
      const expert = data.experts[names.indexOf(name)];
      const item = element("li");
      const bar = element("i");
      bar.style.width = Math.max(1, expert.weight * 100) + "%";
      bar.style.background = colours[place];
      item.append(element("span", "", expertName(name, data.synapses)), bar, element("span", "n", (expert.weight * 100).toFixed(0) + " %"));
      return item;
    }));
  },

  drawSynapses(synapses) {
    const slots = [0, 1, 2].map((slot) => synapses[slot]);
    byId("synapses").replaceChildren(...slots.map((synapse, slot) => {
      if (!synapse) return element("div", "none", "none grown");
      const box = element("div");
      box.append(element("b", "", `${synapse.lag} back`), element("span", "line", `grown ${short(synapse.age)} events ago, use ${short(synapse.utility)}`));
      if (this.pruned[slot]) box.append(element("span", "line", `; ${this.pruned[slot]} back was pruned`));
      return box;
    }));
  },

  drawNeighbours(data) {
    const names = data.neighbours.filter(Boolean).map((neighbour) =>
      neighbour.stream ? neighbour.stream : neighbour.place === undefined ? `channel ${neighbour.channel}` : `the stream at place ${neighbour.place} of its group`);
    byId("neighbours").textContent = names.length ? "Listens to " + names.join(" and ") + "." : "";
  },

  drawRegimes(regimes) {
    byId("regimes").replaceChildren(...regimes.map((regime, index) => {
      if (!regime.held) return element("div", "none", `regime ${index + 1}: free`);
      const row = element("div", regime.recalled ? "recalled" : "");
      const bar = element("span", "meter");
      meter(bar, regime.use);
      row.append(element("span", "", `${index + 1}: ${short(regime.level)}`), bar);
      row.title = regime.recalled ? "recalled" : `attention ${(regime.weight * 100).toFixed(1)} %`;
      return row;
    }));
  },

  drawModulator(data) {
    const { sums, alarm, pause, events_since_drift: since } = data.neuromodulator;
    byId("sums").replaceChildren(...Object.entries(sums).map(([name, sum]) => {
      const row = element("div");
      const bar = element("span", "meter");
      meter(bar, sum / alarm, { over: sum > .8 * alarm });
      row.append(element("span", "", name), bar);
      return row;
    }));
    const past = since === undefined ? "No drift yet." : `Last drift ${short(since)} events ago.`;
    const quiet = pause > 0 ? ` Keeps quiet for ${pause} more.` : "";
    byId("modulator").textContent = `${past}${quiet} Learning rate of the plastic neuron ${short(data.learning_rate)}.`;
  },
};

function expertName(name, synapses) {
  const lag = /^lag(\d)$/.exec(name);
  if (lag) {
    const synapse = synapses[Number(lag[1]) - 1];
    return synapse ? `${synapse.lag} events ago` : name;
  }
  return name.replace(/^level(\d+)$/, "level of $1").replace(/^regime(\d)$/, "regime $1");
}
