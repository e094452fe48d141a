// statistics.js: how the mill did, day by day, and how sure the model is
import {field, h, panel, say, select} from "../lib/dom.js";
import {get, poll} from "../lib/api.js";
import {chart} from "../lib/chart.js";
import {ROUTES, compact, named, number, percent, span, sure, usd} from "../lib/format.js";
import {sorry} from "../lib/talk.js";

const short = new Intl.DateTimeFormat(undefined, {month: "short", day: "numeric", timeZone: "UTC"});
const day = (t) => (t === null || t === undefined ? "" : short.format(new Date(t * 1000)));
const colours = {
	approved: "approved",
	manual_review: "review",
	rejected: "rejected",
	archived: "archived",
};

const DAYS = {label: "Day", value: day, space: 80, step: 86400};
const COUNT = {value: compact, whole: true};
const VERDICTS = [
	{label: "approved", colour: "approved", value: number},
	{label: "rejected", colour: "rejected", value: number},
	{label: "edited", colour: "merged", value: number},
	{label: "withdrawn", colour: "archived", value: number},
];
const routes = ROUTES.map((r) => ({label: named(r), colour: colours[r], value: number}));

// How sure the model is, with the two thresholds drawn.
function confidence({archive_below: low, approve_from: high}, signal) {
	return chart(
		{
			label: "Live jobs by confidence",
			stacked: true,
			height: 280,
			x: {
				label: "Confidence",
				range: [0, 1],
				value: (v) => sure(v),
				tick: (v) => sure(v, 1),
				space: 24,
				incrs: [0.1, 0.2, 0.5],
			},
			y: COUNT,
			series: routes,
			lines: [
				{at: low, text: `archived below ${low}`},
				{at: high, text: `approved from ${high}`},
			],
		},
		signal,
	);
}

// The charts over days, by name.
function daily(signal) {
	const make = (label, more) => chart({label, x: DAYS, y: COUNT, ...more}, signal);

	return {
		jobs: make("Jobs by outcome", {stacked: true, series: routes}),
		people: make("Decisions of people", {stacked: true, series: VERDICTS}),
		time: make("Time that runs took", {
			y: {value: span},
			series: [{label: "seconds of runs", colour: "accent", value: span}],
		}),
		price: make("Tokens and cost", {
			right: {scale: "usd", value: usd},
			series: [
				{label: "tokens", colour: "merged", value: compact},
				{label: "cost", colour: "review", kind: "line", scale: "usd", value: usd},
			],
		}),
	};
}

function drawDays({jobs, people, time, price}, days) {
	const xs = days.map((d) => Date.parse(d.day) / 1000);
	const of = (...names) => names.map((name) => days.map((d) => d[name]));
	const verdicts = VERDICTS.map((v) => `reviews_${v.label}`);

	return Promise.all([
		jobs.draw([xs, ...of(...ROUTES)]),
		people.draw([xs, ...of(...verdicts)]),
		time.draw([xs, ...of("duration_seconds")]),
		price.draw([xs, days.map((d) => d.tokens_in + d.tokens_out), ...of("cost_usd")]),
	]);
}

// What all days come to, as tiles.
function totals(days) {
	const sum = (name) => days.reduce((t, d) => t + d[name], 0);
	const runs = sum("runs");
	const routed = ROUTES.reduce((t, r) => t + sum(r), 0);

	return [
		[number(runs), "runs"],
		[percent(runs ? 1 - sum("failed_runs") / runs : null), "of them well"],
		[compact(routed), "records routed"],
		[percent(routed ? sum("approved") / routed : null), "approved"],
		[compact(sum("tokens_in") + sum("tokens_out")), "tokens"],
		[usd(sum("cost_usd")), "cost"],
	].map(([n, what]) => h("div", {class: "tile"}, h("b", {}, n), h("span", {}, what)));
}

// What is asked for: a feed, and how far back.
function filters(feeds, state, changed) {
	const on = (name) => ({
		change: (event) => {
			state[name] = event.target.value;
			changed();
		},
	});
	const times = [
		["7", "a week"],
		["30", "30 days"],
		["90", "90 days"],
		["365", "a year"],
	];
	const names = [["", "All feeds"], ...feeds.map((f) => [f.feed_id, f.name])];

	return h(
		"div",
		{class: "filters"},
		field("Feed", select(names, state.feed_id, {on: on("feed_id")})),
		field("Time", select(times, state.days, {on: on("days")})),
	);
}

export async function show(root, {query, signal}) {
	const state = {feed_id: query.feed_id ?? "", days: query.days ?? "30"};
	const histogram = () =>
		get("/statistics/confidence", {feed_id: state.feed_id, bins: 50}, signal);
	const [{feeds}, {thresholds}] = await Promise.all([get("/feeds", {}, signal), histogram()]);
	const bins = confidence(thresholds, signal);
	const charts = daily(signal);
	const told = h("span", {class: "muted"});
	const sums = h("div", {class: "tiles", "aria-label": "Totals"});
	const drawn = (title, {node}, ...more) => panel(title, h("div", {class: "pad"}, node), ...more);
	let seen = "";

	async function load() {
		const [{days}, sureness] = await Promise.all([
			get("/statistics/days", state, signal),
			histogram(),
		]);
		const now = JSON.stringify([days, sureness]);

		if (now === seen) return;
		seen = now;
		sums.replaceChildren(...totals(days));
		say(told, sureness.unknown > 0 ? `${number(sureness.unknown)} have none` : "");
		await drawDays(charts, days);
		await bins.draw([
			sureness.bins.map((b) => b.from),
			...ROUTES.map((r) => sureness.bins.map((b) => b[r])),
		]);
	}

	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h("h1", {class: "grow"}, "Statistics"),
			filters(feeds, state, () => load().catch(sorry)),
		),
		sums,
		h(
			"div",
			{class: "charts"},
			h("div", {class: "span"}, drawn("How sure the model is of live jobs", bins, told)),
			drawn("Records by outcome", charts.jobs),
			drawn("Decisions of people", charts.people),
			drawn("Time that runs took", charts.time),
			drawn("Tokens and cost", charts.price),
		),
	);
	await load();
	const again = setTimeout(
		() => poll(15, signal, () => load().catch((e) => signal.aborted || sorry(e))),
		15000,
	);

	signal.addEventListener("abort", () => clearTimeout(again));
}
