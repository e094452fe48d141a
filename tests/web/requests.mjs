// requests.mjs: requests made from openapi.json, right ones and wrong ones of
// every kind, against job-serve over a real PostgreSQL: no answer is a 5xx,
// each is one that the file has, and its body is of its schema.
//
// JOBMILL_SEED chooses others; JOBMILL_REQUESTS how many each operation gets.
import {doc, operations, validator} from "./contract.mjs";
import {serveFeeds} from "./feeds.mjs";
import {serve} from "./server.mjs";
import {finish, must, same, step} from "./tap.mjs";

const EACH = Number(process.env.JOBMILL_REQUESTS ?? 30);
const seed = Number(process.env.JOBMILL_SEED ?? 1);

// xorshift: the same requests for the same seed.
let state = (seed * 2654435761) >>> 0 || 1;
function next(n) {
	state ^= state << 13;
	state ^= state >>> 17;
	state ^= state << 5;
	state >>>= 0;
	return state % n;
}
const pick = (list) => list[next(list.length)];
const chance = (percent) => next(100) < percent;

const TEXTS = [
	"",
	"a",
	"nurse",
	"'; drop table jobmill.jobs; --",
	"%' or 1=1",
	"<script>alert(1)</script>",
	"../../etc/passwd",
	"\u0000",
	"\ud800",
	"💼".repeat(50),
	"x".repeat(5000),
	"-1",
	"null",
	"{}",
	"\\",
	"%00",
	"a\nb\r\nc",
	"\u202e\u200b",
	"$1",
	"1e400",
	"file:///etc/passwd",
];
const NUMBERS = [
	0,
	1,
	-1,
	2,
	500,
	501,
	1e9,
	2 ** 31,
	2 ** 53 - 1,
	2 ** 53,
	2 ** 63,
	-(2 ** 63),
	1e300,
	0.5,
	1.5,
	"1",
	"01",
	"1e2",
	"0x1",
	"NaN",
	"",
	" 1",
];

const resolved = (s) =>
	s?.$ref
		? {
				...s.$ref
					.slice(2)
					.split("/")
					.reduce((o, k) => o[k], doc),
				...{description: undefined},
			}
		: s;
const known = {};

// A value that the schema takes.
function good(schema, name = "") {
	const s = resolved(schema);
	const type = Array.isArray(s.type) ? pick(s.type) : s.type;

	if (s.const !== undefined) return s.const;
	if (s.enum) return pick(s.enum);
	if (known[name] && chance(85)) return pick(known[name]);
	if (type === "null") return null;
	if (type === "boolean") return chance(50);
	if (type === "integer")
		return (s.minimum ?? 0) + next(Math.min(1000, (s.maximum ?? 1000) - (s.minimum ?? 0)) + 1);
	if (type === "number")
		return (s.minimum ?? 0) + (next(1001) / 1000) * ((s.maximum ?? 1) - (s.minimum ?? 0));
	if (type === "array")
		return [
			...new Set(
				Array.from({length: (s.minItems ?? 0) + next(3)}, () => good(s.items, name)),
			),
		];
	if (type === "object") return object(s);
	if (s.format === "uuid")
		return `0190${next(65536).toString(16).padStart(4, "0")}-1234-7abc-89ab-0123456789ab`;
	if (s.pattern === "[^0-9]") return `feed ${next(1e9)}`;
	return "abcdefgh".slice(0, Math.max(s.minLength ?? 1, 1 + next(8)));
}

function object(s) {
	const out = {};

	for (const [name, p] of Object.entries(s.properties ?? {}))
		if ((s.required ?? []).includes(name) || chance(40)) out[name] = good(p, name);
	if (Object.keys(out).length < (s.minProperties ?? 0)) {
		const name = Object.keys(s.properties ?? {x: 1})[0] ?? "ai_title";

		out[name] = s.properties ? good(s.properties[name], name) : "a title";
	}
	if (s.minProperties > 0 && !s.properties) out.ai_title = "a title";
	return out;
}

// One thing about a value made wrong, or odd.
function bent(value) {
	if (Array.isArray(value))
		return pick([
			[],
			{},
			[...value, ...value],
			Array(2000).fill(value[0] ?? 1),
			null,
			[null],
			"x",
		]);
	if (value !== null && typeof value === "object") {
		const names = Object.keys(value);
		const name = pick(names.length > 0 ? names : ["x"]);
		const {[name]: _, ...without} = value;

		return pick([
			without,
			{...value, [name]: bent(value[name])},
			{...value, [name]: bent(value[name])},
			{...value, [name]: pick(TEXTS)},
			{...value, [name]: pick(NUMBERS)},
			{...value, unknown: 1},
			{...value, [name]: null},
			{...value, [name]: deep(next(200))},
			[value],
			null,
			"x",
			7,
		]);
	}
	return pick([...TEXTS, ...NUMBERS, null, true, [], {}, [value]]);
}

const deep = (n) => (n === 0 ? 1 : chance(50) ? [deep(n - 1)] : {a: deep(n - 1)});

// Bytes that are a JSON body, nearly.
function mangled(text) {
	const at = next(text.length + 1);

	return pick([
		text.slice(0, at),
		`${text}${text}`,
		`${text.slice(0, at)}\u0000${text.slice(at)}`,
		"",
		"{",
		"[]",
		"null",
		'"x"',
		`{"a":1,"a":2}`,
		`{"by":"\\u0000"}`,
		`{"by":"\\ud800"}`,
		text.replace(/:/, ": 1e999,"),
		`\ufeff${text}`,
		`{"x":${"[".repeat(5000)}`,
		text.replaceAll('"', "'"),
		" ".repeat(70000),
	]);
}

const encode = (v) =>
	typeof v === "string" && /[\ud800-\udfff]/.test(v) && !v.isWellFormed?.()
		? "%ED%A0%80"
		: encodeURIComponent(String(v));

function request(method, path, item, o) {
	const parameters = [...(item.parameters ?? []), ...(o.parameters ?? [])].map(resolved);
	const wrong = pick([
		"",
		"",
		"path",
		"query",
		"query",
		"body",
		"body",
		"bytes",
		"type",
		"origin",
	]);
	const query = [];
	let url = path;

	for (const p of parameters) {
		const at = p.in === "path" ? "path" : "query";
		let value = good(p.schema, p.name);

		if (wrong === at && chance(70)) value = pick([...TEXTS, ...NUMBERS]);
		if (p.in === "path") url = url.replace(`{${p.name}}`, encode(value) || "%20");
		else if (chance(wrong === "query" ? 70 : 30)) query.push(`${p.name}=${encode(value)}`);
	}
	if (wrong === "query" && chance(30))
		query.push(
			pick([
				"unknown=1",
				"limit=1&limit=2",
				"=",
				"&&",
				"limit",
				"%zz=1",
				"q=%ff",
				"after=%00",
			]),
		);
	const init = {method: method.toUpperCase(), headers: {}, redirect: "manual"};

	if (wrong === "origin") init.headers.Origin = "http://elsewhere.example";

	if (o.requestBody && (o.requestBody.required || wrong !== "" || chance(60))) {
		let value = good(o.requestBody.content["application/json"].schema);

		if (wrong === "body") value = bent(value);
		init.body = JSON.stringify(value) ?? "";
		if (wrong === "bytes") init.body = mangled(init.body);
		init.headers["Content-Type"] =
			wrong === "type"
				? pick(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
				: "application/json";
		if (init.headers["Content-Type"] === "") delete init.headers["Content-Type"];
	}
	return {url: url + (query.length > 0 ? `?${query.join("&")}` : ""), init};
}

// The answer is one of those that the operation has.
function judge(o, response, text, compile) {
	const declared = resolved(o.responses[response.status]);

	must(
		response.status < 500 || (declared && [502, 504].includes(response.status)),
		() => `a ${response.status}: ${text.slice(0, 300)}`,
	);
	// What no route of the file is, and what the gate in front of all refuses.
	if ([404, 405, 414, 431].includes(response.status) && !declared) return;
	must(declared, () => `a ${response.status} that is not in the file: ${text.slice(0, 300)}`);
	if (!declared.content) return;
	const type = (response.headers.get("content-type") ?? "").split(";")[0];

	must(
		declared.content[type],
		() => `${response.status} is ${type}, not ${Object.keys(declared.content)}`,
	);
	if (!type.endsWith("json")) return;
	const valid = compile(declared.content[type].schema);
	const body = JSON.parse(text);

	must(
		valid(body),
		() =>
			`${response.status} is not of its schema: ${JSON.stringify(valid.errors?.slice(0, 3))} ${text.slice(0, 300)}`,
	);
	if (response.status >= 400) same(body.status, response.status, "the status in the problem");
}

const server = await serve();
const feeds = await serveFeeds();
const validate = validator();
const compiled = new Map();
const compile = (schema) => {
	const key = JSON.stringify(schema);

	if (!compiled.has(key)) compiled.set(key, validate(schema));
	return compiled.get(key);
};

// A feed that has run, so that there is something to ask about.
async function stock() {
	const json = {"Content-Type": "application/json"};
	const post = (path, body) =>
		fetch(server.base + path, {method: "POST", headers: json, body: JSON.stringify(body)}).then(
			(r) => r.json(),
		);
	const feed = await post("/feeds", {name: `stock ${next(1e9)}`, url: `${feeds.url}/indeed.xml`});
	const run = await post(`/trigger-feed/${feed.feed_id}`, {});

	for (let i = 0; i < 600; i++) {
		const report = await fetch(`${server.base}/runs/${run.run_id}`).then((r) => r.json());

		if (report.status !== "running") break;
		await new Promise((go) => setTimeout(go, 50));
	}
	const {jobs} = await fetch(`${server.base}/jobs?limit=50`).then((r) => r.json());

	must(jobs.length > 20, `only ${jobs.length} jobs`);
	Object.assign(known, {
		feed_id: [feed.feed_id],
		run_id: [run.run_id],
		job_id: jobs.map((j) => j.job_id),
		job_ids: jobs.map((j) => j.job_id),
		url: [`${feeds.url}/rss.xml`],
		map: [{record: "rss/channel/item", fields: {source_id: "guid", title: "title"}}],
	});
}

await step("something is there to ask about", stock);

const counts = {};

for (const [method, path, o] of operations) {
	// A stream is read by the walk; the pages are no JSON.
	if (o.operationId === "followRun") continue;
	await step(
		`${method.toUpperCase()} ${path} answers as the file says, ${EACH} times`,
		async () => {
			for (let i = 0; i < EACH; i++) {
				const {url, init} = request(method, path, doc.paths[path], o);
				let response;

				try {
					response = await fetch(server.base + url, init);
				} catch (error) {
					throw new Error(
						`${method} ${url}: no answer: ${error.cause?.message ?? error}`,
					);
				}
				const text = await response.text();

				counts[response.status] = (counts[response.status] ?? 0) + 1;
				try {
					judge(o, response, text, compile);
				} catch (error) {
					throw new Error(
						`seed ${seed}, request ${i}: ${method} ${url} ${(init.body ?? "").slice(0, 400)}\n${error.message}`,
					);
				}
			}
			if (o.operationId === "removeFeed") await stock();
		},
	);
}

await step("the server is as well as before", async () => {
	same((await fetch(`${server.base}/readyz`)).status, 200, "the status of /readyz");
	console.log(`# answers by status: ${JSON.stringify(counts)}`);
});

feeds.close();
await server.close();
finish();
