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

export async function show(root, {query, signal}) {
	const state = {feed_id: query.feed_id ?? "", days: query.days ?? "30"};
	const {feeds} = await get("/feeds", {}, signal);
	const first = await get("/statistics/confidence", {feed_id: state.feed_id, bins: 50}, signal);
	const {thresholds} = first;
	const x = {label: "Day", value: day, space: 80, step: 86400};
	const routes = ROUTES.map((r) => ({label: named(r), colour: colours[r], value: number}));
	const jobs = chart(
		{
			label: "Jobs by outcome",
			stacked: true,
			x,
			y: {value: compact, whole: true},
			series: routes,
		},
		signal,
	);
	const time = chart(
		{
			label: "Time that runs took",
			x,
			y: {value: span},
			series: [{label: "seconds of runs", colour: "accent", value: span}],
		},
		signal,
	);
	const price = chart(
		{
			label: "Tokens and cost",
			x,
			y: {value: compact, whole: true},
			right: {scale: "usd", value: (v) => usd(v)},
			series: [
				{label: "tokens", colour: "merged", value: compact},
				{label: "cost", colour: "review", kind: "line", scale: "usd", value: usd},
			],
		},
		signal,
	);
	const people = chart(
		{
			label: "Decisions of people",
			stacked: true,
			x,
			y: {value: compact, whole: true},
			series: [
				{label: "approved", colour: "approved", value: number},
				{label: "rejected", colour: "rejected", value: number},
				{label: "edited", colour: "merged", value: number},
				{label: "withdrawn", colour: "archived", value: number},
			],
		},
		signal,
	);
	const sureness = chart(
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
			y: {value: compact, whole: true},
			series: routes,
			lines: [
				{at: thresholds.archive_below, text: `archived below ${thresholds.archive_below}`},
				{at: thresholds.approve_from, text: `approved from ${thresholds.approve_from}`},
			],
		},
		signal,
	);
	const told = h("span", {class: "muted"});
	const totals = h("div", {class: "tiles", "aria-label": "Totals"});
	let seen = "";

	function sums(days) {
		const sum = (name) => days.reduce((t, d) => t + d[name], 0);
		const runs = sum("runs");
		const routed = ROUTES.reduce((t, r) => t + sum(r), 0);

		totals.replaceChildren(
			...[
				[number(runs), "runs"],
				[percent(runs ? 1 - sum("failed_runs") / runs : null), "of them well"],
				[compact(routed), "records routed"],
				[percent(routed ? sum("approved") / routed : null), "approved"],
				[compact(sum("tokens_in") + sum("tokens_out")), "tokens"],
				[usd(sum("cost_usd")), "cost"],
			].map(([n, what]) => h("div", {class: "tile"}, h("b", {}, n), h("span", {}, what))),
		);
	}

	async function load() {
		const [{days}, confidence] = await Promise.all([
			get("/statistics/days", state, signal),
			get("/statistics/confidence", {feed_id: state.feed_id, bins: 50}, signal),
		]);
		const now = JSON.stringify([days, confidence]);

		if (now === seen) return;
		seen = now;
		const xs = days.map((d) => Date.parse(d.day) / 1000);
		const of = (...names) => names.map((name) => days.map((d) => d[name]));

		sums(days);
		say(told, confidence.unknown > 0 ? `${number(confidence.unknown)} have none` : "");
		await Promise.all([
			jobs.draw([xs, ...of(...ROUTES)]),
			time.draw([xs, ...of("duration_seconds")]),
			price.draw([xs, days.map((d) => d.tokens_in + d.tokens_out), ...of("cost_usd")]),
			people.draw([
				xs,
				...of(
					"reviews_approved",
					"reviews_rejected",
					"reviews_edited",
					"reviews_withdrawn",
				),
			]),
			sureness.draw([
				confidence.bins.map((b) => b.from),
				...ROUTES.map((r) => confidence.bins.map((b) => b[r])),
			]),
		]);
	}
	function on(name) {
		return {
			change: (event) => {
				state[name] = event.target.value;
				load().catch(sorry);
			},
		};
	}

	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h("h1", {class: "grow"}, "Statistics"),
			h(
				"div",
				{class: "filters"},
				field(
					"Feed",
					select(
						[["", "All feeds"], ...feeds.map((f) => [f.feed_id, f.name])],
						state.feed_id,
						{on: on("feed_id")},
					),
				),
				field(
					"Time",
					select(
						[
							["7", "a week"],
							["30", "30 days"],
							["90", "90 days"],
							["365", "a year"],
						],
						state.days,
						{on: on("days")},
					),
				),
			),
		),
		totals,
		h(
			"div",
			{class: "charts"},
			h(
				"div",
				{class: "span"},
				panel(
					"How sure the model is of live jobs",
					h("div", {class: "pad"}, sureness.node),
					told,
				),
			),
			panel("Records by outcome", h("div", {class: "pad"}, jobs.node)),
			panel("Decisions of people", h("div", {class: "pad"}, people.node)),
			panel("Time that runs took", h("div", {class: "pad"}, time.node)),
			panel("Tokens and cost", h("div", {class: "pad"}, price.node)),
		),
	);
	await load();
	setTimeout(
		() =>
			signal.aborted ||
			poll(15, signal, () => load().catch((e) => signal.aborted || sorry(e))),
		15000,
	);
}
