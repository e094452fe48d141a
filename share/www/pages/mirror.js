// mirror.js: what would make the mirror equal to the store, and doing it
import {button, check, empty, grid, h, keyed, panel, say, select} from "../lib/dom.js";
import {get, poll, post, signed} from "../lib/api.js";
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

export async function show(root, {params: [wanted], signal}) {
	const tiles = h("div", {class: "tiles", "aria-label": "The plan"});
	const status = h("span");
	const said = h("div", {class: "stack"});
	const body = h("tbody");
	const table = grid("Rows", ["-Operation", "Job", "Row", "What", "Status"], body, "cards");
	const none = h("div");
	const past = h("ul", {class: "past"});
	const make = button("Plan", () => {}, "primary");
	const only = select(
		[
			["", "all rows"],
			["delete", "deletions"],
			["add", "additions"],
			["change", "changes"],
		],
		"",
		{"aria-label": "Which rows", on: {change: () => load().catch(sorry)}},
	);
	const more = button("More", () => load(true).catch(sorry));
	let id = wanted ?? null;
	let plan = null;
	let list = [];
	let seen = "";

	async function load(further) {
		if (!id) return;
		const page = await get(
			`/sync/${id}`,
			{op: only.value, limit: 100, after: further ? plan.next : ""},
			signal,
		);

		list = further ? [...list, ...page.operations] : page.operations;
		plan = page;
		shown();
	}
	function shown() {
		const {counts} = plan;
		const key = JSON.stringify([plan.sync_id, plan.state, counts, plan.applied]);

		keyed(body, list, (o) => o.n, operation);
		table.hidden = list.length === 0;
		more.hidden = !plan.next;
		none.replaceChildren(
			list.length > 0 || ["planning", "applying"].includes(plan.state)
				? ""
				: empty(
						"No rows",
						plan.state === "failed"
							? "The plan could not be made."
							: "There is nothing of that kind to do.",
					),
		);
		if (key === seen) return;
		seen = key;
		status.replaceChildren(
			pill(plan.state),
			h("span", {class: "muted"}, " ", when(plan.started_at)),
		);
		tiles.hidden = !counts;
		if (counts)
			tiles.replaceChildren(
				...["delete", "add", "change"].map((op) =>
					h(
						"div",
						{class: `tile ${OPS[op][0]}`},
						h("b", {}, number(counts[op])),
						h("span", {}, `to ${op}`),
					),
				),
				h(
					"div",
					{class: "tile"},
					h("b", {}, number(plan.rows_wanted)),
					h("span", {}, "rows wanted"),
				),
			);
		if (plan.state === "planned") said.replaceChildren(...verdict(plan, apply).filter(Boolean));
		else if (plan.state === "failed")
			said.replaceChildren(
				h(
					"div",
					{class: "notice bad"},
					h(
						"div",
						{class: "grow"},
						h("strong", {}, "It failed"),
						h("div", {class: "muted"}, plain(plan.error ?? "")),
					),
				),
			);
		else if (plan.state === "applied" && plan.applied)
			said.replaceChildren(
				h(
					"div",
					{class: "notice"},
					h(
						"div",
						{class: "grow"},
						h("strong", {}, "Done. "),
						["deleted", "added", "updated", "failed"]
							.map((n) => `${number(plan.applied[n])} ${n}`)
							.join(", "),
					),
				),
			);
		else
			said.replaceChildren(
				h(
					"div",
					{class: "notice"},
					h(
						"div",
						{class: "grow"},
						plan.state === "planning"
							? "Reading the table and the store…"
							: "Changing rows…",
					),
				),
			);
	}
	async function apply(allow) {
		await post("/sync", signed({apply: id, allow}));
		toast("Under way");
		await load();
	}
	// Plans of before; the newest is looked at first.
	async function before() {
		const {syncs} = await get("/sync", {}, signal);

		id ??= syncs[0]?.sync_id ?? null;
		past.replaceChildren(
			...syncs
				.slice(0, 10)
				.map((s) =>
					h(
						"li",
						{},
						h("a", {href: `#/mirror/${s.sync_id}`}, when(s.started_at)),
						pill(s.state),
						h(
							"span",
							{class: "muted small"},
							s.counts
								? `−${s.counts.delete} +${s.counts.add} ~${s.counts.change}`
								: "",
						),
					),
				),
		);
		return syncs.length;
	}

	make.addEventListener(
		"click",
		busy(make, async () => {
			id = (await post("/sync", signed({dry_run: true}))).sync_id;
			list = [];
			await load();
			watch();
		}),
	);
	function watch() {
		poll(1, signal, async () => {
			await load().catch((e) => signal.aborted || sorry(e));
			const busyNow = ["planning", "applying"].includes(plan?.state);

			if (!busyNow) await before().catch(() => {});
			return busyNow ? 1 : 600;
		});
	}

	const head = h(
		"div",
		{class: "head"},
		h("h1", {}, "Mirror"),
		status,
		h("span", {class: "grow"}),
		make,
	);
	let some;

	try {
		some = await before();
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
		return;
	}
	if (some === 0)
		said.append(
			panel(
				"No plan yet",
				empty(
					"Look before you leap",
					"A plan reads the table and the store, and tells what would be deleted, added and changed. It touches nothing.",
				),
			),
		);
	tiles.hidden = true;
	table.hidden = true;
	more.hidden = true;
	root.replaceChildren(
		head,
		tiles,
		said,
		h(
			"div",
			{class: "mirror"},
			h(
				"div",
				{},
				panel("What it does", h("div", {}, table, none), only),
				h("div", {class: "row spaced"}, more),
			),
			panel("Plans", h("div", {class: "pad"}, past)),
		),
	);
	if (id) watch();
}
