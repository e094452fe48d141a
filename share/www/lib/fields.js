// fields.js: a feed map as a form, a row a field
import {field, h, say, select} from "./dom.js";
import {percent} from "./format.js";
import {FIELDS, MADE, read, told, whole, withField, withKey} from "./rules.js";

const PLACES = '[{ "city": "city", "country": "country" }]';
const DATES = [
	["", "as they say"],
	["day_first", "day first"],
	["month_first", "month first"],
];

const line = () => h("input", {class: "mono", spellcheck: "false", autocomplete: "off"});

// The form calls changed(map) after each edit.  A field that is being typed in
// is left alone by update().
export class Fields {
	#map = {};
	#last = null;
	#inputs = new Map();
	#fills = new Map();

	constructor(maps, changed) {
		this.maps = maps;
		this.changed = changed;
		this.base = this.#choice("extends", [
			["", "nothing"],
			...maps.map((m) => [m.name, m.name]),
		]);
		this.dates = this.#choice("dates", DATES);
		this.record = this.#typed(line(), (v) => withKey(this.#map, "record", v));
		this.places = this.#typed(
			h("textarea", {class: "mono", rows: 4, spellcheck: "false", placeholder: PLACES}),
			(v) => withKey(this.#map, "places", v),
		);
		this.node = h(
			"div",
			{class: "pad stack"},
			h(
				"div",
				{class: "fields"},
				field("Starts from", this.base),
				field("The records", this.record),
				field("01/02/2026 is", this.dates),
			),
			h(
				"div",
				{class: "rules"},
				FIELDS.map((f) => this.#rule(...f)),
			),
			field("Places, as in feed-map(5)", this.places),
		);
	}

	#take(map) {
		this.#map = map;
		this.changed(map);
	}

	#choice(key, options) {
		return select(options, "", {
			on: {
				change: (event) =>
					this.#take(withKey(this.#map, key, event.target.value || undefined)),
			},
		});
	}

	// An input whose text is a rule; into(rule) is the map with it.
	#typed(input, into) {
		input.addEventListener("focus", () => {
			this.#last = input;
		});
		input.addEventListener("input", () => {
			try {
				this.#take(into(read(input.value)));
				input.removeAttribute("aria-invalid");
			} catch {
				input.setAttribute("aria-invalid", "true");
			}
		});
		return input;
	}

	#rule(name, hint, needed) {
		const input = this.#typed(line(), (value) => withField(this.#map, name, value));
		const share = h("span", {class: "small muted fill"});

		this.#inputs.set(name, input);
		this.#fills.set(MADE[name] ?? name, share);
		return h(
			"label",
			{class: "rule"},
			h(
				"span",
				{},
				name,
				needed && h("b", {title: "needed", class: "needed"}, " •"),
				hint && h("span", {class: "hint"}, hint),
			),
			input,
			share,
		);
	}

	// Add a path to the field that was last used.
	use(path) {
		const input = this.#last ?? this.#inputs.get("source_id");
		const now = input.value.trim();

		if (!/^[[{]/.test(now))
			input.value = now && !now.split(/\s*\|\s*/).includes(path) ? `${now} | ${path}` : path;
		input.dispatchEvent(new Event("input"));
		input.focus();
	}

	// Show MAP, what it inherits, and in what share of records each field is.
	update(map, filled = {}) {
		const all = whole(map, this.maps);
		const show = (input, text) => {
			if (input !== document.activeElement) input.value = text;
		};

		this.#map = map;
		this.base.value = map.extends ?? "";
		this.dates.value = map.dates ?? "";
		show(this.record, told(map.record));
		this.record.placeholder = told(all.record);
		show(this.places, map.places ? JSON.stringify(map.places) : "");
		for (const [name, input] of this.#inputs) {
			show(input, told(map.fields?.[name]));
			input.placeholder = told(all.fields?.[name]);
		}
		for (const [name, node] of this.#fills)
			say(node, filled[name] === undefined ? "–" : percent(filled[name]));
	}
}
