// api.js: the server's interface, as openapi.json has it

// What the server refuses, or why it could not be asked.
export class Problem extends Error {
	constructor(title, detail, status, body = {}) {
		super(detail || title);
		this.title = title;
		this.status = status;
		this.body = body;
		this.errors = body.errors ?? [];
	}
}

async function problem(response) {
	const body = await response.json().catch(() => ({}));
	const errors = (body.errors ?? []).map((e) => `${e.pointer} ${e.detail}`);

	return new Problem(
		body.title ?? `The server answered ${response.status}`,
		[body.detail, ...errors].filter(Boolean).join("; "),
		response.status,
		body,
	);
}

function address(path, query) {
	const search = new URLSearchParams();

	for (const [name, value] of Object.entries(query ?? {}))
		if (value !== undefined && value !== null && value !== "") search.set(name, value);
	return path.replace(/^\//, "") + (search.size > 0 ? `?${search}` : "");
}

// What the route answers: an object, a text, or null.  Throws a Problem; one
// that says "log in" is told to the whole page as well.
export async function call(method, path, {query, body, signal} = {}) {
	let response;

	try {
		response = await fetch(address(path, query), {
			method,
			signal,
			credentials: "same-origin",
			cache: "no-store",
			headers: {
				Accept: "application/json, application/problem+json;q=0.9, text/plain;q=0.8",
				...(body === undefined ? {} : {"Content-Type": "application/json"}),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch (error) {
		if (error.name === "AbortError") throw error;
		throw new Problem(
			"The server can't be reached",
			"Is job-serve running? What is shown may be old.",
			0,
		);
	}
	if (response.status === 401 && path !== "/login")
		document.dispatchEvent(new CustomEvent("signed-out"));
	if (!response.ok) throw await problem(response);
	if (response.status === 204) return null;
	return /json/.test(response.headers.get("Content-Type") ?? "")
		? response.json()
		: response.text();
}

export const get = (path, query, signal) => call("GET", path, {query, signal});
export const post = (path, body = {}) => call("POST", path, {body});
export const patch = (path, body) => call("PATCH", path, {body});
export const put = (path, body) => call("PUT", path, {body});
export const remove = (path, query) => call("DELETE", path, {query});

// Call once(signal) now and every SECONDS while the page is looked at, until
// SIGNAL aborts.  once() may return another number of seconds.
export function poll(seconds, signal, once) {
	let timer;

	async function round() {
		let wait = seconds;

		clearTimeout(timer);
		if (!document.hidden) wait = (await once()) ?? seconds;
		if (!signal.aborted) timer = setTimeout(round, wait * 1000);
	}
	document.addEventListener("visibilitychange", () => document.hidden || round(), {signal});
	signal.addEventListener("abort", () => clearTimeout(timer));
	return round();
}

// The one who decides, for the log of reviews.
export function reviewer() {
	return localStorage.getItem("jobmill.reviewer") || "dashboard";
}

// Everything that a person does is said by whom.
export const signed = (body = {}) => ({...body, by: reviewer()});
