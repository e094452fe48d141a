// login.mjs: a server that wants a token: the page that asks for it, what a
// reader may not do, and every route without a token
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {operations} from "./contract.mjs";
import {open, pictures} from "./browser.mjs";
import {serve} from "./server.mjs";
import {finish, must, same, step, until} from "./tap.mjs";

const dir = fs.mkdtempSync(path.join(os.tmpdir(), "jobmill-tokens."));
const tokens = {write: "w".repeat(32), read: "r".repeat(32)};

for (const [role, token] of Object.entries(tokens))
	fs.writeFileSync(path.join(dir, role), `${token}\n`, {mode: 0o600});

const server = await serve({
	JOBMILL_API_TOKEN_FILE: path.join(dir, "write"),
	JOBMILL_READ_TOKEN_FILE: path.join(dir, "read"),
});
const {page, complaints, strangers, close} = await open(server.base);
const some = "0190aaaa-1234-7abc-89ab-0123456789ab";
const at = (p) =>
	p
		.replace("{job_id}", some)
		.replace("{code}", "x")
		.replace("{sync_id}", "x")
		.replace(/\{\w+\}/g, "1");

async function ask(method, p, token) {
	const headers = {
		"Content-Type": "application/json",
		...(token ? {Authorization: `Bearer ${token}`} : {}),
	};

	return fetch(server.base + at(p), {
		method: method.toUpperCase(),
		headers,
		redirect: "manual",
		body: method === "get" ? undefined : "{}",
		signal: AbortSignal.timeout(20000),
	});
}

await step("without a token, or with a wrong one, no route does anything", async () => {
	for (const [method, p, o] of operations) {
		if (o.security.length === 0) continue;
		const answer = await ask(method, p);

		same(answer.status, 401, `${method} ${p} without a token`);
		must(answer.headers.get("www-authenticate"), `${method} ${p} does not say how`);
		await answer.text();
	}
	same((await ask("get", "/feeds", "x".repeat(32))).status, 401, "with a wrong token");
});

await step("who may read may not write", async () => {
	for (const [method, p, o] of operations) {
		if (o.security.length === 0 || o.operationId === "followRun") continue;
		const answer = await ask(method, p, tokens.read);
		const role = o.security[0].bearer[0];

		await answer.text();
		if (role === "write") same(answer.status, 403, `${method} ${p} with the token that reads`);
		else
			must(
				![401, 403].includes(answer.status),
				`${method} ${p} is ${answer.status} with the token that reads`,
			);
	}
});

await step("a browser is asked for the token, and brought where it wanted to go", async () => {
	await page.goto(`${server.base}/#/runs`);
	await page.getByLabel("Token").waitFor();
	await pictures(page, "login");
	await page.getByLabel("Your name").fill("ann");
	await page.getByLabel("Token").fill("not the token at all");
	await page.getByRole("button", {name: "Log in"}).click();
	await until(
		async () => (await page.locator("[role=alert]").innerText()) === "That is not the token.",
		"it is said",
	);
	await page.getByLabel("Token").fill(tokens.write);
	await page.getByRole("button", {name: "Log in"}).click();
	await page.waitForURL(/#\/runs$/);
	await page.getByRole("heading", {name: "Runs", exact: true}).waitFor();
	must(
		!(await page.evaluate(() => document.cookie)).includes("jobmill"),
		"a script can read the cookie",
	);
});

await step("what is done is done in that name", async () => {
	same(await page.evaluate(() => localStorage.getItem("jobmill.reviewer")), "ann", "the name");
	const answer = await page.evaluate(() =>
		fetch("feeds", {
			method: "POST",
			headers: {"Content-Type": "application/json"},
			body: JSON.stringify({name: "by ann", url: "https://feeds.example/x.xml"}),
		}).then((r) => r.status),
	);

	same(answer, 201, "a feed that is added with the cookie");
});

await step("a page of another site can't use the cookie", async () => {
	const cookies = await page.context().cookies(server.base);
	const cookie = cookies.map((c) => `${c.name}=${c.value}`).join("; ");
	const post = (headers) =>
		fetch(`${server.base}/feeds`, {
			method: "POST",
			body: '{"name":"x","url":"https://e.example/"}',
			headers: {"Content-Type": "application/json", Cookie: cookie, ...headers},
		});

	same(
		cookies.map((c) => [c.httpOnly, c.sameSite]),
		[[true, "Strict"]],
		"the cookie",
	);
	same((await post({Origin: "https://evil.example"})).status, 403, "from another origin");
	same((await post({Origin: "null"})).status, 403, "from nowhere");
});

await step("logging out ends the session", async () => {
	await page.getByRole("button", {name: "Log out"}).click();
	await page.getByLabel("Token").waitFor();
	same(
		await page.evaluate(() => fetch("feeds").then((r) => r.status)),
		401,
		"the feeds after that",
	);
});

await step("the pages complain of nothing but what was refused", async () => {
	same(strangers, [], "other hosts that were asked");
	same(
		complaints.filter((c) => !/status of 4\d\d|favicon/.test(c)),
		[],
		"complaints",
	);
});

await close();
await server.close();
fs.rmSync(dir, {recursive: true});
finish();
