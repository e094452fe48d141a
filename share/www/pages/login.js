// login.js: a token for a session
import {field, h} from "../lib/dom.js";
import {post} from "../lib/api.js";
import {busy} from "../lib/talk.js";

export async function show(root, {app, query}) {
	const name = h("input", {
		autocomplete: "username",
		maxlength: 100,
		required: true,
		value: localStorage.getItem("jobmill.reviewer") ?? "",
	});
	const token = h("input", {
		type: "password",
		autocomplete: "current-password",
		required: true,
		maxlength: 512,
	});
	const error = h("p", {class: "notice bad", role: "alert", hidden: true});
	const enter = h("button", {type: "submit", class: "primary"}, "Log in");

	async function submit() {
		error.hidden = true;
		try {
			app.session = await post("/login", {token: token.value});
		} catch (e) {
			error.hidden = false;
			error.textContent = e.status === 401 ? "That is not the token." : e.message;
			token.select();
			return;
		}
		localStorage.setItem("jobmill.reviewer", name.value.trim());
		await app.who();
		// Only a place of this page, whatever the address says.
		location.hash = /^\/[a-z0-9/?=&_.-]*$/i.test(query.to ?? "") ? `#${query.to}` : "#/";
		app.refresh();
	}

	root.replaceChildren(
		h(
			"form",
			{class: "panel login", on: {submit: busy(enter, submit)}},
			h("header", {}, h("h1", {}, "Log in")),
			h(
				"div",
				{class: "pad stack"},
				field("Your name", name, "stands beside what you decide"),
				field("Token", token, "as in the file that JOBMILL_API_TOKEN_FILE names"),
				error,
				h("div", {class: "row"}, enter),
			),
		),
	);
	(name.value ? token : name).focus();
}
