// runs.js: runs, the newest first
import {button, empty, field, grid, h, keyed, panel, say, select} from "../lib/dom.js";
import {get, poll} from "../lib/api.js";
import {named, number, pill, span, split, usd, when} from "../lib/format.js";
import {sorry} from "../lib/talk.js";

const STATUSES = ["running", "succeeded", "partial", "failed", "not_modified", "cancelled"];

// What changed in the store, in a few words.
function changes(run) {
	return ["created", "changed", "moved", "closed", "reopened"]
		.filter((name) => run[name] > 0)
		.map((name) => `${number(run[name])} ${name === "created" ? "new" : name}`)
		.join(", ");
}

function row(run, withFeed) {
	const link = h("a", {href: `#/runs/${run.run_id}`}, `${run.run_id}`);
	const [status, at, took, feed, made, cost] = Array.from({length: 6}, () => h("td"));
	const node = h(
		"tr",
		{},
		h("td", {}, link),
		withFeed &&
			h("td", {}, h("a", {class: "quiet", href: `#/feeds/${run.feed_id}`}, run.feed_name)),
		status,
		at,
		took,
		feed,
		made,
		cost,
	);
	let seen = "";

	[at, took, feed, made, cost].forEach((cell, i) => {
		cell.dataset.label = ["Began", "Took", "In the feed", "Routed", "Cost"][i];
	});
	for (const cell of [took, feed, cost]) cell.className = "number";
	return {
		node,
		update(r) {
			const now = JSON.stringify(r);

			if (now === seen) return;
			seen = now;
			status.replaceChildren(r.queued ? pill("planned", "queued") : pill(r.status));
			at.replaceChildren(when(r.started_at));
			say(took, span(r.duration_seconds));
			say(feed, number(r.total_in_feed));
			made.className = "wide";
			if (r.approved === null)
				made.replaceChildren(h("span", {class: "muted small"}, r.error_summary ?? ""));
			else
				made.replaceChildren(
					h(
						"span",
						{class: "row"},
						split(r),
						h("span", {class: "small muted"}, changes(r) || "nothing changed"),
					),
				);
			say(cost, usd(r.cost_usd));
		},
	};
}

// A table of runs: {node, update(runs)}.
export function table(withFeed = true) {
	const body = h("tbody");
	const node = grid(
		"Runs",
		[
			"Run",
			...(withFeed ? ["Feed"] : []),
			"Status",
			"Began",
			"#Took",
			"#In the feed",
			"Routed, and what changed",
			"#Cost",
		],
		body,
		"cards",
	);

	return {
		node,
		update: (runs) =>
			keyed(
				body,
				runs,
				(r) => r.run_id,
				(r) => row(r, withFeed),
			),
	};
}

export async function show(root, {query, signal}) {
	const {feeds} = await get("/feeds", {}, signal);
	const runs = table();
	const state = {feed_id: query.feed_id ?? "", status: query.status ?? ""};
	const more = button("More", () => load(true).catch(sorry));
	const none = h("div", {hidden: true});
	let list = [];
	let next = null;

	async function load(further) {
		const page = await get("/runs", {...state, limit: 50, after: further ? next : ""}, signal);

		list = further ? [...list, ...page.runs] : page.runs;
		next = page.next;
		shown();
	}
	function shown() {
		runs.update(list);
		more.hidden = next === null;
		runs.node.hidden = list.length === 0;
		none.hidden = list.length > 0;
		none.replaceChildren(
			state.feed_id || state.status
				? empty("No such run", "None matches what is asked for.")
				: empty("No run yet", "Start one from the feeds page."),
		);
	}
	function chosen(name) {
		return {
			change: (event) => {
				state[name] = event.target.value;
				load().catch(sorry);
			},
		};
	}
	// The newest runs once more; those further down do not change.
	async function refresh() {
		const page = await get("/runs", {...state, limit: 50}, signal);
		const newest = new Set(page.runs.map((r) => r.run_id));

		list = [...page.runs, ...list.filter((r) => !newest.has(r.run_id))];
		shown();
		return list.some((r) => r.status === "running") ? 2 : 15;
	}

	await load();
	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h("h1", {class: "grow"}, "Runs"),
			h(
				"div",
				{class: "filters"},
				field(
					"Feed",
					select(
						[["", "All feeds"], ...feeds.map((f) => [f.feed_id, f.name])],
						state.feed_id,
						{on: chosen("feed_id")},
					),
				),
				field(
					"Status",
					select([["", "Any"], ...STATUSES.map((s) => [s, named(s)])], state.status, {
						on: chosen("status"),
					}),
				),
			),
		),
		panel("History", h("div", {}, runs.node, none)),
		h("div", {class: "row"}, more),
	);
	poll(2, signal, () => refresh().catch((e) => signal.aborted || sorry(e)));
}
