// feeds.mjs: feeds on loopback: the samples as they are (/NAME.xml), the same
// in pieces over a few seconds (/slow/NAME.xml), one that shrinks when it is
// told to (/cut/NAME.xml), and a hostile one
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import {top} from "./modules.mjs";

const PIECES = 24;

const escaped = (s) => s.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const OWN = "<img src=x onerror=window.owned=1><script>window.owned=1</script>";

// Texts that would do something wherever they were taken for markup, a URL, a
// format, or a pattern; and some that only want to break a page.
export const hostile = [
	["markup", `${OWN} Nurse`],
	["attribute", `" onmouseover="window.owned=1" autofocus onfocus="window.owned=1`],
	["template", "${window.owned=1} {{constructor.constructor('window.owned=1')()}}"],
	["pattern", "(a+)+$ [[[ \\\\ C++ .* Senior (m/w/d)"],
	["rtl", "\u202egnp.exe\u202c \u2066Nurse\u2069 \u0301\u0301\u0301"],
	["long", `${"W".repeat(3000)} ${"word ".repeat(300)}`],
];

function hostileFeed() {
	const jobs = hostile.map(
		([
			id,
			text,
		]) => `<job><title>${escaped(text)}</title><referencenumber>${id}</referencenumber>
<company>${escaped(text.slice(0, 200))}</company><url>https://e.example/?q=${id}&amp;x=%22%3E</url>
<city>${escaped(OWN)}</city><state>TX</state><country>US</country>
<description>${escaped(`<p>We need a registered nurse. ${escaped(OWN)} ${text}</p><svg onload=window.owned=1>`)}</description></job>`,
	);

	return `<?xml version="1.0" encoding="UTF-8"?><source>${jobs.join("\n")}</source>`;
}

function sample(name) {
	const file = path.join(top, "share/samples", path.basename(name));

	return /^[a-z]+\.xml$/.test(path.basename(name)) && fs.existsSync(file)
		? fs.readFileSync(file)
		: null;
}

// All but every fifth of the jobs are gone.
function shrunk(body) {
	let n = 0;

	return Buffer.from(
		body.toString().replace(/<job>.*?<\/job>\s*/gs, (job) => (n++ % 5 === 0 ? job : "")),
	);
}

async function drip(response, body) {
	const size = Math.ceil(body.length / PIECES);

	for (let at = 0; at < body.length && !response.destroyed; at += size) {
		response.write(body.subarray(at, at + size));
		await new Promise((go) => setTimeout(go, 120));
	}
	response.end();
}

// The server, and its address.
export async function serveFeeds() {
	const feeds = {cut: false};
	const server = http.createServer((request, response) => {
		const {pathname} = new URL(request.url, "http://feeds");
		let body = pathname === "/hostile.xml" ? Buffer.from(hostileFeed()) : sample(pathname);

		if (!body) {
			response.writeHead(404).end();
			return;
		}
		if (feeds.cut && pathname.startsWith("/cut/")) body = shrunk(body);
		response.writeHead(200, {"Content-Type": "application/xml", "Content-Length": body.length});
		if (pathname.startsWith("/slow/")) drip(response, body);
		else response.end(body);
	});

	await new Promise((go) => server.listen(0, "127.0.0.1", go));
	return Object.assign(feeds, {
		url: `http://127.0.0.1:${server.address().port}`,
		close: () => server.close(),
	});
}
