// map.js: what is in a feed, and which of it are which fields of a job
import {button, empty, failed, fill, h, panel, say, skeleton} from "../lib/dom.js";
import {get, post, put} from "../lib/api.js";
import {busy, sorry, toast} from "../lib/talk.js";
import {Fields} from "../lib/fields.js";
import {relative} from "../lib/rules.js";
import {bytes, number, percent, plural} from "../lib/format.js";
import {trigger} from "./feeds.js";

const PAUSE = 400; // milliseconds without a key before a preview

// The paths of the feed; a click puts one into the field that was last used.
function paths(inspection, use) {
	const search = h("input", {
		type: "search",
		placeholder: "find a path or a value",
		"aria-label": "Find a path or a value",
	});
	const list = h("ul", {class: "paths"});

	function draw() {
		const wanted = search.value.toLowerCase();
		const found = inspection.paths.filter(
			(p) =>
				relative(p.path, inspection.record_path) !== "" &&
				`${p.path} ${p.example ?? ""}`.toLowerCase().includes(wanted),
		);

		list.replaceChildren(
			...found.map((p) =>
				h(
					"li",
					{},
					h(
						"button",
						{
							type: "button",
							class: "path",
							title: `${p.path}: ${number(p.count)} times, ${number(p.distinct)} different`,
							on: {click: () => use(relative(p.path, inspection.record_path))},
						},
						h("code", {}, relative(p.path, inspection.record_path)),
						h("span", {class: "muted small"}, percent(p.fill)),
						h("span", {class: "path-example"}, p.example ?? ""),
					),
				),
			),
		);
	}
	search.addEventListener("input", draw);
	draw();
	return h("div", {}, h("div", {class: "pad"}, search), list);
}

function value(v) {
	if (typeof v === "string") return v.length > 400 ? `${v.slice(0, 400)}…` : v;
	if (Array.isArray(v)) return v.map((x) => x?.text ?? JSON.stringify(x)).join("; ");
	return typeof v === "object" && v !== null ? JSON.stringify(v) : String(v);
}

// Five records under the map, one at a time, with what went wrong.
function preview() {
	const node = h("div", {class: "preview"});
	let at = 0;
	let now = null;

	function draw() {
		const {records, counts, refused, messages} = now;
		const record = records[Math.min(at, records.length - 1)];
		const said = [
			...refused.map((r) => `${r.line ? `line ${r.line}: ` : ""}${r.error}`),
			...messages,
		];

		fill(
			node,
			h(
				"div",
				{class: "row pad"},
				h(
					"div",
					{class: "tabs", role: "group", "aria-label": "Which record"},
					records.map((_, i) =>
						button(
							`${i + 1}`,
							() => {
								at = i;
								draw();
							},
							"",
							{"aria-pressed": String(i === at), "aria-label": `Record ${i + 1}`},
						),
					),
				),
				h(
					"span",
					{class: "muted small"},
					`${number(counts.out)} of ${plural(counts.in, "record")}` +
						(counts.dead > 0 ? `, ${number(counts.dead)} refused` : ""),
				),
			),
			record
				? h(
						"dl",
						{class: "facts pad"},
						Object.entries(record)
							.filter(([k]) => k !== "feed_id" && k !== "content_hash")
							.map(([k, v]) => [h("dt", {class: "mono"}, k), h("dd", {}, value(v))]),
					)
				: empty("No record", "Under this map the feed has none."),
			said.length > 0 &&
				h(
					"details",
					{class: "pad", open: records.length === 0},
					h("summary", {}, `${plural(said.length, "remark")}`),
					h(
						"ul",
						{class: "plain"},
						said.slice(0, 10).map((t) => h("li", {}, t)),
					),
				),
		);
	}
	return {
		node,
		show(p) {
			now = p;
			draw();
		},
		refuse: (error) => node.replaceChildren(h("div", {class: "pad"}, failed(error))),
	};
}

// What the editor starts with: the feed's own map, else the one that fits to
// add to, else what the names of the elements suggest.
function first(inspection, saved) {
	if (saved.own) return saved.map;
	const fits = saved.name !== "auto" ? saved.name : inspection.map;

	return fits ? {extends: fits, fields: {}} : inspection.suggested;
}

// The editor: fields or JSON, with five records beside them.  usable(yes) hears
// whether the map as it is can be saved.
function editor(id, [inspection, saved, {maps}], usable) {
	const json = h("textarea", {
		class: "mono json",
		spellcheck: "false",
		rows: 28,
		"aria-label": "The map as JSON",
	});
	const shown = preview();
	const fields = new Fields(maps, (to) => take(to));
	const tabs = ["Fields", "JSON"].map((t, i) =>
		button(t, () => tab(i), "", {role: "tab", "aria-selected": String(i === 0)}),
	);
	const views = [fields.node, h("div", {class: "pad", hidden: true}, json)];
	let map = first(inspection, saved);
	let timer;
	let asked = 0;

	function tab(i) {
		views.forEach((v, n) => {
			v.hidden = n !== i;
		});
		tabs.forEach((t, n) => t.setAttribute("aria-selected", String(n === i)));
		json.value = JSON.stringify(map, null, 2);
		fields.update(map);
		look();
	}
	function take(to) {
		map = to;
		clearTimeout(timer);
		timer = setTimeout(look, PAUSE);
	}
	async function look() {
		const mine = ++asked;

		try {
			const p = await post(`/feeds/${id}/preview`, {map});

			if (mine !== asked) return;
			shown.show(p);
			fields.update(map, p.fill);
			usable(true);
		} catch (error) {
			if (mine !== asked) return;
			shown.refuse(error);
			usable(false);
		}
	}
	json.addEventListener("input", () => {
		try {
			json.removeAttribute("aria-invalid");
			take(JSON.parse(json.value));
		} catch {
			json.setAttribute("aria-invalid", "true");
		}
	});
	fields.update(map);
	look();
	return {
		node: mapper(inspection, {fields, views, tabs, shown}),
		map: () => map,
		// What is still on its way changes nothing any more.
		stop() {
			clearTimeout(timer);
			asked++;
		},
	};
}

// What is in the feed, which field of it is which, and what comes of that.
function mapper(inspection, {fields, views, tabs, shown}) {
	return h(
		"div",
		{class: "mapper"},
		panel(
			"In the feed",
			paths(inspection, (path) => fields.use(path)),
			h("code", {class: "muted"}, inspection.record_path),
		),
		panel(
			"Which is which",
			h("div", {}, views),
			h("div", {class: "tabs", role: "tablist"}, tabs),
		),
		panel("Five records", shown.node),
	);
}

// What was looked at, in a line.
function summary(inspection) {
	return [
		`${plural(inspection.records, "record")} in ${bytes(inspection.bytes)}${inspection.whole ? "" : ", the beginning"}`,
		inspection.map ? `looks like ${inspection.map}` : "no map of the suite fits",
	].join(" · ");
}

export async function show(root, {params: [id], signal}) {
	const feed = await get(`/feeds/${id}`, {}, signal);
	const body = h("div", {}, skeleton(10));
	const save = button("Save", () => {}, "primary", {disabled: true});
	const go = button("Save and run", () => {}, "", {disabled: true});
	const about = h("span", {class: "muted grow about"}, "fetching and looking…");
	let now;

	function usable(yes) {
		save.disabled = !yes;
		go.disabled = !yes;
	}
	async function begin() {
		let found;

		now?.stop();
		body.replaceChildren(skeleton(10));
		try {
			found = await Promise.all([
				post(`/feeds/${id}/inspect`),
				get(`/feeds/${id}/map`, {}, signal),
				get("/feed-maps", {}, signal),
			]);
		} catch (error) {
			say(about, "");
			body.replaceChildren(failed(error, () => begin().catch(sorry)));
			return;
		}
		if (signal.aborted) return;
		now?.stop();
		now = editor(id, found, usable);
		say(about, summary(found[0]));
		body.replaceChildren(now.node);
	}
	async function keep() {
		await put(`/feeds/${id}/map`, {map: now.map()});
		toast("Saved; used from the next run on");
	}

	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h("h1", {}, h("a", {class: "quiet", href: `#/feeds/${id}`}, feed.name), ": map"),
			about,
			button("Look again", () => begin().catch(sorry)),
			go,
			save,
		),
		body,
	);
	save.addEventListener("click", busy(save, keep));
	go.addEventListener(
		"click",
		busy(go, async () => {
			await keep();
			await trigger(feed, {full: true});
		}),
	);
	signal.addEventListener("abort", () => now?.stop());
	begin().catch(sorry);
}
