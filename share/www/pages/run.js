// run.js: one run: the funnel while it moves, then its report
import {button, failed, grid, h, keyed, panel, say} from "../lib/dom.js";
import {get, post, signed} from "../lib/api.js";
import {busy, sorry, toast} from "../lib/talk.js";
import {follow} from "../lib/follow.js";
import {funnel, outcomes} from "../lib/funnel.js";
import {compact, exact, kind, named, number, pill, span, usd, when, words} from "../lib/format.js";
import {trigger} from "./feeds.js";

// In the order of the stream.
const STAGES = [
	"feed-fetch",
	"xml2jsonl",
	"route-status",
	"dedup-title",
	"recall-industry",
	"enrich-industry",
	"remember-industry",
	"route-confidence",
	"dedup-ai-title",
	"recall-function",
	"enrich-function",
	"remember-function",
	"route-final",
	"stage",
];

function stageRow(stage) {
	const cells = Array.from({length: 6}, () => h("td", {class: "number"}));
	const node = h("tr", {}, h("td", {}, stage.stage), cells);

	return {
		node,
		update(s) {
			[
				number(s.in),
				number(s.out),
				number(s.merged || null),
				number(s.dead || null),
				span(s.seconds),
				s.seconds > 0.05 && s.in > 0 ? `${compact(s.in / s.seconds)}/s` : "–",
			].forEach((text, i) => say(cells[i], text));
		},
	};
}

function stageTable() {
	const body = h("tbody");
	const node = grid(
		"Stages",
		["Stage", "#In", "#Out", "#Folded", "#Refused", "#Seconds", "#Records"],
		body,
	);

	return {
		node,
		update(stages) {
			const names = [
				...STAGES.filter((n) => stages[n]),
				...Object.keys(stages).filter((n) => !STAGES.includes(n)),
			];

			keyed(
				body,
				names.map((n) => ({stage: n, ...stages[n]})),
				(s) => s.stage,
				stageRow,
			);
		},
	};
}

// Where the records went: a tile a route, with reasons.
function routes(report) {
	return h(
		"div",
		{class: "tiles"},
		outcomes(report).map(([route, n, why]) =>
			h(
				"a",
				{
					class: `tile ${kind(route)}`,
					href: `#/jobs?route=${route}&feed_id=${report.feed_id}`,
				},
				h("b", {}, number(n)),
				h("span", {}, named(route)),
				why.length > 0 &&
					h(
						"div",
						{class: "small muted"},
						why
							.map(([reason, count]) =>
								why.length > 1
									? `${number(count)} ${words(reason)}`
									: words(reason),
							)
							.join(", "),
					),
			),
		),
	);
}

// What was written, and what it cost.
function figures(report) {
	const pairs = [
		["created", "new"],
		["changed"],
		["moved"],
		["reopened"],
		["unchanged"],
		["stale"],
		["closed"],
		["missed"],
	];

	return h(
		"dl",
		{class: "facts figures"},
		pairs
			.filter(
				([name]) => report[name] > 0 || ["created", "closed", "unchanged"].includes(name),
			)
			.map(([name, text]) => [
				h("dt", {}, text ?? name),
				h("dd", {class: "number"}, number(report[name])),
			]),
		h("dt", {}, "requests"),
		h("dd", {class: "number"}, number(report.requests)),
		h("dt", {}, "tokens"),
		h(
			"dd",
			{class: "number"},
			`${compact(report.tokens_in)} in, ${compact(report.tokens_out)} out`,
		),
		h("dt", {}, "cost"),
		h("dd", {class: "number"}, usd(report.cost_usd)),
	);
}

// What stopped it or held it up, and what a person can do about that.
function notices(report, reload) {
	const tripped = (report.guards ?? []).filter((g) => g.accepted !== true);
	const list = [];

	if (tripped.length > 0) {
		const accept = button("It is right: accept", () => {}, "primary");

		accept.addEventListener(
			"click",
			busy(accept, async () => {
				await post(
					`/runs/${report.run_id}/accept`,
					signed({guards: tripped.map((g) => g.guard)}),
				);
				toast("Accepted, and committed");
				await reload();
			}),
		);
		list.push(
			h(
				"div",
				{class: "notice warn"},
				h(
					"div",
					{class: "grow"},
					h("strong", {}, "A guard stopped the closing of jobs"),
					tripped.map((g) => h("div", {class: "muted"}, `${g.guard}: ${g.saw}`)),
				),
				accept,
			),
		);
	} else if (report.error_summary) {
		list.push(
			h(
				"div",
				{class: `notice ${report.status === "failed" ? "bad" : "warn"}`},
				h(
					"div",
					{class: "grow"},
					h(
						"strong",
						{},
						report.status === "failed"
							? "The run failed, the store is as it was"
							: "Nothing was closed",
					),
					h("div", {class: "muted"}, report.error_summary),
				),
			),
		);
	}
	return list;
}

async function letters(run, signal) {
	const {dead_letters: list, next} = await get(`/runs/${run}/dead-letters`, {limit: 50}, signal);

	if (list.length === 0) return null;
	return panel(
		`Refused records${next ? ", the first 50" : ""}`,
		h(
			"div",
			{class: "pad stack"},
			list.map((d) =>
				h(
					"details",
					{},
					h(
						"summary",
						{},
						h("strong", {}, d.error),
						h(
							"span",
							{class: "muted"},
							` · ${d.stage}${d.line ? `, line ${number(d.line)}` : ""}`,
						),
					),
					h("pre", {}, d.raw ?? ""),
				),
			),
		),
	);
}

function log(run) {
	const text = h("pre", {tabindex: "0"}, "Loading…");
	const node = h(
		"details",
		{class: "panel fold"},
		h("summary", {}, "What the stages said"),
		text,
	);

	node.addEventListener("toggle", async () => {
		if (node.open)
			say(text, (await get(`/runs/${run}/log`).catch((e) => e.message)) || "Nothing.");
	});
	return node;
}

// How long it took, or has taken until now.
function took(report) {
	return span(
		report.status === "running"
			? (Date.now() - Date.parse(report.started_at)) / 1000
			: report.duration_seconds,
	);
}

// Where the records went, and beside that what is known of it.
function told(id, {flow, result, facts, table, dead}) {
	return h(
		"div",
		{class: "run"},
		panel("Where the records went", h("div", {class: "pad"}, flow.node, result)),
		h(
			"div",
			{class: "stack"},
			panel("What was written, and its price", facts),
			panel("Stages", table.node),
			dead,
			log(id),
		),
	);
}

export async function show(root, {params: [id], signal, app}) {
	const title = h("h1", {}, `Run ${id}`);
	const status = h("span", {class: "row"});
	const about = h("span", {class: "muted grow about"});
	const cancel = button("Cancel", () => {}, "danger");
	const again = button("Run again", () => {});
	const said = h("div", {class: "stack"});
	const flow = funnel();
	const table = stageTable();
	const result = h("div");
	const facts = h("div", {class: "pad"});
	const dead = h("div");
	let report = await get(`/runs/${id}`, {}, signal);
	let ended = "";

	function head() {
		const running = report.status === "running";

		status.replaceChildren(report.queued ? pill("planned", "queued") : pill(report.status));
		cancel.hidden = !running;
		again.hidden = running;
		about.replaceChildren(
			h("a", {href: `#/feeds/${report.feed_id}`}, report.feed_name),
			" · began ",
			when(report.started_at),
			" · ",
			h("span", {id: "took"}, took(report)),
		);
		about.title = exact(report.started_at);
	}
	async function conclude() {
		facts.replaceChildren(figures(report));
		dead.replaceChildren((await letters(id, signal).catch(failed)) ?? "");
		app.refresh();
	}
	function update(now) {
		report = now;
		if (ended !== report.status) {
			ended = report.status;
			head();
			said.replaceChildren(...notices(report, reload));
			if (ended !== "running") conclude();
		}
		flow.update(report.stages ?? {});
		table.update(report.stages ?? {});
		result.replaceChildren(routes(report));
		facts.replaceChildren(figures(report));
	}
	async function reload() {
		ended = "";
		update(await get(`/runs/${id}`, {}, signal));
	}

	cancel.addEventListener(
		"click",
		busy(cancel, () => post(`/runs/${id}/cancel`)),
	);
	again.addEventListener(
		"click",
		busy(again, () => trigger(report, {full: true})),
	);
	root.replaceChildren(
		h("div", {class: "head"}, title, status, about, cancel, again),
		said,
		told(id, {flow, result, facts, table, dead}),
	);
	update(report);
	if (report.status === "running") {
		const clock = setInterval(
			() => say(document.getElementById("took") ?? h("i"), took(report)),
			500,
		);

		signal.addEventListener("abort", () => clearInterval(clock));
		follow(id, signal, update, sorry);
	}
}
