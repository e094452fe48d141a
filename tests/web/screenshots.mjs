// screenshots.mjs FOLDER: the pictures of the README, of the sample feeds as
// they went through the mill; scripts/screenshots makes them small
import path from "node:path";
import {open} from "./browser.mjs";
import {serveFeeds} from "./feeds.mjs";
import {serve} from "./server.mjs";
import {until} from "./tap.mjs";

const folder = process.argv[2];
const server = await serve();
const feeds = await serveFeeds();
const {page, close} = await open(server.base);

const api = async (url, options) => (await fetch(server.base + url, options)).json();
const post = (url, body) =>
	api(url, {
		method: "POST",
		body: JSON.stringify(body),
		headers: {"Content-Type": "application/json"},
	});

async function run(name, url) {
	const feed = await post("/feeds", {name, url});
	const {run_id: id} = await post(`/trigger-feed/${feed.feed_id}`, {});

	await until(async () => (await api(`/runs/${id}`)).status !== "running", `run ${id} ends`, 60);
	return id;
}

async function picture(name, hash, colorScheme, ready, settle = async () => {}) {
	await page.emulateMedia({colorScheme, reducedMotion: "reduce"});
	await page.goto("about:blank");
	await page.goto(`${server.base}/#${hash}`);
	await page.locator(ready).first().waitFor();
	await settle();
	await page.waitForTimeout(400);
	await page.screenshot({path: path.join(folder, `${name}.png`)});
}

const indeed = await run("City Talent, Indeed XML", `${feeds.url}/indeed.xml`);

await run("Remote weekly, RSS", `${feeds.url}/rss.xml`);
await page.setViewportSize({width: 1280, height: 760});
await picture("run", `/runs/${indeed}`, "dark", ".funnel-n:not(:empty)");
await picture("review", "/review", "light", ".ad", async () => {
	const shows = (at) =>
		until(async () => {
			const job = await page.locator(".entry").nth(at).getAttribute("data-job");

			return (await page.locator(".paper").getAttribute("data-job")) === job;
		}, `job ${at}`);

	// The second one is decided about, then back to the first.
	await page.keyboard.press("j");
	await shows(1);
	await page.keyboard.press("a");
	await shows(2);
	await page.keyboard.press("k");
	await shows(1);
	await page.keyboard.press("k");
	await shows(0);
});
await page.setViewportSize({width: 1280, height: 560});
await picture("statistics", "/statistics", "light", ".uplot canvas");

await close();
feeds.close();
await server.close();
