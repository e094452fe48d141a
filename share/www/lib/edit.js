// edit.js: change what a model said of a job
import {button, field, h, select} from "./dom.js";
import {get} from "./api.js";
import {shown} from "./advert.js";

let taxonomy;

function tree() {
	taxonomy ??= get("/taxonomy").catch((error) => {
		taxonomy = undefined;
		throw error;
	});
	return taxonomy;
}

const lines = (list) => (list ?? []).join("\n");
const listed = (text) =>
	text
		.split("\n")
		.map((t) => t.trim())
		.filter(Boolean);

// Only what differs from what is there.
function changes(now, then) {
	return Object.fromEntries(
		Object.entries(now).filter(
			([name, value]) =>
				JSON.stringify(value) !== JSON.stringify(then[name]) &&
				!(value === null && then[name] === undefined),
		),
	);
}

// A form over the answer: save(edits) with what was changed, or close().
export async function editor(job, save, close) {
	const r = shown(job);
	const {industries} = await tree();
	const title = h("input", {value: r.ai_title ?? "", maxlength: 300});
	const text = h("textarea", {rows: 5, maxlength: 8000}, r.ai_description ?? "");
	const skills = h("textarea", {rows: 5}, lines(r.ai_skills));
	const kind = select(
		[["", "none"], ...industries.map((i) => [i.code, i.path.join(" › ")])],
		r.ai_industry?.code,
	);
	const role = select([]);

	function functions(chosen) {
		const found = industries.find((i) => i.code === kind.value);

		role.replaceChildren(
			...[{code: "", name: "none"}, ...(found?.functions ?? [])].map((f) =>
				h("option", {value: f.code}, f.name),
			),
		);
		role.value = found?.functions.some((f) => f.code === chosen) ? chosen : "";
	}
	functions(r.ai_job_function?.code);
	kind.addEventListener("change", () => functions(role.value));

	function edits() {
		const i = industries.find((x) => x.code === kind.value);
		const f = i?.functions.find((x) => x.code === role.value);

		return changes(
			{
				ai_title: title.value.trim() || null,
				ai_description: text.value.trim() || null,
				ai_skills: listed(skills.value),
				ai_industry: i ? {code: i.code, name: i.name, path: i.path} : null,
				ai_job_function: f ? {code: f.code, name: f.name} : null,
			},
			r,
		);
	}
	function done(event) {
		const changed = edits();

		event.preventDefault();
		if (Object.keys(changed).length > 0) save(changed);
		else close();
	}

	const form = h(
		"form",
		{
			class: "stack editor",
			on: {
				submit: done,
				keydown: (event) => {
					if (event.key === "Escape") {
						event.stopPropagation();
						close();
					} else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
						done(event);
					}
				},
			},
		},
		field("Title", title),
		field("Industry", kind),
		field("Function", role),
		field("Summary", text),
		field("Skills, one a line", skills),
		h(
			"div",
			{class: "row"},
			h("button", {type: "submit", class: "primary"}, "Save ", h("kbd", {}, "Ctrl ⏎")),
			button("Cancel", close),
		),
	);

	return {node: form, focus: () => title.focus()};
}
