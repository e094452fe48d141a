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

const upwards = {range: (u, lo, hi) => [0, hi > 0 ? hi * 1.08 : 1]};
const least = 12; // places for bars, so that few of them are not broad

// From half a step before the first bar to half a step behind the last.
function along(x, xs) {
	const [first, last] = [xs[0] ?? 0, xs.at(-1) ?? 0];

	return [first - x.step / 2, Math.max(last, first + least * x.step) + x.step / 2];
}

// A series as uPlot has it; VALUES are its own, not the sums that are drawn.
function drawn({label, colour: name, kind, scale, value}, values, bars) {
	const paint = colour(name);
	const line = kind === "line";

	return {
		label,
		scale: scale ?? "y",
		width: line ? 2 : 0,
		stroke: paint,
		fill: line ? faint(paint, 0.12) : paint,
		paths: line ? undefined : bars,
		points: {show: line && values.length < 40, size: 5, fill: paint},
		value: (u, v, s, at) =>
			at === null || at === undefined ? "–" : (value ?? String)(values[at] ?? 0),
	};
}

function options(uPlot, {series, x, y = {}, right, height, lines = []}, data, width) {
	const bars = uPlot.paths.bars({size: [0.82, 40], align: x.range ? 1 : 0, radius: 0});
	const ticks = (value) => (u, list) => list.map(value ?? String);

	return {
		width,
		height,
		cursor: {y: false, points: {show: false}},
		padding: [12, right ? 0 : 12, 0, 0],
		scales: {
			x: {time: false, range: x.range ?? (() => along(x, data[0]))},
			y: upwards,
			...(right ? {[right.scale]: upwards} : {}),
		},
		axes: axes(colour, {
			x: {
				values: ticks(x.tick ?? x.value),
				space: x.space ?? 64,
				...(x.incrs && {incrs: x.incrs}),
			},
			y: {values: ticks(y.value), ...(y.whole && {incrs: WHOLE})},
			right: right && {scale: right.scale, values: ticks(right.value)},
		}),
		series: [
			{label: x.label, value: (u, v) => (v === null || v === undefined ? "–" : x.value(v))},
			...series.map((s, i) => drawn(s, data[i + 1], bars)),
		],
		hooks: {draw: [(u) => lines.forEach((line, i) => rule(u, line, colour, i + 1))]},
	};
}

// A chart: {node, draw(data)}.  Of it: label; series, each {label, colour,
// kind: bars | line, scale, value(v)}, stacked or not; x: {label, value(v),
// tick(v), step between bars, or range for bars that begin at their x}; y and
// right: {value(v), whole}; lines: [{at, text}].  data: [xs, ...ys].
export function chart({height = 220, ...of}, signal) {
	const place = h("div", {class: "chart"});
	const node = h("figure", {class: "figure", "aria-label": of.label}, place);
	const width = () => Math.max(240, place.clientWidth);
	let plot = null;
	let table = null;
	let last = null;

	async function draw(data) {
		const uPlot = await library();
		const open = table?.open ?? false;

		if (signal.aborted) return;
		last = data;
		plot?.destroy();
		table?.remove();
		table = figures(of.label, [of.x.label, ...of.series.map((s) => s.label)], data, (v, s) =>
			s === 0 ? of.x.value(v) : (of.series[s - 1].value ?? String)(v ?? 0),
		);
		table.open = open || !uPlot;
		node.append(table);
		place.hidden = !uPlot;
		if (uPlot)
			plot = new uPlot(
				options(uPlot, {...of, height}, data, width()),
				of.stacked ? stack(data, of.series.length) : data,
				place,
			);
	}

	const resized = new ResizeObserver(() => plot?.setSize({width: width(), height}));

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
