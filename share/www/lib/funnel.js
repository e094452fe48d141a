// funnel.js: what became of the records of a run, as a funnel that moves
import {h, keyed, say, svg} from "./dom.js";
import {bytes, number, span, words} from "./format.js";

const ROW = 52; // pixels of a step
const BODY = 30; // of them its own, the rest leads to the next one

// The counters of a stage whose names start with a prefix.
function counted(stage, prefix) {
	return Object.entries(stage ?? {})
		.filter(([name, n]) => name.startsWith(prefix) && n > 0)
		.map(([name, n]) => [name.slice(prefix.length), n])
		.sort((a, b) => b[1] - a[1]);
}

const sum = (pairs) => pairs.reduce((total, [, n]) => total + n, 0);
const told = (pairs) =>
	pairs.length === 1
		? words(pairs[0][0])
		: pairs.map(([name, n]) => `${number(n)} ${words(name)}`).join(", ");

// What a model was asked, and what it took.
function asked(stages, name) {
	const known = stages[`recall-${name}`]?.recalled ?? 0;
	const stage = stages[`enrich-${name}`] ?? {};
	const parts = [`${number(stage.answered ?? 0)} asked`, `${number(known)} remembered`];

	if (stage.failed > 0) parts.push(`${number(stage.failed)} failed`);
	return parts.join(", ");
}

// Which map read the feed; one in a file is its own.
function mapped(map) {
	if (!map) return "";
	return map.includes("/") ? "by its own map" : `map ${map}`;
}

// How long a stage has yet to go, if what comes is known.
function left(stage, wanted) {
	if (!stage?.seconds || !stage.in || stage.status !== undefined || wanted <= stage.in) return "";
	return `${span(((wanted - stage.in) * stage.seconds) / stage.in)} left`;
}

// What is told of a stage that asks a model, behind the stage BEFORE.
function paid(stages, name, before) {
	return [asked(stages, name), left(stages[`enrich-${name}`], stages[before]?.out ?? 0)]
		.filter(Boolean)
		.join(" · ");
}

// The steps of a run: {name, detail, n, gone, why, done}.  Each step's n is
// how many records are still in the stream behind it; what was routed by an
// earlier step only passes through.
export function steps(stages) {
	const list = [];
	const s = (name) => stages[name] ?? {};
	let routed = 0;

	function add(name, stage, n, gone, why, detail) {
		list.push({
			name,
			n: Math.max(0, n),
			gone,
			why,
			detail,
			begun: stage.in > 0 || stage.bytes_in > 0,
			done: stage.status !== undefined,
		});
	}
	function route(name, stage, detail) {
		const out = counted(s(stage), "route.");

		routed += sum(out);
		add(
			name,
			s(stage),
			(s(stage).out ?? 0) - routed,
			sum(out),
			told(counted(s(stage), "reason.")) || told(out),
			detail,
		);
	}
	function fold(name, stage, detail) {
		add(
			name,
			s(stage),
			(s(stage).out ?? 0) - routed,
			s(stage).merged ?? 0,
			"folded into others",
			detail,
		);
	}

	add(
		"In the feed",
		s("xml2jsonl"),
		s("xml2jsonl").in ?? 0,
		0,
		"",
		s("feed-fetch").bytes_out > 0 ? `${bytes(s("feed-fetch").bytes_out)} fetched` : "",
	);
	add(
		"Records",
		s("xml2jsonl"),
		s("xml2jsonl").out ?? 0,
		s("xml2jsonl").dead ?? 0,
		"refused",
		mapped(s("xml2jsonl").map),
	);
	route("Open", "route-status", "not closed, not expired");
	fold("Distinct", "dedup-title", "one role, one record");
	add(
		"Industry known",
		s("enrich-industry"),
		(s("enrich-industry").out ?? 0) - routed,
		0,
		"",
		paid(stages, "industry", "dedup-title"),
	);
	route("Sure enough", "route-confidence", "the rest is archived unpaid");
	fold("Distinct again", "dedup-ai-title", "by the cleaned title");
	add(
		"Function known",
		s("enrich-function"),
		(s("enrich-function").out ?? 0) - routed,
		0,
		"",
		paid(stages, "function", "dedup-ai-title"),
	);
	return list;
}

// The outcome by route: [[route, n, reasons]].
export function outcomes(report) {
	const stages = report.stages ?? {};

	return ["approved", "manual_review", "rejected", "archived"].map((route) => {
		const told = report.outcomes?.[route];
		const live = ["route-status", "route-confidence", "route-final"].reduce(
			(n, stage) => n + (stages[stage]?.[`route.${route}`] ?? 0),
			0,
		);

		return [
			route,
			told ? Object.values(told).reduce((a, b) => a + b, 0) : (report[route] ?? live),
			Object.entries(told ?? {}).sort((a, b) => b[1] - a[1]),
		];
	});
}

// The shape: a body for each step as wide as it has records, and slopes
// between them.  It eases from where it is to where it should be.
function shape() {
	const body = svg("path", {class: "funnel-body"});
	const slope = svg("path", {class: "funnel-slope"});
	const node = svg(
		"svg",
		{class: "funnel-shape", preserveAspectRatio: "none", "aria-hidden": "true"},
		slope,
		body,
	);
	const still = matchMedia("(prefers-reduced-motion: reduce)");
	let now = [];
	let goal = [];
	let frame = 0;

	function draw() {
		const parts = {body: "", slope: ""};

		now.forEach((w, i) => {
			const [a, b, y] = [50 - w / 2, 50 + w / 2, i * ROW];
			const next = now[i + 1];

			parts.body += `M${a} ${y}H${b}V${y + BODY}H${a}Z`;
			if (next !== undefined)
				parts.slope += `M${a} ${y + BODY}H${b}L${50 + next / 2} ${y + ROW}H${50 - next / 2}Z`;
		});
		body.setAttribute("d", parts.body);
		slope.setAttribute("d", parts.slope);
	}
	function move() {
		let far = 0;

		frame = 0;
		now = goal.map((w, i) => {
			const at = now[i] ?? 0;

			far = Math.max(far, Math.abs(w - at));
			return still.matches || Math.abs(w - at) < 0.05 ? w : at + (w - at) * 0.16;
		});
		draw();
		if (far >= 0.05 && !still.matches) frame = requestAnimationFrame(move);
	}

	return {
		node,
		update(list) {
			const most = Math.max(1, ...list.map((step) => step.n));

			node.setAttribute("viewBox", `0 0 100 ${(list.length - 1) * ROW + BODY}`);
			node.style.setProperty("height", `${(list.length - 1) * ROW + BODY}px`);
			goal = list.map((step) =>
				step.n === 0 ? (step.begun ? 0.6 : 0) : Math.max(0.8, (step.n / most) * 100),
			);
			if (!frame) frame = requestAnimationFrame(move);
		},
	};
}

function step() {
	const name = h("span", {class: "funnel-name"});
	const detail = h("span", {class: "funnel-detail"});
	const n = h("b", {class: "funnel-n"});
	const gone = h("span", {class: "funnel-gone"});
	const node = h(
		"li",
		{},
		h("div", {class: "funnel-what"}, name, detail),
		h("div", {class: "funnel-mid"}, n),
		gone,
	);

	return {
		node,
		update(item) {
			say(name, item.name);
			say(detail, item.detail ?? "");
			say(n, item.begun ? number(item.n) : "");
			say(gone, item.gone > 0 ? `−${number(item.gone)}` : "");
			if (item.gone > 0) gone.append(h("small", {}, ` ${item.why}`));
			node.classList.toggle("pending", !item.begun);
		},
	};
}

export function funnel() {
	const drawn = shape();
	const list = h("ol", {class: "funnel-steps"});
	const node = h("div", {class: "funnel"}, h("div", {class: "funnel-column"}, drawn.node), list);

	return {
		node,
		update(stages) {
			const all = steps(stages);

			keyed(list, all, (item) => item.name, step);
			drawn.update(all);
		},
	};
}
