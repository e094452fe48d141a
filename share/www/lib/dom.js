// dom.js: elements made of nodes.  Text is always a text node, so nothing
// that a feed says is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

function set(node, name, value) {
	if (value === undefined || value === null || value === false) return;
	if (name === "on")
		for (const [event, listener] of Object.entries(value))
			node.addEventListener(event, listener);
	else if (name === "style")
		for (const [property, v] of Object.entries(value)) node.style.setProperty(property, v);
	else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
	else node.setAttribute(name, value === true ? "" : String(value));
}

function build(node, props, children) {
	for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
	for (const child of children.flat(Infinity))
		if (child !== null && child !== undefined && child !== false) node.append(child);
	return node;
}

// Make CHILDREN those of NODE; what is not there is left out.
export function fill(node, ...children) {
	node.replaceChildren();
	return build(node, {}, children);
}

// h("a", {href: "#/"}, "text", node, [more]): an element.
export function h(name, props, ...children) {
	return build(document.createElement(name), props, children);
}

export function svg(name, props, ...children) {
	return build(document.createElementNS(SVG, name), props, children);
}

// Write TEXT into NODE only if it is another one: what has not changed does
// not move, blink, or lose a selection.
export function say(node, text) {
	const wanted = String(text ?? "");

	if (node.textContent !== wanted) node.textContent = wanted;
	return node;
}

// Make the children of PARENT those of ITEMS, keeping the nodes of items that
// stay, and with them the focus.  make(item) gives {node, update(item)}.
export function keyed(parent, items, key, make) {
	const old = parent.rowsByKey ?? new Map();
	const now = new Map();
	let at = parent.firstElementChild;

	for (const item of items) {
		const k = key(item);
		const row = old.get(k) ?? make(item);

		row.update?.(item);
		now.set(k, row);
		if (row.node === at) at = at.nextElementSibling;
		else parent.insertBefore(row.node, at);
	}
	for (const [k, row] of old) if (!now.has(k)) row.node.remove();
	while (at !== null) {
		const next = at.nextElementSibling;

		if (![...now.values()].some((row) => row.node === at)) at.remove();
		at = next;
	}
	parent.rowsByKey = now;
}

// Lines that stand where content will be, as high as it.
export function skeleton(lines = 6) {
	return h(
		"div",
		{class: "waiting", "aria-busy": "true"},
		h("span", {class: "said"}, "Loading"),
		Array.from({length: lines}, () => h("div", {class: "skeleton"})),
	);
}

// What may be wider than its place: then, and only then, keys can get there to
// scroll it.
export function wide(label, ...content) {
	const node = h("div", {class: "scroll", role: "group", "aria-label": label}, content);

	new ResizeObserver(() => {
		if (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight)
			node.tabIndex = 0;
		else node.removeAttribute("tabindex");
	}).observe(node);
	return node;
}

// A table over BODY.  The names of columns of numbers begin with "#", those
// that nobody needs to see with "-".
export function grid(label, columns, body, kind) {
	const head = columns.map((name) => {
		const plain = name.replace(/^[#-]/, "");

		return h(
			"th",
			{scope: "col", class: name.startsWith("#") ? "number" : null},
			name.startsWith("-") ? h("span", {class: "said"}, plain) : plain,
		);
	});

	return wide(label, h("table", {class: kind}, h("thead", {}, h("tr", {}, head)), body));
}

export function empty(title, text, ...actions) {
	return h(
		"div",
		{class: "empty"},
		h("h2", {}, title),
		h("p", {}, text),
		actions.length > 0 && h("div", {class: "row"}, actions),
	);
}

// An error where the content would be, with a way on.
export function failed(error, again) {
	return h(
		"div",
		{class: "notice bad", role: "alert"},
		h(
			"div",
			{class: "grow"},
			h("strong", {}, error.title ?? "That failed"),
			h("div", {class: "muted"}, error.message),
		),
		again && h("button", {type: "button", on: {click: again}}, "Try again"),
	);
}

export function panel(title, body, ...tools) {
	return h("section", {class: "panel"}, h("header", {}, h("h2", {}, title), tools), body);
}

export function field(label, control, hint, wide) {
	return h(
		"label",
		{class: wide ? "field span" : "field"},
		h("span", {}, label),
		control,
		hint && h("span", {class: "hint"}, hint),
	);
}

export function check(label, checked, on) {
	const box = h("input", {type: "checkbox", checked, on: on && {change: on}});

	return {box, node: h("label", {class: "check"}, box, label)};
}

export function select(options, value, props = {}) {
	const node = h(
		"select",
		props,
		options.map(([v, text]) => h("option", {value: v}, text)),
	);

	node.value = value ?? "";
	return node;
}

export function button(text, click, kind = "", props = {}) {
	return h("button", {type: "button", class: kind, on: {click}, ...props}, text);
}
