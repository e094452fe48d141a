// format.js: numbers and times as people read them
import {h} from "./dom.js";

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const short = new Intl.NumberFormat("en", {notation: "compact", maximumFractionDigits: 1});
const moment = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});

export const number = (n) => (n === null || n === undefined ? "–" : whole.format(n));
export const compact = (n) => (n === null || n === undefined ? "–" : short.format(n));
export const plural = (n, one, many = one + "s") => `${number(n)} ${n === 1 ? one : many}`;

export function percent(share, digits = 0) {
	return share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)}\u2009%`;
}

// A confidence; cut, not rounded, so that none seems to reach a threshold.
export function sure(confidence, digits = 2) {
	return confidence === null || confidence === undefined
		? "–"
		: (Math.floor(confidence * 10 ** digits + 1e-6) / 10 ** digits).toFixed(digits);
}

export function usd(n) {
	if (n === null || n === undefined) return "–";
	return n === 0 ? "$0" : n < 0.01 ? `$${Number(n).toFixed(4)}` : `$${Number(n).toFixed(2)}`;
}

export function bytes(n) {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let at = 0;

	if (n === null || n === undefined) return "–";
	for (; n >= 1000 && at < units.length - 1; at++) n /= 1000;
	return `${at === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)}\u202f${units[at]}`;
}

// Seconds, in the two units that matter.
export function span(seconds) {
	if (seconds === null || seconds === undefined) return "–";
	if (seconds < 10) return `${Number(seconds).toFixed(1)}\u202fs`;
	if (seconds < 100) return `${Math.round(seconds)}\u202fs`;
	if (seconds < 5400) return `${Math.round(seconds / 60)}\u202fmin`;
	if (seconds < 129600) return `${Math.round(seconds / 360) / 10}\u202fh`;
	return `${Math.round(seconds / 86400)}\u202fd`;
}

export function ago(time, now = Date.now()) {
	const seconds = (now - Date.parse(time)) / 1000;

	if (!time || Number.isNaN(seconds)) return "never";
	if (seconds < 0) return `in ${span(-seconds)}`;
	return seconds < 5
		? "now"
		: seconds < 60
			? `${Math.floor(seconds)}\u202fs ago`
			: `${span(seconds)} ago`;
}

// A time as how long ago it was, the exact one in its title.
export function when(time) {
	return time
		? h("time", {datetime: time, title: moment.format(new Date(time))}, ago(time))
		: h("span", {class: "muted"}, "never");
}

// Times on the page grow older.
export function age(root) {
	for (const node of root.querySelectorAll("time[datetime]"))
		node.textContent = ago(node.dateTime);
}

export const exact = (time) => (time ? moment.format(new Date(time)) : "–");

export const words = (name) =>
	String(name ?? "")
		.replaceAll("_", " ")
		.replaceAll("-", " ");

export const ROUTES = ["approved", "manual_review", "rejected", "archived"];
const kinds = {
	approved: "approved",
	manual_review: "review",
	rejected: "rejected",
	archived: "archived",
	succeeded: "approved",
	not_modified: "approved",
	partial: "review",
	failed: "rejected",
	cancelled: "archived",
	running: "running",
	applied: "approved",
	planned: "review",
	planning: "running",
	applying: "running",
};
const names = {manual_review: "in review", not_modified: "unchanged"};

// The class that gives a route or a status its colour.
export const kind = (word) => kinds[word] ?? "archived";
export const named = (word) => names[word] ?? words(word);

export function pill(word, text) {
	return h("span", {class: `pill ${kind(word)}`}, text ?? named(word));
}

// Shares of the four routes as one bar, told in words to those who can't see.
export function split(jobs) {
	const total = ROUTES.reduce((sum, r) => sum + jobs[r], 0);
	const label = ROUTES.map((r) => `${jobs[r]} ${named(r)}`).join(", ");

	return h(
		"span",
		{class: "split", role: "img", "aria-label": label, title: label},
		ROUTES.filter((r) => jobs[r] > 0).map((r) =>
			h("i", {class: kind(r), style: {width: `${(jobs[r] / total) * 100}%`}}),
		),
	);
}

// The host of a url, or what there is of it.
export function host(url) {
	try {
		const u = new URL(url);

		return u.host || u.pathname.split("/").pop();
	} catch {
		return url;
	}
}

// A link out, only if it is one: a feed may write javascript: there.
export function outward(url, text) {
	if (!/^https?:\/\//i.test(url ?? "")) return h("span", {}, text ?? url ?? "–");
	return h("a", {href: url, rel: "noopener noreferrer nofollow", target: "_blank"}, text ?? url);
}
