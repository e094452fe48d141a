// filter.js: which jobs are meant, as controls
import {field, h, select} from "./dom.js";
import {get} from "./api.js";
import {ROUTES, named} from "./format.js";

const NAMES = ["route", "feed_id", "industry", "q", "min_confidence", "max_confidence", "state"];
const NUMBERS = ["min_confidence", "max_confidence", "feed_id"];

// What an address asks for, of what can be asked for.
export function wanted(query) {
	return Object.fromEntries(
		NAMES.filter((name) => query[name]).map((name) => [name, query[name]]),
	);
}

// The filter as the interface has it in a body: numbers are numbers.
export function typed(filter) {
	return Object.fromEntries(
		Object.entries(filter)
			.filter(([, v]) => v !== "" && v !== undefined)
			.map(([k, v]) => [k, NUMBERS.includes(k) ? Number(v) : v]),
	);
}

// In words, for a question before many jobs are decided about.
export function described(filter, feeds) {
	const feed = feeds.find((f) => String(f.feed_id) === String(filter.feed_id));

	return [
		filter.route && named(filter.route),
		feed && `from ${feed.name}`,
		filter.industry && `in ${filter.industry}`,
		filter.q && `with “${filter.q}”`,
		filter.min_confidence && `at least ${filter.min_confidence} sure`,
		filter.max_confidence && `less than ${filter.max_confidence} sure`,
	]
		.filter(Boolean)
		.join(", ");
}

// What a control does when it is changed: FILTER has it, and changed() is told,
// after a pause where a person may still be typing.
function watcher(filter, changed) {
	let timer;

	return (name, pause = 0) => ({
		[pause ? "input" : "change"]: (event) => {
			if (!event.target.checkValidity()) return;
			filter[name] = event.target.value;
			clearTimeout(timer);
			timer = setTimeout(changed, pause);
		},
	});
}

// Controls that change FILTER and call changed().
export async function controls(filter, changed, {signal, route = true}) {
	const [{feeds}, {industries}] = await Promise.all([
		get("/feeds", {}, signal),
		get("/taxonomy", {}, signal).catch(() => ({industries: []})),
	]);
	const on = watcher(filter, changed);
	const share = (name, text) =>
		field(
			text,
			h("input", {
				class: "short",
				type: "number",
				min: 0,
				max: 1,
				step: 0.01,
				value: filter[name] ?? "",
				on: on(name, 350),
			}),
		);
	const search = h("input", {
		type: "search",
		value: filter.q ?? "",
		maxlength: 200,
		placeholder: "title, company, id",
		on: on("q", 250),
	});
	const found = h(
		"div",
		{class: "field search"},
		h("label", {}, h("span", {class: "said"}, "Search"), search),
	);

	const node = h(
		"div",
		{class: "filters"},
		found,
		route &&
			field(
				"Route",
				select([["", "Any"], ...ROUTES.map((r) => [r, named(r)])], filter.route, {
					on: on("route"),
				}),
			),
		field(
			"Feed",
			select([["", "All feeds"], ...feeds.map((f) => [f.feed_id, f.name])], filter.feed_id, {
				on: on("feed_id"),
			}),
		),
		field(
			"Industry",
			select(
				[["", "All industries"], ...industries.map((i) => [i.code, i.name])],
				filter.industry,
				{on: on("industry")},
			),
		),
		share("min_confidence", "Sure from"),
		share("max_confidence", "below"),
		route &&
			field(
				"State",
				select(
					[
						["live", "live"],
						["closed", "closed"],
						["any", "any"],
					],
					filter.state ?? "live",
					{on: on("state")},
				),
			),
	);

	return {node, feeds, search};
}
