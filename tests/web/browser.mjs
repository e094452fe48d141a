// browser.mjs: Debian's Chromium, headless, and what every page owes
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {modules, top} from "./modules.mjs";
import {must} from "./tap.mjs";

const {chromium} = modules("playwright-core");
const axe = fs.readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

export const WIDTHS = {wide: [1440, 900], middle: [768, 1024], narrow: [360, 740]};
export const shots = path.join(top, "build/web/shots");

const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

// A browser of its own for each test, which leaves nothing behind.  What the
// pages complain of, and whom they ask, is collected.
export async function open(base) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "jobmill-chromium."));
	const context = await chromium.launchPersistentContext(dir, {
		executablePath: process.env.JOBMILL_CHROMIUM ?? "/usr/bin/chromium",
		headless: true,
		args: FLAGS,
		viewport: {width: 1440, height: 900},
		locale: "en-GB",
		timezoneId: "UTC",
	});
	const page = context.pages()[0] ?? (await context.newPage());
	const complaints = [];
	const strangers = [];

	page.setDefaultTimeout(15000);
	page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
	page.on("console", (message) => {
		if (
			message.type() === "error" ||
			/Content.Security.Policy|TrustedHTML/i.test(message.text())
		)
			complaints.push(`${message.text()} ${message.location().url ?? ""}`);
	});
	page.on("request", (request) => {
		if (!request.url().startsWith(base) && !/^(data|blob|about):/.test(request.url()))
			strangers.push(request.url());
	});
	return {
		context,
		page,
		complaints,
		strangers,
		close: async () => {
			await context.close();
			fs.rmSync(dir, {recursive: true, force: true});
		},
	};
}

// No serious finding of axe.
export async function accessible(page, name) {
	await page.evaluate(axe);
	const {violations} = await page.evaluate(() =>
		window.axe.run(document, {resultTypes: ["violations"]}),
	);
	const bad = violations.filter((v) => v.impact === "serious" || v.impact === "critical");

	must(
		bad.length === 0,
		() =>
			`axe on ${name}: ` +
			bad
				.map(
					(v) =>
						`${v.id} (${v.impact}): ${v.nodes
							.slice(0, 3)
							.map((n) => `${n.target} ${n.failureSummary}`)
							.join(" | ")}`,
				)
				.join("\n"),
	);
}

// Nothing is wider than the window.
export async function fits(page, name) {
	const over = await page.evaluate(
		() => document.documentElement.scrollWidth - window.innerWidth,
	);

	must(over <= 0, `${name} is ${over} pixels wider than the window`);
}

// No value of the program's own shows through where a text should be.
export async function worded(page, name) {
	const found = await page.evaluate(() => {
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const odd = [];

		while (walk.nextNode()) {
			const {data, parentElement: at} = walk.currentNode;

			if (
				/^\s*(false|true|null|undefined|NaN|\[object.*)\s*$|\bundefined\b|\bNaN\b/.test(
					data,
				) &&
				!at.closest("dd, pre, script")
			)
				odd.push(`${at.tagName} ${data}`);
		}
		return odd;
	});

	must(found.length === 0, `${name} says ${found.join(", ")}`);
}

// A picture in every width and both colours, for people to look at; where
// it is taken, the page has to fit and be accessible.
export async function pictures(page, name, settle = async () => {}) {
	fs.mkdirSync(shots, {recursive: true});
	for (const [width, [w, h]] of Object.entries(WIDTHS))
		for (const colorScheme of ["light", "dark"]) {
			await page.setViewportSize({width: w, height: h});
			await page.emulateMedia({colorScheme, reducedMotion: "reduce"});
			await settle();
			await page.waitForTimeout(150);
			await fits(page, `${name}, ${width}`);
			await worded(page, `${name}, ${width}`);
			await page.screenshot({path: path.join(shots, `${name}-${width}-${colorScheme}.png`)});
			if (width !== "middle") await accessible(page, `${name}, ${width}, ${colorScheme}`);
		}
	await page.setViewportSize({width: 1440, height: 900});
	await page.emulateMedia({colorScheme: "light", reducedMotion: "reduce"});
}
