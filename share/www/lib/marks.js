// marks.js: where in an ad's text the words stand that speak for an answer.
// Text nodes and <mark> only; terms are literals, never patterns.
import {h} from "./dom.js";

const STOP = new Set([
	"and",
	"the",
	"for",
	"with",
	"from",
	"our",
	"und",
	"der",
	"die",
	"das",
	"für",
	"mit",
	"bei",
	"les",
	"des",
	"pour",
	"con",
	"para",
	"all",
	"new",
	"job",
]);
const KINDS = ["skill", "title", "industry"]; // the first wins where they overlap

// Lower case without accents, of the same length as S, so that places in one
// are places in the other.
export function fold(s) {
	let out = "";

	for (let i = 0; i < s.length; i++) {
		const c = s[i];

		out +=
			c < "\u0080"
				? c.toLowerCase()
				: (c.normalize("NFD")[0] ?? c).toLowerCase().slice(0, 1) || c;
	}
	return out;
}

const literal = (s) => s.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const LONG = 7; // letters of a title's word that counts within others as well

// A term as a pattern: words apart by any space, a star at an end for any
// letters, a plural.
function pattern(term) {
	const open = term.startsWith("*");
	const wide = term.endsWith("*");
	const words = fold(term)
		.replace(/^\*|\*$/g, "")
		.trim()
		.split(/\s+/)
		.map(literal)
		.join("\\s+");

	return (open ? "[\\p{L}\\p{N}]*" : "") + words + (wide ? "[\\p{L}\\p{N}]*" : "s?");
}

function matcher(terms) {
	const list = [
		...new Set(
			terms.map((t) => String(t).trim()).filter((t) => t.length > 1 && t.length <= 80),
		),
	]
		.sort((a, b) => b.length - a.length)
		.slice(0, 1500);

	return list.length === 0
		? null
		: new RegExp(
				`(?<![\\p{L}\\p{N}])(?:${list.map(pattern).join("|")})(?![\\p{L}\\p{N}])`,
				"gu",
			);
}

// The words of a title that say something.
export function titleWords(...titles) {
	return titles
		.filter(Boolean)
		.flatMap((t) => t.split(/[^\p{L}\p{N}+#.]+/u))
		.filter((w) => w.length > 2 && !STOP.has(w.toLowerCase()))
		.map((w) => (w.length >= LONG ? `*${w}*` : w));
}

// Matchers for a job: {skill, title, industry: [terms]} to their patterns.
export function evidence(terms) {
	return KINDS.map((kind) => [kind, matcher(terms[kind] ?? [])]).filter(([, m]) => m);
}

// Where they stand in TEXT: [{start, end, kind}] in order, none over another.
export function spans(text, matchers) {
	const folded = fold(text);
	const taken = [];

	for (const [kind, m] of matchers)
		for (const found of folded.matchAll(m)) {
			const start = found.index;
			const end = start + found[0].length;

			if (end > start && !taken.some((t) => t.start < end && start < t.end))
				taken.push({start, end, kind});
		}
	return taken.sort((a, b) => a.start - b.start);
}

// TEXT as nodes, what was found in <mark>.
export function marked(text, matchers) {
	const nodes = [];
	let at = 0;

	for (const {start, end, kind} of spans(text, matchers)) {
		if (start > at) nodes.push(text.slice(at, start));
		nodes.push(h("mark", {class: kind}, text.slice(start, end)));
		at = end;
	}
	nodes.push(text.slice(at));
	return nodes;
}

// A short line that leads to what follows.
function heads(line, next) {
	return (
		next !== undefined &&
		line.length < 60 &&
		!/[.!,;]$/.test(line) &&
		(/:$/.test(line) || next.startsWith("- ") || next.length > line.length)
	);
}

// An ad's text: a paragraph a line, "- " lines as a list.
export function body(text, matchers) {
	const out = h("div", {class: "ad-text"});
	let list = null;

	text.split("\n")
		.filter((line) => line.trim() !== "")
		.forEach((line, i, all) => {
			const item = /^[-•*]\s+/.exec(line);

			if (!item) {
				list = null;
				out.append(
					h(
						"p",
						{class: heads(line, all[i + 1]) ? "ad-head" : null},
						marked(line, matchers),
					),
				);
				return;
			}
			list ??= out.appendChild(h("ul"));
			list.append(h("li", {}, marked(line.slice(item[0].length), matchers)));
		});
	return out;
}

// Whether TEXT has TERM.
export const has = (text, term) => matcher([term])?.test(fold(text)) ?? false;
