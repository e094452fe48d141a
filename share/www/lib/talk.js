// talk.js: short messages and dialogs
import {button, h} from "./dom.js";

// A message at the corner, with at most one thing to do about it.
export function toast(text, {bad = false, action, does} = {}) {
	const place = document.getElementById("toasts");
	const node = h(
		"div",
		{class: bad ? "toast bad" : "toast"},
		h("span", {}, text),
		action &&
			button(
				action,
				() => {
					node.remove();
					does();
				},
				"slim",
			),
		button("✕", () => node.remove(), "slim", {"aria-label": "Close"}),
	);

	place.append(node);
	while (place.childElementCount > 3) place.firstElementChild.remove();
	setTimeout(() => node.remove(), bad ? 15000 : 6000);
}

export const sorry = (error) => {
	if (error.name !== "AbortError")
		toast(error.status ? `${error.title}: ${error.message}` : error.title, {bad: true});
};

// Do what a button is for, once at a time; what fails is told.
export function busy(node, work) {
	return async (event) => {
		event?.preventDefault();
		if (node.disabled) return;
		node.disabled = true;
		try {
			await work(event);
		} catch (error) {
			sorry(error);
		} finally {
			node.disabled = false;
		}
	};
}

// A modal dialog; resolves to what it is closed with, "" when dismissed.
export function ask({title, body, yes = "OK", no = "Cancel", danger = false, form}) {
	const accept = h("button", {type: "submit", class: danger ? "danger" : "primary"}, yes);
	const error = h("p", {class: "notice bad", role: "alert", hidden: true});
	const node = h(
		"dialog",
		{"aria-labelledby": "dialog-title"},
		h(
			"form",
			{
				method: "dialog",
				on: {
					submit: async (event) => {
						event.preventDefault();
						accept.disabled = true;
						try {
							await form?.();
							node.close("yes");
						} catch (e) {
							error.hidden = false;
							error.textContent = e.message;
						} finally {
							accept.disabled = false;
						}
					},
				},
			},
			h("div", {class: "dialog-head"}, h("h2", {id: "dialog-title"}, title)),
			h("div", {class: "dialog-body"}, body, error),
			h("div", {class: "dialog-foot"}, no && button(no, () => node.close("")), accept),
		),
	);

	document.body.append(node);
	node.showModal();
	return new Promise((resolve) =>
		node.addEventListener("close", () => {
			node.remove();
			resolve(node.returnValue);
		}),
	);
}
