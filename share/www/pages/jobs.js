// jobs.js: find a job
import {button, empty, grid, h, keyed, panel, say} from "../lib/dom.js";
import {get} from "../lib/api.js";
import {controls, wanted} from "../lib/filter.js";
import {kind, named, number, pill, plural, sure, when, words} from "../lib/format.js";
import {sorry} from "../lib/talk.js";

function row(job) {
	const link = h(
		"a",
		{href: `#/jobs/${job.job_id}`},
		h("strong", {}, job.ai_title ?? job.title ?? "No title"),
	);

	return {
		node: h(
			"tr",
			{},
			h(
				"td",
				{class: "wide"},
				link,
				h(
					"div",
					{class: "muted small"},
					[
						job.company_name,
						job.place && job.places > 1
							? `${job.place} + ${job.places - 1}`
							: job.place,
					]
						.filter(Boolean)
						.join(" · "),
				),
			),
			h(
				"td",
				{},
				pill(kind(job.route) === "archived" ? "archived" : job.route, named(job.route)),
				job.closed_at && h("span", {class: "small muted"}, " closed"),
			),
			h(
				"td",
				{"data-label": "Why"},
				words(job.route_reason),
				job.edited && h("span", {class: "muted"}, ", edited"),
			),
			h(
				"td",
				{"data-label": "Industry"},
				job.industry_name ?? "–",
				h("div", {class: "muted small"}, job.function_name ?? ""),
			),
			h("td", {class: "number", "data-label": "Sure"}, sure(job.ai_confidence)),
			h(
				"td",
				{"data-label": "Feed"},
				h("a", {class: "quiet", href: `#/feeds/${job.feed_id}`}, job.feed_name),
			),
			h("td", {class: "nowrap", "data-label": "Written"}, when(job.updated_at)),
		),
	};
}

export async function show(root, {query, signal}) {
	const filter = wanted(query);
	const body = h("tbody");
	const table = grid(
		"Jobs",
		["Job", "Route", "Why", "Industry and function", "#Sure", "Feed", "Written"],
		body,
		"cards jobs",
	);
	const none = h("div", {hidden: true}, empty("No such job", "None matches what is asked for."));
	const sum = h("span", {class: "muted", role: "status"});
	const more = button("More", () => load(true).catch(sorry));
	let list = [];
	let next = null;
	let total = 0;
	let asked = 0;

	async function load(further) {
		const mine = ++asked;
		const page = await get(
			"/jobs",
			{...filter, limit: 50, count: !further || undefined, after: further ? next : ""},
			signal,
		);

		if (mine !== asked) return;
		list = further ? [...list, ...page.jobs] : page.jobs;
		next = page.next;
		total = page.total ?? total;
		keyed(body, list, (j) => j.job_id, row);
		more.hidden = next === null;
		table.hidden = list.length === 0;
		none.hidden = list.length > 0;
		say(
			sum,
			list.length < total
				? `${number(list.length)} of ${plural(total, "job")}`
				: plural(total, "job"),
		);
	}
	// The address tells what is shown, so that it can be sent to somebody.
	function changed() {
		history.replaceState(
			null,
			"",
			`#/jobs?${new URLSearchParams(Object.entries(filter).filter(([, v]) => v))}`,
		);
		load().catch(sorry);
	}

	const [bar] = await Promise.all([controls(filter, changed, {signal}), load()]);

	root.replaceChildren(
		h("div", {class: "head"}, h("h1", {class: "grow"}, "Jobs")),
		h("div", {class: "spaced"}, bar.node),
		panel("Found", h("div", {}, table, none), sum),
		h("div", {class: "row spaced"}, more),
	);
	document.addEventListener(
		"keydown",
		(event) => {
			if (event.key === "/" && !event.target.closest("input, textarea, select")) {
				event.preventDefault();
				bar.search.focus();
			}
		},
		{signal},
	);
}
