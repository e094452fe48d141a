// job.js: one job: the ad, the answer, and its story
import {button, grid, h, panel} from "../lib/dom.js";
import {patch, post, signed} from "../lib/api.js";
import {busy, sorry, toast} from "../lib/talk.js";
import {advert, answer, fetchJob, place, shown, standing} from "../lib/advert.js";
import {editor} from "../lib/edit.js";
import {exact, named, number, outward, usd, when, words} from "../lib/format.js";

const kinds = {
	approved: "approved",
	rejected: "rejected",
	edited: "review",
	withdrawn: "archived",
	closed: "rejected",
	moved: "review",
	reopened: "approved",
};

// Everything that happened, in order: the store's events, people's verdicts
// with their reasons, what the mirror was told.
function story(job) {
	const past = [
		{at: job.created_at, what: "stored", kind: "archived"},
		...job.events
			.filter((e) => e.kind !== "reviewed" && e.kind !== "edited")
			.map((e) => ({
				at: e.at,
				kind: kinds[e.kind],
				what: [
					e.kind,
					e.from && e.to && e.from !== e.to && `from ${named(e.from)} to ${named(e.to)}`,
					e.reason && `(${words(e.reason)})`,
					e.fields?.length > 0 && `in ${e.fields.join(", ")}`,
				]
					.filter(Boolean)
					.join(" "),
				run: e.run_id,
			})),
		...job.reviews.map((v) => ({
			at: v.at,
			kind: kinds[v.verdict],
			what: [
				v.verdict,
				`by ${v.reviewer}`,
				v.reason && `: ${v.reason}`,
				v.edits && `in ${Object.keys(v.edits).join(", ")}`,
			]
				.filter(Boolean)
				.join(" "),
		})),
		...job.mirror.map((m) => ({
			at: m.at,
			kind: m.status === "done" ? "approved" : "rejected",
			what: [`${m.target}: ${m.op} ${m.status}`, m.row_id && `row ${m.row_id}`, m.reason]
				.filter(Boolean)
				.join(", "),
		})),
	];

	return past
		.map((e, i) => ({...e, i}))
		.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.i - b.i);
}

function timeline(job) {
	return h(
		"ol",
		{class: "story"},
		story(job).map((e) =>
			h(
				"li",
				{class: e.kind ?? "archived"},
				h(
					"span",
					{},
					e.what,
					e.run && [" by ", h("a", {href: `#/runs/${e.run}`}, `run ${e.run}`)],
				),
				h("span", {class: "muted small", title: exact(e.at)}, when(e.at)),
			),
		),
	);
}

function bills(record) {
	const stages = Object.entries(record.ai ?? {}).filter(([, b]) => b && typeof b === "object");

	return stages.map(([name, b]) => [
		h("dt", {}, `${name} by`),
		h(
			"dd",
			{},
			b.model ?? "–",
			h(
				"span",
				{class: "muted"},
				[
					b.cached ? " remembered" : "",
					b.tokens_in > 0
						? ` ${number(b.tokens_in)} + ${number(b.tokens_out)} tokens, ${usd(Number(b.cost_usd))}`
						: "",
				].join(""),
			),
		),
	]);
}

function facts(job) {
	const r = job.record;
	const pairs = [
		["job_id", h("code", {}, job.job_id)],
		["feed", h("a", {href: `#/feeds/${job.feed_id}`}, job.feed_name)],
		["source_id", h("code", {}, job.source_id)],
		["last written by", h("a", {href: `#/runs/${job.run_id}`}, `run ${job.run_id}`)],
		["posted", exact(r.posted_at)],
		["expires", exact(r.expires_at)],
		["category", r.category],
		["click costs", r.cpc === undefined ? undefined : usd(r.cpc)],
		["missed", job.missed > 0 ? `${job.missed} runs` : undefined],
		["edits", job.edits && Object.keys(job.edits).join(", ")],
		["text", job.content_hash && h("code", {}, job.content_hash.slice(0, 16))],
	];

	return h(
		"dl",
		{class: "facts"},
		pairs
			.filter(([, v]) => v !== undefined && v !== null && v !== "–")
			.map(([name, v]) => [h("dt", {}, name), h("dd", {}, v)]),
		bills(r),
	);
}

// The ads folded into it, each with its place and its own link.
function members(job) {
	const list = job.record.merged ?? [];

	return list.length === 0
		? null
		: panel(
				`Also speaks for ${list.length} more`,
				grid(
					"Ads folded into it",
					["Ad", "Place", "Link"],
					h(
						"tbody",
						{},
						list.map((m) =>
							h(
								"tr",
								{},
								h("td", {}, h("code", {}, m.source_id)),
								h("td", {}, place(m) || "–"),
								h("td", {}, outward(m.url, "apply")),
							),
						),
					),
				),
			);
}

// The ad on the left, on the right what was made of it.
function told(job, ad, side) {
	return h(
		"div",
		{class: "job"},
		h(
			"div",
			{class: "stack"},
			panel("The ad", h("div", {class: "pad"}, ad)),
			members(job),
			h(
				"details",
				{class: "panel fold"},
				h("summary", {}, "The record"),
				h("pre", {tabindex: "0"}, JSON.stringify(job.record, null, 2)),
			),
		),
		h(
			"div",
			{class: "stack"},
			panel("The model's answer", side),
			panel("Its story", h("div", {class: "pad"}, timeline(job))),
			panel("Facts", h("div", {class: "pad"}, facts(job))),
		),
	);
}

export async function show(root, context) {
	const {
		params: [id],
		signal,
		app,
	} = context;
	const found = await fetchJob(id, signal);
	const {job} = found;
	const ad = advert(found);
	const side = h(
		"div",
		{class: "pad"},
		answer(found, () => ad),
	);
	const reload = () => show(root, context);

	function does(text, kind, work) {
		const b = button(text, () => {}, kind);

		b.addEventListener(
			"click",
			busy(b, async () => {
				toast(words((await work()).verdict));
				await reload();
				app.refresh();
			}),
		);
		return b;
	}
	function edit() {
		editor(
			job,
			(edits) => patch(`/jobs/${id}`, signed({edits})).then(reload).catch(sorry),
			reload,
		)
			.then((form) => {
				side.replaceChildren(form.node);
				form.focus();
			})
			.catch(sorry);
	}
	const decide = (verb) => () =>
		post(
			`/jobs/${id}/${verb}`,
			signed(verb === "withdraw" ? {} : {content_hash: job.content_hash ?? undefined}),
		);
	const open = !job.closed_at;
	const r = shown(job);

	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h(
				"div",
				{class: "grow"},
				h("h1", {}, r.ai_title ?? r.title ?? "No title"),
				standing(job),
			),
			open && job.review !== "approved" && does("Approve", "primary", decide("approve")),
			open && job.review !== "rejected" && does("Reject", "danger", decide("reject")),
			open && button("Edit", edit),
			open && (job.review || job.edits) && does("Take back", "", decide("withdraw")),
		),
		told(job, ad, side),
	);
}
