// parts.mjs: the modules of the pages that need no browser, and what none of
// them may do
import fs from "node:fs";
import path from "node:path";
import {top} from "./modules.mjs";
import {finish, must, same, step} from "./tap.mjs";

const www = path.join(top, "share/www");
const {evidence, fold, has, spans, titleWords} = await import(`${www}/lib/marks.js`);
const {read, told, whole, relative} = await import(`${www}/lib/rules.js`);
const {steps} = await import(`${www}/lib/funnel.js`);
const {sure, span, usd} = await import(`${www}/lib/format.js`);

// The same numbers each time.
function random(seed) {
	let s = seed;

	return (n) => {
		s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
		return s % n;
	};
}

const found = (text, terms) =>
	spans(text, evidence(terms)).map((s) => `${s.kind}:${text.slice(s.start, s.end)}`);

await step("folding keeps every place in a text", async () => {
	for (let c = 1; c < 0x10000; c++) {
		const s = String.fromCharCode(c);

		must(fold(s).length === 1, () => `U+${c.toString(16)} becomes ${fold(s).length} long`);
	}
	same(fold("Ärztin 𝒳 İstanbul"), "arztin 𝒳 istanbul", "the folded text");
});

await step("evidence is marked: words, plurals, stars, parts of long words", async () => {
	same(
		found("Run exams, teach Students.", {industry: ["exam", "student"]}),
		["industry:exams", "industry:Students"],
		"plurals",
	);
	same(
		found("Pflegefachkraft gesucht", {industry: ["pfleg*"]}),
		["industry:Pflegefachkraft"],
		"a star",
	);
	same(
		found("in der Finanzbuchhaltung", {
			title: titleWords("Sachbearbeiter Buchhaltung (m/w/d)"),
		}),
		["title:Finanzbuchhaltung"],
		"a part",
	);
	same(found("C++ and C, not Clojure", {skill: ["C++", "C#"]}), ["skill:C++"], "signs");
	same(
		found("Active\u00a0Directory", {skill: ["active directory"]}),
		["skill:Active\u00a0Directory"],
		"spaces",
	);
	same(
		found("registered nurse", {skill: ["nurse"], title: ["registered", "nurse"]}),
		["title:registered", "skill:nurse"],
		"the first kind wins",
	);
	must(!has("Jersey", "Jerse"), "a piece of a word is found");
});

await step("a term is never a pattern, and marks never overlap", async () => {
	const next = random(7);
	const bits = [
		"a",
		"ab",
		" ",
		"(a+)+$",
		"[",
		"\\",
		".*",
		"*",
		"?",
		"{1}",
		"|",
		"ä",
		"𝒳",
		"\u0301",
		"^",
		"$",
		"-",
		"B ",
	];

	same(
		found("anything (a+)+$ at all", {skill: [".*", "(a+)+$", "[a-z]", "a|l"]}),
		["skill:(a+)+$"],
		"literals",
	);
	for (let i = 0; i < 500; i++) {
		const make = (n) =>
			Array.from({length: 1 + next(n)}, () => bits[next(bits.length)]).join("");
		const text = make(40);
		let at = 0;

		for (const s of spans(
			text,
			evidence({skill: [make(3), make(2)], title: [make(2)], industry: [make(4), "*"]}),
		)) {
			must(
				s.start >= at && s.end > s.start && s.end <= text.length,
				() => `${JSON.stringify(text)}: ${JSON.stringify(s)}`,
			);
			at = s.end;
		}
	}
});

await step("rules of a map are read as they are told", async () => {
	for (const rule of [
		"id",
		["name", "@ref"],
		{template: "https://e.example/{id}"},
		[{path: "a", before: "|"}, "b"],
	])
		same(read(told(rule)), rule, "the rule");
	same(read("  "), undefined, "no rule");
	same(
		relative("workzag-jobs/position/name", "workzag-jobs/position"),
		"name",
		"a path in the record",
	);
	same(relative("rss/channel/title", "rss/channel/item"), "/channel/title", "a path outside");
	const maps = [
		{name: "a", map: {record: "r", fields: {title: "t", url: "u"}}},
		{name: "b", map: {extends: "a", fields: {url: "v"}}},
	];

	same(
		whole({extends: "b", fields: {}}, maps).fields,
		{title: "t", url: "v"},
		"what is inherited",
	);
	same(
		whole({extends: "c", fields: {}}, [{name: "c", map: {extends: "c", fields: {x: "y"}}}])
			.fields,
		{x: "y"},
		"a map that extends itself",
	);
});

await step("the funnel adds up, also while it is half full", async () => {
	const done = {
		xml2jsonl: {in: 117, out: 116, dead: 1, status: 1},
		"route-status": {in: 116, out: 116, "route.rejected": 4, "reason.closed": 4},
		"dedup-title": {in: 116, out: 66, merged: 50},
		"enrich-industry": {in: 66, out: 66, answered: 62},
		"route-confidence": {in: 66, out: 66, "route.archived": 3},
		"dedup-ai-title": {in: 66, out: 64, merged: 2},
		"enrich-function": {in: 64, out: 64, answered: 57},
	};

	same(
		steps(done).map((s) => s.n),
		[117, 116, 112, 62, 62, 59, 57, 57],
		"the steps",
	);
	for (const name of Object.keys(done)) {
		const {[name]: _, ...rest} = done;

		must(
			steps(rest).every((s) => s.n >= 0 && s.gone >= 0),
			`without ${name} a step is negative`,
		);
	}
	must(
		steps({}).every((s) => s.n === 0 && !s.begun),
		"an empty run has steps that began",
	);
});

await step("no confidence seems to reach a threshold that it does not", async () => {
	same(
		[sure(0.8599), sure(0.86), sure(0.8597, 4), sure(null)],
		["0.85", "0.86", "0.8597", "–"],
		"confidences",
	);
	same(
		[span(0.2), span(75), span(600), usd(0.0003)],
		["0.2\u202fs", "75\u202fs", "10\u202fmin", "$0.0003"],
		"figures",
	);
});

await step("no page turns text into markup, code, or an inline style", async () => {
	const files = fs
		.readdirSync(www, {recursive: true})
		.map(String)
		.filter((f) => /\.(js|html)$/.test(f) && !f.startsWith("vendor/"));
	const sink =
		/\b(?:innerHTML|outerHTML|insertAdjacentHTML|srcdoc|document\.write|createContextualFragment|DOMParser|eval)\b|new Function|javascript:|\sstyle="|\son[a-z]+="|setTimeout\(\s*["'`]/;

	must(files.length > 25, `only ${files.length} files`);
	for (const file of files)
		fs.readFileSync(path.join(www, file), "utf8")
			.split("\n")
			.forEach((line, i) => {
				const code = line.replace(/^\s*\/\/.*|(?<=\s)\/\/ .*$/, "");

				must(!sink.test(code), `${file}:${i + 1}: ${line.trim()}`);
			});
	must(
		!/<script(?![^>]*\ssrc=)/.test(fs.readFileSync(`${www}/index.html`, "utf8")),
		"an inline script",
	);
});

finish();
