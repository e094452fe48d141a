// advert.js: an ad beside what the model made of it
import {button, h} from "./dom.js";
import {get} from "./api.js";
import {body, evidence, fold, has, marked, titleWords} from "./marks.js";
import {exact, kind, named, number, outward, sure, words} from "./format.js";

const industries = new Map();
let limits;

// The words that speak for an industry; none if the server has none.
export function industry(code) {
	if (!code) return Promise.resolve({terms: []});
	if (!industries.has(code))
		industries.set(
			code,
			get(`/taxonomy/${code}`).catch(() => ({terms: []})),
		);
	return industries.get(code);
}

// What job-route goes by.
export function thresholds() {
	limits ??= get("/statistics/confidence", {bins: 1})
		.then((h1) => h1.thresholds)
		.catch(() => {
			limits = undefined;
			return null;
		});
	return limits;
}

// The record as it counts: what people set stands over what came.
export const shown = (job) => ({...job.record, ...job.edits});

// All that is needed to show a job.
export async function fetchJob(id, signal) {
	const job = await get(`/jobs/${id}`, {}, signal);
	const [terms, bounds] = await Promise.all([
		industry(shown(job).ai_industry?.code),
		thresholds(),
	]);

	return {job, terms: terms.terms ?? [], bounds};
}

function pay(r) {
	if (r.salary_min === undefined && r.salary_max === undefined) return null;
	const ends = [
		...new Set([r.salary_min, r.salary_max].filter((n) => n !== undefined && n !== null)),
	];

	return [
		ends.map(number).join("–"),
		r.salary_currency,
		r.salary_period && `a ${r.salary_period.toLowerCase()}`,
	]
		.filter(Boolean)
		.join(" ");
}

export function place(r) {
	const [first, ...rest] = r.locations ?? [];
	const text =
		first?.text ?? [first?.city, first?.state, first?.country].filter(Boolean).join(", ");

	return [r.is_remote ? "remote" : null, text, rest.length > 0 ? `+ ${rest.length} more` : null]
		.filter(Boolean)
		.join(" · ");
}

// The ad: its title as it came, the facts of the feed, the text with marks.
export function advert({job, terms}) {
	const r = shown(job);
	const matchers = evidence({
		skill: r.ai_skills,
		title: titleWords(r.ai_title, r.title),
		industry: terms,
	});
	const text = body(job.text ?? "", matchers);
	const count = (k) => text.querySelectorAll(`mark.${k}`).length;
	const facts = [
		r.company_name,
		place(r),
		words(r.employment_type ?? "").toLowerCase(),
		pay(r),
	].filter(Boolean);

	return h(
		"article",
		{class: "ad"},
		h(
			"h2",
			{class: "ad-title"},
			marked(r.title ?? "No title", evidence({skill: r.ai_skills, industry: terms})),
		),
		h("p", {class: "muted"}, facts.join(" · ")),
		h(
			"p",
			{class: "small muted"},
			`${job.feed_name} · ${job.source_id} · `,
			outward(r.url, "the ad itself"),
		),
		h(
			"div",
			{class: "key legend"},
			["skill", "title", "industry"].map((k) =>
				h("span", {}, h("mark", {class: k}, k), number(count(k))),
			),
		),
		job.text ? text : h("p", {class: "notice warn"}, "The ad has no text."),
	);
}

// How sure the model was, between the thresholds.
function meter(confidence, bounds) {
	const at = (share) => ({left: `${share * 100}%`});

	if (confidence === null || confidence === undefined)
		return h("p", {class: "muted"}, "No confidence: the model did not answer.");
	return h(
		"div",
		{
			class: "meter",
			role: "img",
			"aria-label":
				`Confidence ${sure(confidence)}` +
				(bounds
					? `, approved from ${bounds.approve_from}, archived below ${bounds.archive_below}`
					: ""),
		},
		h("i", {class: "meter-fill", style: {width: `${confidence * 100}%`}}),
		bounds && [
			h("i", {class: "meter-tick", style: at(bounds.archive_below)}),
			h("i", {class: "meter-tick", style: at(bounds.approve_from)}),
		],
	);
}

// Go to the next place in TEXT where the chip's word stands.
function seek(term, from) {
	const marks = [...from.querySelectorAll("mark.skill")].filter(
		(m) => fold(m.textContent).startsWith(fold(term).slice(0, 4)) || has(m.textContent, term),
	);
	const last = marks.findIndex((m) => m.classList.contains("here"));
	const next = marks[(last + 1) % marks.length];

	marks[last]?.classList.remove("here");
	next?.classList.add("here");
	next?.scrollIntoView({block: "center", behavior: "smooth"});
}

function chips(skills, text, ad) {
	return h(
		"ul",
		{class: "chips"},
		skills.map((skill) =>
			h(
				"li",
				{},
				has(text, skill)
					? button(skill, () => seek(skill, ad()), "chip skill")
					: h(
							"span",
							{class: "chip lacking", title: "These words are not in the ad"},
							skill,
							h("span", {class: "said"}, " (not in the ad)"),
						),
			),
		),
	);
}

function part(title, ...content) {
	return h("section", {class: "part"}, h("h3", {}, title), content);
}

const edited = (job, name) =>
	job.edits && name in job.edits && h("span", {class: "pill review"}, "edited");

// What the model made of it; AD() is the node that advert() made.
export function answer({job, bounds}, ad) {
	const r = shown(job);
	const error = r.ai_error;

	return h(
		"div",
		{class: "answer-body"},
		error && h("p", {class: "notice bad"}, `The model failed: ${error.message}`),
		part(
			"Industry",
			h(
				"p",
				{class: "row"},
				h("strong", {}, r.ai_industry?.name ?? "none"),
				edited(job, "ai_industry"),
				h("span", {class: "grow"}),
				h("b", {class: "sure"}, sure(r.ai_confidence, 4)),
			),
			meter(r.ai_confidence, bounds),
		),
		part(
			"Function",
			h(
				"p",
				{class: "row"},
				h("strong", {}, r.ai_job_function?.name ?? "none"),
				edited(job, "ai_job_function"),
				h("span", {class: "grow"}),
				h("span", {class: "muted"}, sure(r.ai_function_confidence)),
			),
		),
		part(
			"Title",
			h("p", {class: "row"}, h("strong", {}, r.ai_title ?? "none"), edited(job, "ai_title")),
		),
		part(
			"Summary",
			h(
				"p",
				{},
				r.ai_description ?? h("span", {class: "muted"}, "none"),
				" ",
				edited(job, "ai_description"),
			),
		),
		part(
			"Skills",
			r.ai_skills?.length > 0
				? chips(r.ai_skills, job.text ?? "", ad)
				: h("p", {class: "muted"}, "none"),
		),
		r.ai_tasks?.length > 0 &&
			part(
				"Tasks",
				h(
					"ul",
					{class: "plain"},
					r.ai_tasks.map((t) => h("li", {}, t)),
				),
			),
		part(
			"Tags",
			h(
				"p",
				{class: "muted"},
				[...new Set([...(r.ai_tags ?? []), ...(r.ai_search_terms ?? [])])].join(" · ") ||
					"none",
			),
		),
	);
}

// Where it is and why, for the head of the answer.
export function standing(job) {
	return h(
		"p",
		{class: "row"},
		h("span", {class: `pill ${kind(job.route)}`}, named(job.route)),
		h("span", {class: "muted"}, words(job.route_reason ?? "")),
		job.stale && h("span", {class: "pill review"}, "stale"),
		job.review && h("span", {class: "muted"}, `by a person: ${job.review}`),
		job.closed_at && h("span", {class: "pill rejected", title: exact(job.closed_at)}, "closed"),
	);
}
