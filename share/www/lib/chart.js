// chart.js: charts by uPlot, in the page's colours.  Where it is not
// installed, the same figures stand in a table.
import {grid, h} from "./dom.js";

// Steps of an axis that counts.
const WHOLE = Array.from({length: 12}, (_, e) => [1, 2, 5].map((n) => n * 10 ** e)).flat();

let loaded;

function library() {
	loaded ??= import("../vendor/uplot/uPlot.esm.js").then((m) => m.default).catch(() => null);
	return loaded;
}

// The value of a custom property, as a colour that a canvas understands.
function colour(name) {
	const probe = h("i", {hidden: true, style: {color: `var(--${name})`}});

	document.body.append(probe);
	const value = getComputedStyle(probe).color;

	probe.remove();
	return value;
}

const faint = (c, share) =>
	c.replace(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+).*$/, `rgb($1 $2 $3 / ${share})`);

function axes(paint, {x, y, right}) {
	const plain = {
		stroke: paint("muted"),
		font: "12px Inter, sans-serif",
		grid: {stroke: paint("line"), width: 1},
		ticks: {stroke: paint("line"), width: 1},
	};
	const list = [
		{...plain, grid: {show: false}, ...x},
		{...plain, size: 52, ...y},
	];

	return right ? [...list, {...plain, side: 1, size: 52, grid: {show: false}, ...right}] : list;
}

// Stacked series are drawn as sums, the highest first; their own values are
// told by the legend.
function stack(data, n) {
	const sums = data.map((column) => [...column]);

	for (let s = n - 1; s >= 1; s--)
		for (let i = 0; i < sums[0].length; i++)
			sums[s][i] = (sums[s][i] ?? 0) + (sums[s + 1]?.[i] ?? 0);
	return [sums[0], ...sums.slice(1, n + 1)];
}

function figures(label, names, data, show) {
	return h(
		"details",
		{class: "chart-figures"},
		h("summary", {}, "The figures"),
		grid(
			`${label}, figures`,
			names.map((n, i) => (i > 0 ? `#${n}` : n)),
			h(
				"tbody",
				{},
				data[0].map((_, i) =>
					h(
						"tr",
						{},
						data.map((column, s) =>
							h("td", {class: s > 0 ? "number" : null}, show(column[i], s)),
						),
					),
				),
			),
		),
	);
}

// A chart: {node, draw(data)}.  series: [{label, colour, kind: bars | line,
// scale, value(v)}]; data: [xs, ...ys]; x: {label, time, value(v)}.
export function chart(
	{label, series, stacked = false, x, y = {}, right, height = 220, lines = [], range},
	signal,
) {
	const place = h("div", {class: "chart"});
	const node = h("figure", {class: "figure", "aria-label": label}, place);
	let plot = null;
	let last = null;

	async function draw(data) {
		const uPlot = await library();

		last = data;
		if (signal.aborted) return;
		plot?.destroy();
		plot = null;
		place.replaceChildren();
		node.querySelector(".chart-figures")?.remove();
		const table = figures(label, [x.label, ...series.map((s) => s.label)], data, (v, s) =>
			s === 0 ? x.value(v) : (series[s - 1].value ?? String)(v ?? 0),
		);

		node.append(table);
		if (!uPlot) {
			table.open = true;
			place.replaceWith(place);
			place.hidden = true;
			return;
		}
		plot = new uPlot(options(uPlot, data), stacked ? stack(data, series.length) : data, place);
	}

	function options(uPlot, data) {
		const paint = colour;
		const bars = uPlot.paths.bars({size: [0.82, 40], align: range ? 1 : 0, radius: 0});

		return {
			width: Math.max(240, place.clientWidth),
			height,
			cursor: {y: false, points: {show: false}},
			legend: {live: true},
			padding: [12, right ? 0 : 12, 0, 0],
			scales: {
				x: {time: false, ...(range ? {range} : {})},
				y: {range: (u, lo, hi) => [0, hi > 0 ? hi * 1.08 : 1]},
				...(right
					? {[right.scale]: {range: (u, lo, hi) => [0, hi > 0 ? hi * 1.08 : 1]}}
					: {}),
			},
			axes: axes(paint, {
				x: {
					values: (u, ticks) => ticks.map(x.tick ?? x.value),
					space: x.space ?? 64,
					...(x.incrs ? {incrs: x.incrs} : {}),
				},
				y: {
					values: (u, ticks) => ticks.map(y.value ?? String),
					...(y.whole ? {incrs: WHOLE} : {}),
				},
				right: right && {scale: right.scale, values: (u, ticks) => ticks.map(right.value)},
			}),
			series: [
				{
					label: x.label,
					value: (u, v) => (v === null || v === undefined ? "–" : x.value(v)),
				},
				...series.map((s, i) => ({
					label: s.label,
					scale: s.scale ?? "y",
					width: s.kind === "line" ? 2 : 0,
					stroke: paint(s.colour),
					fill: s.kind === "line" ? faint(paint(s.colour), 0.12) : paint(s.colour),
					paths: s.kind === "line" ? undefined : bars,
					points: {
						show: s.kind === "line" && data[0].length < 40,
						size: 5,
						fill: paint(s.colour),
					},
					value: (u, v, si, at) =>
						at === null || at === undefined
							? "–"
							: (s.value ?? String)(data[i + 1][at] ?? 0),
				})),
			],
			hooks: {draw: [(u) => lines.forEach((line, i) => rule(u, line, paint, i + 1))]},
		};
	}

	const resized = new ResizeObserver(() =>
		plot?.setSize({width: Math.max(240, place.clientWidth), height}),
	);

	resized.observe(place);
	signal.addEventListener("abort", () => {
		resized.disconnect();
		plot?.destroy();
	});
	document.addEventListener("theme", () => last && draw(last), {signal});
	return {node, draw};
}

// An upright line at a value of x, with its name.
function rule(u, {at, text}, paint, row) {
	const {ctx, bbox} = u;
	const px = Math.round(u.valToPos(at, "x", true));
	const size = Math.round(12 * devicePixelRatio);

	ctx.save();
	ctx.strokeStyle = paint("text");
	ctx.fillStyle = paint("text");
	ctx.lineWidth = devicePixelRatio;
	ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
	ctx.beginPath();
	ctx.moveTo(px, bbox.top);
	ctx.lineTo(px, bbox.top + bbox.height);
	ctx.stroke();
	ctx.font = `600 ${size}px Inter, sans-serif`;
	ctx.textAlign = at > 0.75 ? "right" : "left";
	ctx.fillText(text, px + (at > 0.75 ? -6 : 6) * devicePixelRatio, bbox.top + row * 1.3 * size);
	ctx.restore();
}
