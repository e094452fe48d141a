// app.js: which page is shown, who looks at it, and in which colours
import {failed, h, skeleton} from "./lib/dom.js";
import {get, poll, post} from "./lib/api.js";
import {age, number} from "./lib/format.js";
import {sorry} from "./lib/talk.js";

const pages = [
	[/^\/$/, "feeds", "Feeds"],
	[/^\/feeds\/(\d+)$/, "feed", "Feed", "feeds"],
	[/^\/feeds\/(\d+)\/map$/, "map", "Feed map", "feeds"],
	[/^\/runs$/, "runs", "Runs"],
	[/^\/runs\/(\d+)$/, "run", "Run", "runs"],
	[/^\/review$/, "review", "Review"],
	[/^\/jobs$/, "jobs", "Jobs"],
	[/^\/jobs\/([0-9a-f-]{36})$/, "job", "Job", "jobs"],
	[/^\/mirror(?:\/([0-9A-Za-z-]+))?$/, "mirror", "Mirror"],
	[/^\/statistics$/, "statistics", "Statistics"],
	[/^\/login$/, "login", "Log in"],
];

const main = document.getElementById("main");
const app = {session: null, refresh: () => waiting()};
let leave = new AbortController();

// The address: a path and what follows "?" in it.
function where() {
	const [path, search] = (location.hash.slice(1) || "/").split("?");

	return {path, query: Object.fromEntries(new URLSearchParams(search))};
}

function mark(page) {
	for (const link of document.querySelectorAll("#nav a"))
		if (link.dataset.page === page) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
}

// Show the page of the address.  The one before is told to stop by its signal.
async function show() {
	const {path, query} = where();
	const found = pages.find(([pattern]) => pattern.test(path));
	const root = h("div", {class: "page"});

	leave.abort();
	leave = new AbortController();
	const {signal} = leave;

	main.className = "";
	main.replaceChildren(root);
	if (!found) {
		mark();
		root.append(failed({title: "There is no such page", message: path}));
		return;
	}
	const [pattern, name, title, within] = found;

	mark(within ?? name);
	document.title = `${title} – jobmill`;
	root.append(skeleton());
	try {
		const page = await import(`./pages/${name}.js`);

		if (signal.aborted) return;
		await page.show(root, {app, query, signal, main, params: pattern.exec(path).slice(1)});
		if (!signal.aborted) arrive(root);
	} catch (error) {
		if (!signal.aborted && error.name !== "AbortError")
			root.replaceChildren(failed(error, show));
	}
}

// Whoever can't see the page is told that it is another one.
function arrive(root) {
	const title = root.querySelector("h1");

	if (title && (document.activeElement === document.body || document.activeElement === main)) {
		title.tabIndex = -1;
		title.focus({preventScroll: true});
	}
}

// How many jobs wait for a person, in the bar.
async function waiting() {
	const badge = document.getElementById("waiting");

	if (app.session?.role)
		try {
			const {jobs} = await get("/statistics/overview");

			badge.hidden = jobs.manual_review === 0;
			badge.textContent = number(jobs.manual_review);
			badge.setAttribute("aria-label", `${jobs.manual_review} wait`);
		} catch {
			badge.hidden = true;
		}
	age(main);
}

const themes = ["auto", "light", "dark"];
const shapes = {auto: "◐", light: "☀", dark: "☾"};

function theme(step) {
	const now = document.documentElement.dataset.theme ?? "auto";
	const chosen = themes[(themes.indexOf(now) + step) % themes.length];
	const node = document.getElementById("theme");

	if (chosen === "auto") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = chosen;
	localStorage.setItem("jobmill.theme", chosen);
	node.textContent = shapes[chosen];
	node.setAttribute("aria-label", `Colours: ${chosen === "auto" ? "as the system" : chosen}`);
	node.title = node.getAttribute("aria-label");
	if (step !== 0) document.dispatchEvent(new CustomEvent("theme"));
}

async function who() {
	app.session = await get("/session");
	document.getElementById("leave").hidden = !app.session.login || !app.session.role;
	if (!app.session.role && where().path !== "/login")
		location.hash = `#/login?to=${encodeURIComponent(location.hash.slice(1))}`;
}
app.who = who;

async function start() {
	theme(0);
	document.getElementById("theme").addEventListener("click", () => theme(1));
	document.getElementById("leave").addEventListener("click", () =>
		post("/logout")
			.then(() => who())
			.catch(sorry),
	);
	document.addEventListener("signed-out", () => {
		if (where().path !== "/login")
			location.hash = `#/login?to=${encodeURIComponent(location.hash.slice(1))}`;
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
		document.dispatchEvent(new CustomEvent("theme")),
	);
	await who().catch(() => {});
	addEventListener("hashchange", show);
	poll(15, new AbortController().signal, waiting);
	await show();
}

start();
