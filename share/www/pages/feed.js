// feed.js: one feed: how it does, and how it is set
import {button, check, field, fill, h, panel, select} from "../lib/dom.js";
import {get, patch, poll, post, remove, signed} from "../lib/api.js";
import {ask, busy, sorry, toast} from "../lib/talk.js";
import {chart} from "../lib/chart.js";
import {ROUTES, compact, exact, kind, named, number, span, when} from "../lib/format.js";
import {state, trigger} from "./feeds.js";
import {table} from "./runs.js";

const colours = {
	approved: "approved",
	manual_review: "review",
	rejected: "rejected",
	archived: "archived",
};
const GUARDS = [
	["empty", "an empty feed"],
	["shrink", "a shrunken one"],
	["dead", "many refused records"],
	["drift", "fields that are gone"],
];

const optional = (value) => (value === "" ? null : Number(value));

// The settings as a form; only what was changed is sent.
function settings(feed, saved) {
	let stands = feed;
	const text = (value, props = {}) =>
		h("input", {value: value ?? "", autocomplete: "off", ...props});
	const count = (value, props) =>
		text(value, {type: "number", min: 0, placeholder: "default", ...props});
	const name = text(feed.name, {required: true, maxlength: 200});
	const url = text(feed.url, {required: true, maxlength: 4096, spellcheck: "false"});
	const schedule = text(feed.schedule, {placeholder: "30m, 6h, or 17 * * * *", maxlength: 100});
	const load = select(
		[
			["snapshot", "all open jobs"],
			["delta", "only changes"],
		],
		feed.load,
	);
	const misses = count(feed.misses, {min: 1});
	const close = count(feed.max_close, {max: 100, step: "any"});
	const confirm = count(feed.confirm_after);
	const enabled = check("Scheduled runs take it", feed.enabled);
	const bypass = check("Approve whatever the model says", feed.bypass_filters);
	const guards = GUARDS.map(([g, text]) => [g, check(text, !feed.accept.includes(g))]);
	const save = h("button", {type: "submit", class: "primary"}, "Save");

	function changes() {
		const now = {
			name: name.value.trim(),
			url: url.value.trim(),
			schedule: schedule.value.trim() || null,
			load: load.value,
			misses: optional(misses.value),
			max_close: optional(close.value),
			confirm_after: optional(confirm.value),
			enabled: enabled.box.checked,
			bypass_filters: bypass.box.checked,
			accept: guards.filter(([, c]) => !c.box.checked).map(([g]) => g),
		};

		return Object.fromEntries(
			Object.entries(now).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(stands[k])),
		);
	}
	return h(
		"form",
		{
			class: "pad stack",
			on: {
				submit: busy(save, async () => {
					const changed = changes();

					if (Object.keys(changed).length > 0) {
						stands = await patch(`/feeds/${feed.feed_id}`, changed);
						await saved();
					}
					toast("Saved");
				}),
			},
		},
		h(
			"div",
			{class: "fields"},
			field("Name", name),
			field("Due", schedule, "an interval or a cron line; empty: only by hand"),
			field("Address", url, null, true),
			field("It holds", load),
			field("Runs without a job before it closes", misses),
			field("Per cent that one run may close", close),
			field("Seconds until a guard lifts itself", confirm),
		),
		h("div", {class: "row gap"}, enabled.node, bypass.node),
		h(
			"fieldset",
			{class: "row gap"},
			h("legend", {}, "Hold a run up for"),
			guards.map(([, c]) => c.node),
		),
		h("div", {class: "row"}, save),
	);
}

function guard(feed, reload) {
	const list = feed.guard?.guards ?? [];
	const run = feed.guard?.run_id;
	const accept = button("It is right: accept", () => {}, "primary");

	accept.addEventListener(
		"click",
		busy(accept, async () => {
			await post(`/runs/${run}/accept`, signed({guards: list.map((g) => g.guard ?? g)}));
			toast("Accepted, and committed");
			await reload();
		}),
	);
	return (
		feed.guard &&
		h(
			"div",
			{class: "notice warn"},
			h(
				"div",
				{class: "grow"},
				h(
					"strong",
					{},
					"A guard holds the closing of jobs up, since ",
					when(feed.guard.since),
				),
				list.map((g) =>
					h(
						"div",
						{class: "muted"},
						g.saw ? `${g.guard}: ${g.saw}` : String(g.guard ?? g),
					),
				),
			),
			run && h("a", {class: "button", href: `#/runs/${run}`}, `Run ${run}`),
			run && accept,
		)
	);
}

async function forget(feed) {
	const jobs = ROUTES.reduce((n, r) => n + feed.jobs[r], 0);

	if (
		await ask({
			title: `Forget ${feed.name}?`,
			yes: "Forget it",
			danger: true,
			body: h(
				"p",
				{},
				`The feed, its runs and its ${number(jobs)} live jobs are deleted from the store;` +
					" the next sync takes them off the mirror. This can't be undone.",
			),
			form: () => remove(`/feeds/${feed.feed_id}`, {with_jobs: true}),
		})
	)
		location.hash = "#/";
}

// Its runs, a bar each; ids() are their numbers.
function history(ids, signal) {
	return chart(
		{
			label: "Its runs by outcome",
			stacked: true,
			height: 200,
			x: {
				label: "Run",
				step: 1,
				value: (i) => `${ids()[i] ?? ""}`,
				incrs: [1, 2, 5, 10, 20],
				space: 40,
			},
			y: {value: compact, whole: true},
			series: ROUTES.map((r) => ({label: named(r), colour: colours[r], value: number})),
		},
		signal,
	);
}

// Its name and how it does, and what can be done.
function headline(feed, buttons) {
	const go = feed.running_run_id
		? [h("a", {class: "button", href: `#/runs/${feed.running_run_id}`}, "Watch the run")]
		: buttons;

	return [
		h("h1", {}, feed.name),
		state(feed),
		h(
			"span",
			{class: "muted grow about"},
			"fresh ",
			when(feed.last_succeeded_at),
			feed.avg_processing_time !== null && ` · ${span(feed.avg_processing_time)} a run`,
			feed.next_due_at && [" · due ", when(feed.next_due_at)],
		),
		h("a", {class: "button", href: `#/feeds/${feed.feed_id}/map`}, "Inspect and map"),
		...go,
	];
}

function failure(feed) {
	return (
		feed.last_error &&
		h(
			"div",
			{class: "notice bad"},
			h(
				"div",
				{class: "grow"},
				h("strong", {}, `The last run failed, ${exact(feed.last_run_at)}`),
				h("div", {class: "muted"}, feed.last_error),
			),
		)
	);
}

function counts(feed) {
	return ROUTES.map((r) =>
		h(
			"a",
			{class: `tile ${kind(r)}`, href: `#/jobs?feed_id=${feed.feed_id}&route=${r}`},
			h("b", {}, number(feed.jobs[r])),
			h("span", {}, named(r)),
		),
	);
}

export async function show(root, {params: [id], signal}) {
	let feed = await get(`/feeds/${id}`, {}, signal);
	let ids = [];
	let seen = "";
	const head = h("div", {class: "head"});
	const said = h("div", {class: "stack"});
	const tiles = h("div", {class: "tiles", "aria-label": "Jobs of the feed"});
	const runs = table(false);
	const past = history(() => ids, signal);
	const starts = [
		["Run", "primary", {}],
		["Run in full", "", {full: true}],
	].map(([text, look, how]) => {
		const b = button(text, () => {}, look);

		b.addEventListener(
			"click",
			busy(b, () => trigger(feed, how)),
		);
		return b;
	});

	// What is as it was stays, and keeps the focus.
	function shown() {
		const now = JSON.stringify(feed, (k, v) => (k === "freshness_seconds" ? undefined : v));

		if (now === seen) return;
		seen = now;
		fill(head, headline(feed, starts));
		fill(said, guard(feed, reload), failure(feed));
		fill(tiles, counts(feed));
	}
	async function reload() {
		const page = await get("/runs", {feed_id: id, limit: 40}, signal);
		const done = page.runs.filter((r) => r.approved !== null).reverse();
		const same = done.length === ids.length && done.every((r, i) => r.run_id === ids[i]);

		feed = await get(`/feeds/${id}`, {}, signal);
		shown();
		runs.update(page.runs.slice(0, 10));
		if (!same) {
			ids = done.map((r) => r.run_id);
			await past.draw([done.map((_, i) => i), ...ROUTES.map((r) => done.map((d) => d[r]))]);
		}
		return feed.running_run_id ? 2 : 15;
	}

	shown();
	fill(
		root,
		head,
		said,
		tiles,
		h(
			"div",
			{class: "feed"},
			panel(
				"Its runs",
				h("div", {}, h("div", {class: "pad"}, past.node), runs.node),
				h("a", {href: `#/runs?feed_id=${id}`}, "all"),
			),
			h(
				"div",
				{class: "stack"},
				panel("Settings", settings(feed, reload)),
				h(
					"div",
					{class: "row"},
					button("Forget this feed…", () => forget(feed).catch(sorry), "danger"),
				),
			),
		),
	);
	poll(2, signal, () => reload().catch((e) => signal.aborted || sorry(e)));
}
