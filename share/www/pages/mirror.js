// mirror.js: what would make the mirror equal to the store, and doing it
import {button, check, empty, grid, h, keyed, panel, say, select, skeleton} from "../lib/dom.js";
import {get, post, signed} from "../lib/api.js";
import {busy, sorry, toast} from "../lib/talk.js";
import {number, pill, plural, when} from "../lib/format.js";

const OPS = {
	delete: ["rejected", "delete"],
	add: ["approved", "add"],
	change: ["review", "change"],
};
const LIFTABLE = ["max_delete", "allow_empty", "refill"];

// What xano-sync says, without the figures behind the words.
const plain = (message) => message.replace(/^[A-Z]+ xano-sync: /, "");

function operation(o) {
	const status = h("td", {"data-label": "Status"});
	const node = h(
		"tr",
		{},
		h("td", {}, h("span", {class: `pill ${OPS[o.op][0]}`}, OPS[o.op][1])),
		h(
			"td",
			{class: "wide"},
			o.key
				? h("a", {href: `#/jobs/${o.key}`}, o.title ?? o.key)
				: (o.title ?? "a row without a key"),
			h("div", {class: "muted small"}, o.company_name ?? ""),
		),
		h("td", {"data-label": "Row"}, o.id === null ? "new" : String(o.id)),
		h("td", {"data-label": "What"}, o.columns?.join(", ") ?? o.why ?? ""),
		status,
	);

	return {
		node,
		update(now) {
			say(status, [now.status, now.message].filter(Boolean).join(": ") || "–");
		},
	};
}

// What a plan comes to, its guards, and the button that carries it out.
function verdict(plan, apply) {
	const {counts} = plan;
	const work = counts.delete + counts.add + counts.change;
	const hard = plan.guards.filter((g) => !LIFTABLE.includes(g.guard));
	const soft = plan.guards.filter((g) => LIFTABLE.includes(g.guard));
	const go = button(
		work === 0 ? "Nothing to do" : `Make ${plural(work, "change")}`,
		() => {},
		"primary",
	);
	const sure = check(
		`I have looked at the ${plural(counts.delete, "deletion")}; they are right`,
		false,
		(event) => {
			go.disabled = !event.target.checked;
		},
	);

	go.disabled = work === 0 || hard.length > 0 || soft.length > 0;
	go.addEventListener(
		"click",
		busy(go, () => apply(soft.map((g) => g.guard))),
	);
	return [
		plan.guards.length > 0 &&
			h(
				"div",
				{class: "notice warn"},
				h(
					"div",
					{class: "grow"},
					h("strong", {}, "A guard tripped: without you nothing is done"),
					plan.guards.map((g) => h("div", {class: "muted"}, plain(g.message))),
				),
				hard.length === 0 && sure.node,
			),
		h(
			"div",
			{class: "row"},
			go,
			h(
				"span",
				{class: "muted"},
				work === 0
					? `The mirror equals the ${number(plan.rows_wanted)} approved jobs.`
					: "Does exactly this plan, and stops if the table has moved since.",
			),
		),
	];
}

const MOVING = ["planning", "applying"];

// The numbers of a plan, as tiles.
function totals(plan) {
	return [
		...["delete", "add", "change"].map((op) => [OPS[op][0], plan.counts[op], `to ${op}`]),
		["", plan.rows_wanted, "rows wanted"],
	].map(([kind, n, what]) =>
		h("div", {class: `tile ${kind}`}, h("b", {}, number(n)), h("span", {}, what)),
	);
}

// What became of a plan that nobody has to decide about.
function became(plan) {
	const told = (kind, title, text) =>
		h(
			"div",
			{class: `notice ${kind}`},
			h("div", {class: "grow"}, h("strong", {}, title), h("div", {class: "muted"}, text)),
		);

	if (plan.state === "failed") return told("bad", "It failed", plain(plan.error ?? ""));
	if (plan.state === "planning") return told("", "Planning", "Reading the table and the store…");
	if (plan.state === "applying") return told("", "Applying", "Changing rows…");
	return told(
		"",
		"Done.",
		["deleted", "added", "updated", "failed"]
			.map((n) => `${number(plan.applied?.[n] ?? 0)} ${n}`)
			.join(", "),
	);
}

// The page: the plan that is looked at, its rows, and those of before.
class Mirror {
	constructor(root, id, signal) {
		Object.assign(this, {root, id, signal, plan: null, list: [], seen: "", watched: null});
		this.tiles = h("div", {class: "tiles", "aria-label": "The plan", hidden: true});
		this.status = h("span");
		this.said = h("div", {class: "stack"});
		this.body = h("tbody");
		this.none = h("div");
		this.past = h("ul", {class: "past"});
		this.more = button("More", () => this.load(true).catch(sorry), "", {hidden: true});
		this.table = grid(
			"Rows",
			["-Operation", "Job", "Row", "What", "Status"],
			this.body,
			"cards",
		);
		this.table.hidden = true;
		this.only = select(
			[
				["", "all rows"],
				["delete", "deletions"],
				["add", "additions"],
				["change", "changes"],
			],
			"",
			{"aria-label": "Which rows", on: {change: () => this.load().catch(sorry)}},
		);
	}

	async start() {
		const make = button("Plan", () => {}, "primary");
		const some = await this.before();

		make.addEventListener(
			"click",
			busy(make, () => this.make()),
		);
		if (some === 0)
			this.said.append(
				panel(
					"No plan yet",
					empty(
						"Look before you leap",
						"A plan reads the table and the store, and tells what would be deleted, added" +
							" and changed. It touches nothing.",
					),
				),
			);
		this.root.replaceChildren(
			h(
				"div",
				{class: "head"},
				h("h1", {}, "Mirror"),
				this.status,
				h("span", {class: "grow"}),
				make,
			),
			this.tiles,
			this.said,
			h(
				"div",
				{class: "mirror"},
				h(
					"div",
					{},
					panel("What it does", h("div", {}, this.table, this.none), this.only),
					h("div", {class: "row spaced"}, this.more),
				),
				panel("Plans", h("div", {class: "pad"}, this.past)),
			),
		);
		if (this.id) this.watch();
	}

	async make() {
		this.id = (await post("/sync", signed({dry_run: true}))).sync_id;
		this.watch();
	}

	async apply(allow) {
		await post("/sync", signed({apply: this.id, allow}));
		toast("Under way");
		this.watch();
	}

	// Look at the plan until nothing moves any more.
	async watch() {
		for (const mine = (this.watched = {}); this.watched === mine && !this.signal.aborted;) {
			await this.load().catch((e) => this.signal.aborted || sorry(e));
			if (!MOVING.includes(this.plan?.state)) break;
			await new Promise((go) => setTimeout(go, 1000));
		}
		await this.before().catch(() => {});
	}

	// Plans of before; the newest is looked at first.
	async before() {
		const {syncs} = await get("/sync", {}, this.signal);

		this.id ??= syncs[0]?.sync_id ?? null;
		this.past.replaceChildren(
			...syncs
				.slice(0, 10)
				.map(({sync_id: id, started_at: at, state, counts: c}) =>
					h(
						"li",
						{},
						h("a", {href: `#/mirror/${id}`}, when(at)),
						pill(state),
						h(
							"span",
							{class: "muted small"},
							c ? `−${c.delete} +${c.add} ~${c.change}` : "",
						),
					),
				),
		);
		return syncs.length;
	}

	async load(further) {
		const page = await get(
			`/sync/${this.id}`,
			{op: this.only.value, limit: 100, after: further ? this.plan.next : ""},
			this.signal,
		);

		this.list = further ? [...this.list, ...page.operations] : page.operations;
		this.plan = page;
		this.shown();
	}

	shown() {
		const {plan, list} = this;
		const key = JSON.stringify([plan.sync_id, plan.state, plan.counts, plan.applied]);

		keyed(this.body, list, (o) => o.n, operation);
		this.table.hidden = list.length === 0;
		this.more.hidden = !plan.next;
		this.none.replaceChildren(
			list.length > 0
				? ""
				: MOVING.includes(plan.state)
					? skeleton(5)
					: empty(
							"No rows",
							plan.state === "failed"
								? "The plan could not be made."
								: "There is nothing of that kind to do.",
						),
		);
		if (key === this.seen) return;
		this.seen = key;
		this.status.replaceChildren(
			pill(plan.state),
			h("span", {class: "muted"}, " ", when(plan.started_at)),
		);
		this.tiles.hidden = !plan.counts;
		if (plan.counts) this.tiles.replaceChildren(...totals(plan));
		this.said.replaceChildren(
			...(plan.state === "planned"
				? verdict(plan, (allow) => this.apply(allow)).filter(Boolean)
				: [became(plan)]),
		);
	}
}

export async function show(root, {params: [id], signal}) {
	try {
		await new Mirror(root, id ?? null, signal).start();
	} catch (error) {
		if (error.status !== 409) throw error;
		root.replaceChildren(
			h("div", {class: "head"}, h("h1", {}, "Mirror")),
			panel(
				"No mirror",
				empty(
					"None is configured",
					"Set XANO_BASE_URL, XANO_TOKEN_FILE, XANO_WORKSPACE and XANO_TABLE for the server.",
				),
			),
		);
	}
}
