// review.js: the review queue, a tool for hours of work: keys first
import {button, empty, failed, field, h, keyed, say, skeleton} from "../lib/dom.js";
import {get, reviewer} from "../lib/api.js";
import {ask, sorry, toast} from "../lib/talk.js";
import {advert, answer, fetchJob, standing} from "../lib/advert.js";
import {controls, described, typed, wanted} from "../lib/filter.js";
import {editor} from "../lib/edit.js";
import {Undo} from "../lib/undo.js";
import {number, plural, sure} from "../lib/format.js";

const PAGE = 100;
const KEYS = [
	[["a"], "approve"],
	[["r"], "reject"],
	[["R"], "reject, and say why"],
	[["j", "↓"], "next job"],
	[["k", "↑"], "job before"],
	[["e"], "edit the answer"],
	[["u"], "undo the last decision"],
	[["o"], "open the job's own page"],
	[["Space"], "scroll the ad"],
	[["/"], "search"],
	[["b"], "decide about all that are listed"],
	[["?"], "these keys"],
];

// The keys, and the name that decisions are made in.
async function help() {
	const name = h("input", {value: reviewer(), maxlength: 100, required: true});

	await ask({
		title: "Keys",
		yes: "Close",
		no: "",
		body: [
			h(
				"dl",
				{class: "keys"},
				KEYS.map(([keys, what]) => [
					h(
						"dt",
						{},
						keys.map((k) => [h("kbd", {}, k), " "]),
					),
					h("dd", {}, what),
				]),
			),
			field("Your name", name, "stands beside what you decide"),
		],
		form: async () => localStorage.setItem("jobmill.reviewer", name.value.trim()),
	});
}

// A job in the list.
function entry(item, go) {
	const title = h("span", {class: "entry-title"});
	const about = h("span", {class: "entry-about"});
	const share = h("span", {class: "entry-sure"});
	const b = h(
		"button",
		{
			type: "button",
			class: "entry",
			"data-job": item.job_id,
			on: {click: () => go(item.job_id)},
		},
		title,
		share,
		about,
	);

	return {
		node: h("li", {}, b),
		update(e) {
			say(title, e.job.ai_title ?? e.job.title ?? "No title");
			say(
				about,
				e.verdict ?? [e.job.company_name, e.job.industry_name].filter(Boolean).join(" · "),
			);
			say(share, sure(e.job.ai_confidence));
			b.className = `entry ${e.verdict ?? ""}`;
			if (e.here) b.setAttribute("aria-current", "true");
			else b.removeAttribute("aria-current");
		},
	};
}

// The page: a list, the ad, the answer, and what can be done about it.
class Queue {
	constructor(root, {signal, query, app}) {
		Object.assign(this, {
			root,
			signal,
			app,
			filter: {...wanted(query), route: "manual_review"},
			list: [],
			at: -1,
			next: null,
			total: 0,
			decided: 0,
			began: Date.now(),
			undo: new Undo(),
			cache: new Map(),
			busy: 0,
		});
		this.entries = h("ol", {class: "entries"});
		this.sum = h("span", {class: "muted"});
		this.paper = h("section", {class: "pane paper", tabindex: "0", "aria-label": "The ad"});
		this.side = h("section", {
			class: "pane side",
			tabindex: "0",
			"aria-label": "The model's answer",
		});
		this.said = h("span", {class: "said", role: "status"});
		this.pace = h("span", {class: "muted pace"});
		this.buttons = this.#actions();
	}

	#actions() {
		const make = (text, key, kind, does) =>
			h(
				"button",
				{type: "button", class: kind, on: {click: () => does().catch(sorry)}},
				text,
				h("kbd", {}, key),
			);

		return {
			approve: make("Approve", "a", "primary", () => this.decide("approved")),
			reject: make("Reject", "r", "danger", () => this.decide("rejected")),
			edit: make("Edit", "e", "", () => this.edit()),
			undo: make("Undo", "u", "", () => this.takeBack()),
			before: make("Before", "k", "ghost", async () => this.step(-1)),
			after: make("Next", "j", "ghost", async () => this.step(1)),
			help: make("Keys", "?", "ghost", help),
		};
	}

	async start() {
		const bar = await controls(this.filter, () => this.load().catch(sorry), {
			signal: this.signal,
			route: false,
		});

		this.feeds = bar.feeds;
		this.search = bar.search;
		this.all = button("Decide about all…", () => this.many().catch(sorry), "slim");
		this.root.replaceChildren(
			h(
				"div",
				{class: "desk"},
				h("h1", {class: "said"}, "Review"),
				h(
					"aside",
					{class: "pane queue", "aria-label": "The queue"},
					h("details", {class: "queue-filter"}, h("summary", {}, "Filter"), bar.node),
					h(
						"div",
						{class: "row queue-head"},
						this.sum,
						h("span", {class: "grow"}),
						this.all,
					),
					this.entries,
				),
				this.paper,
				this.side,
				h(
					"div",
					{class: "actions", role: "toolbar", "aria-label": "Decide"},
					Object.values(this.buttons),
					this.pace,
					this.said,
				),
			),
		);
		this.root.querySelector("details").open = Object.keys(this.filter).length > 1;
		document.addEventListener("keydown", (event) => this.key(event), {signal: this.signal});
		addEventListener("beforeunload", (event) => this.busy > 0 && event.preventDefault(), {
			signal: this.signal,
		});
		await this.load();
	}

	async load() {
		const page = await get(
			"/jobs",
			{...this.filter, sort: "confidence", limit: PAGE, count: true},
			this.signal,
		);

		this.list = page.jobs.map((job) => ({job_id: job.job_id, job}));
		this.next = page.next;
		this.total = page.total ?? page.jobs.length;
		this.cache.clear();
		this.at = -1;
		await this.go(0);
	}

	async more() {
		if (!this.next) return;
		const after = this.next;

		this.next = null;
		const page = await get(
			"/jobs",
			{...this.filter, sort: "confidence", limit: PAGE, after},
			this.signal,
		);
		const there = new Set(this.list.map((e) => e.job_id));

		this.list.push(
			...page.jobs
				.filter((job) => !there.has(job.job_id))
				.map((job) => ({job_id: job.job_id, job})),
		);
		this.next = page.next;
		this.draw();
	}

	get here() {
		return this.list[this.at];
	}

	// Fetch a job once; those that come next are fetched ahead.
	fetch(id) {
		if (!this.cache.has(id)) {
			const coming = fetchJob(id, this.signal);

			coming.catch(() => this.cache.delete(id));
			this.cache.set(id, coming);
		}
		return this.cache.get(id);
	}

	async go(at) {
		this.at = Math.max(0, Math.min(at, this.list.length - 1));
		this.draw();
		if (!this.here) return this.nothing();
		const {job_id: id} = this.here;
		const slow = setTimeout(() => this.paper.replaceChildren(skeleton(8)), 150);

		try {
			const found = await this.fetch(id);

			if (this.here?.job_id === id) this.show(found);
		} catch (error) {
			if (error.name !== "AbortError")
				this.paper.replaceChildren(failed(error, () => this.go(this.at)));
		} finally {
			clearTimeout(slow);
		}
		for (const e of this.list.slice(this.at + 1, this.at + 3))
			this.fetch(e.job_id).catch(() => {});
		if (this.at > this.list.length - 20) this.more().catch(() => {});
	}

	show(found) {
		const ad = advert(found);

		this.found = found;
		this.paper.dataset.job = found.job.job_id;
		this.paper.replaceChildren(ad);
		this.side.replaceChildren(
			standing(found.job),
			answer(found, () => ad),
		);
		this.paper.scrollTop = 0;
		this.side.scrollTop = 0;
	}

	nothing() {
		this.found = null;
		this.paper.replaceChildren(
			empty(
				"Nothing waits",
				Object.keys(this.filter).length > 1
					? "No job in review matches the filter."
					: "Every job is decided about. Well done.",
			),
		);
		this.side.replaceChildren();
	}

	draw() {
		const waiting = Math.max(
			0,
			this.total - this.list.filter((e) => e.verdict && e.verdict !== "edited").length,
		);
		const minutes = (Date.now() - this.began) / 60000;

		this.list.forEach((e, i) => {
			e.here = i === this.at;
		});
		keyed(
			this.entries,
			this.list,
			(e) => e.job_id,
			(e) => entry(e, (id) => this.go(this.list.findIndex((x) => x.job_id === id))),
		);
		this.entries.querySelector("[aria-current]")?.scrollIntoView({block: "nearest"});
		say(this.sum, `${plural(waiting, "job")} ${waiting === 1 ? "waits" : "wait"}`);
		this.all.disabled = waiting === 0;
		this.buttons.undo.disabled = this.undo.size === 0;
		for (const name of ["approve", "reject", "edit"]) this.buttons[name].disabled = !this.here;
		say(
			this.pace,
			this.decided === 0
				? ""
				: `${number(this.decided)} decided` +
						(this.decided > 4 && minutes > 0.2
							? `, ${(this.decided / minutes).toFixed(1)} a minute`
							: ""),
		);
	}

	step(by) {
		return this.here ? this.go(this.at + by) : Promise.resolve();
	}

	// The next one that is not decided about yet, after this one or from the top.
	onward() {
		const open = (e) => !e.verdict || e.verdict === "edited";
		const after = this.list.findIndex((e, i) => i > this.at && open(e));
		const at = after >= 0 ? after : this.list.findIndex(open);

		return at >= 0
			? this.go(at)
			: this.next
				? this.more().then(() => this.onward())
				: this.over();
	}

	over() {
		this.draw();
		this.paper.replaceChildren(
			empty(
				"The list is done",
				`${plural(this.decided, "decision")} in this session.`,
				button("Look for more", () => this.load().catch(sorry), "primary"),
			),
		);
		this.side.replaceChildren();
		this.found = null;
	}

	// Decide about the job that is shown; the next one comes at once.
	async decide(verdict, more = {}) {
		const here = this.here;

		if (
			!here ||
			!this.found ||
			this.found.job.job_id !== here.job_id ||
			here.verdict === verdict
		)
			return;
		const {job} = this.found;
		const was = here.verdict;
		const record = {...job, title: here.job.ai_title ?? here.job.title};

		here.verdict = verdict;
		this.decided++;
		this.busy++;
		say(this.said, `${verdict}: ${record.title}`);
		const sent = this.undo.decide(verdict, record, more);

		try {
			await (verdict === "edited" ? sent : Promise.all([sent, this.onward()]));
			this.cache.delete(here.job_id);
			if (verdict === "edited") await this.go(this.at);
			this.app.refresh();
		} catch (error) {
			here.verdict = was;
			this.decided--;
			this.cache.delete(here.job_id);
			throw error;
		} finally {
			this.busy--;
			this.draw();
		}
	}

	async takeBack() {
		const entry = await this.undo.undo();

		if (!entry) return;
		this.decided = Math.max(0, this.decided - entry.ids.length);
		for (const e of this.list) if (entry.ids.includes(e.job_id)) delete e.verdict;
		entry.ids.forEach((id) => this.cache.delete(id));
		say(this.said, "taken back");
		if (entry.before === null) {
			toast(`${plural(entry.ids.length, "decision")} taken back`);
			await this.load();
		} else {
			toast(`Taken back: ${entry.title}`);
			await this.go(this.list.findIndex((e) => e.job_id === entry.ids[0]));
		}
		this.app.refresh();
	}

	async edit() {
		if (!this.found || this.side.querySelector("form")) return;
		const back = () => {
			this.show(this.found);
			this.side.focus();
		};
		const form = await editor(
			this.found.job,
			(edits) => {
				this.decide("edited", {edits}).catch(sorry);
				this.side.focus();
			},
			back,
		);

		this.side.replaceChildren(h("h2", {}, "Edit the answer"), form.node);
		form.focus();
	}

	async why() {
		const reason = h("input", {maxlength: 2000, required: true, autocomplete: "off"});

		if (
			await ask({
				title: "Reject",
				yes: "Reject",
				danger: true,
				body: h("label", {class: "field"}, h("span", {}, "Why"), reason),
			})
		)
			await this.decide("rejected", {reason: reason.value});
	}

	// One decision about everything that the filter finds.
	async many() {
		const {total} = await get("/jobs", {...this.filter, limit: 1, count: true}, this.signal);
		const reason = h("input", {maxlength: 2000, autocomplete: "off"});
		const pick = ["approved", "rejected"].map((v) =>
			h(
				"label",
				{class: "check"},
				h("input", {type: "radio", name: "verdict", value: v, required: true}),
				v === "approved" ? "Approve" : "Reject",
			),
		);
		let result;

		await ask({
			title: `Decide about ${plural(total, "job")}`,
			yes: "Decide",
			body: [
				h(
					"p",
					{},
					`All jobs ${described(this.filter, this.feeds)}. If others come or go meanwhile, nothing is done.`,
				),
				h("div", {class: "row"}, pick),
				h("label", {class: "field"}, h("span", {}, "Why (may be left out)"), reason),
			],
			form: async () => {
				const verdict = pick.map((p) => p.firstChild).find((i) => i.checked).value;

				result = await this.undo.bulk(verdict, typed(this.filter), total, reason.value);
			},
		});
		if (!result) return;
		this.decided += result.done.length;
		toast(
			`${plural(result.done.length, "job")} decided` +
				(result.failed.length > 0 ? `, ${result.failed.length} could not be` : ""),
			{action: "Undo", does: () => this.takeBack().catch(sorry)},
		);
		await this.load();
		this.app.refresh();
	}

	key(event) {
		const typing = event.target.closest?.("input, textarea, select, [contenteditable]");

		if (
			event.ctrlKey ||
			event.metaKey ||
			event.altKey ||
			document.querySelector("dialog[open]")
		)
			return;
		if (typing) {
			if (event.key === "Escape") event.target.blur();
			return;
		}
		const does = {
			a: () => this.decide("approved"),
			r: () => this.decide("rejected"),
			R: () => this.why(),
			j: () => this.step(1),
			k: () => this.step(-1),
			ArrowDown: () => this.step(1),
			ArrowUp: () => this.step(-1),
			e: () => this.edit(),
			u: () => this.takeBack(),
			b: () => this.many(),
			"?": help,
			"/": async () => this.find(),
			o: async () => {
				location.hash = `#/jobs/${this.here.job_id}`;
			},
			" ": async () =>
				this.paper.scrollBy({top: (event.shiftKey ? -0.8 : 0.8) * this.paper.clientHeight}),
		}[event.key];

		if (!does || (event.key === " " && event.target.closest("button, a, summary"))) return;
		event.preventDefault();
		if (!event.repeat || ["j", "k", "ArrowDown", "ArrowUp", " "].includes(event.key))
			does().catch(sorry);
	}

	find() {
		this.root.querySelector("details").open = true;
		this.search.focus();
		this.search.select();
	}
}

export async function show(root, context) {
	context.main.className = "wide";
	await new Queue(root, context).start();
}
