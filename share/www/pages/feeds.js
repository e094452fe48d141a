// feeds.js: every feed with how it is, and the mill at a glance
import {button, empty, field, grid, h, keyed, panel, say} from "../lib/dom.js";
import {get, poll, post} from "../lib/api.js";
import {ask, busy, sorry, toast} from "../lib/talk.js";
import {host, number, pill, plural, span, split, when} from "../lib/format.js";

// The one thing about a feed that a person should know first.
export function state(feed) {
	if (feed.running_run_id) return pill("running");
	if (feed.guard) return pill("partial", "held by a guard");
	if (feed.consecutive_failure_count > 0)
		return pill(
			"failed",
			feed.consecutive_failure_count > 1
				? `failed ${feed.consecutive_failure_count}×`
				: "failed",
		);
	if (!feed.enabled) return pill("archived", "disabled");
	if (!feed.last_run_status) return pill("archived", "never ran");
	return pill(feed.last_run_status, feed.last_run_status === "succeeded" ? "fresh" : undefined);
}

// Start a run and look at it; a run that is under way is looked at instead.
export async function trigger(feed, body = {}) {
	try {
		const run = await post(`/trigger-feed/${feed.feed_id}`, body);

		location.hash = `#/runs/${run.run_id}`;
	} catch (error) {
		if (error.status === 409 && error.body.run_id) {
			toast("It is running already");
			location.hash = `#/runs/${error.body.run_id}`;
		} else {
			throw error;
		}
	}
}

// Add a feed by its address; then its records are looked at.
export async function add() {
	const url = h("input", {
		type: "text",
		inputmode: "url",
		required: true,
		maxlength: 4096,
		placeholder: "https://example.com/jobs.xml",
		autocomplete: "off",
		spellcheck: "false",
	});
	const name = h("input", {type: "text", required: true, maxlength: 200, autocomplete: "off"});
	let named = false;
	let feed;

	name.addEventListener("input", () => {
		named = true;
	});
	url.addEventListener("input", () => {
		if (!named)
			name.value = host(url.value)
				.replace(/^www\./, "")
				.replace(/\.xml$|\.[a-z]+$/, "");
	});
	await ask({
		title: "Add a feed",
		yes: "Add and inspect",
		body: [
			field("Address", url, "http or https; its format is found out"),
			field("Name", name, "what people call it"),
		],
		form: async () => {
			feed = await post("/feeds", {name: name.value.trim(), url: url.value.trim()});
		},
	});
	if (feed) location.hash = `#/feeds/${feed.feed_id}/map`;
}

function row(feed) {
	const cells = Array.from({length: 5}, () => h("td"));
	const run = h("button", {type: "button", class: "slim"}, "Run");
	const name = h("a", {href: `#/feeds/${feed.feed_id}`}, h("strong", {}));
	const url = h("div", {class: "muted small"});
	const node = h("tr", {}, h("td", {}, name, url), cells, h("td", {class: "number"}, run));
	let seen = "";

	["", "Last run", "Fresh", "Jobs", "Failures"].forEach((label, i) => {
		if (label) cells[i].dataset.label = label;
	});
	cells[4].className = "number";
	run.setAttribute("aria-label", `Run ${feed.name}`);
	run.addEventListener(
		"click",
		busy(run, () => trigger(feed)),
	);

	return {
		node,
		update(f) {
			const now = JSON.stringify(f, (k, v) => (k === "freshness_seconds" ? undefined : v));

			if (now === seen) return;
			seen = now;
			say(name.firstChild, f.name);
			say(url, host(f.url));
			url.title = f.url;
			cells[0].replaceChildren(
				f.running_run_id
					? h("a", {class: "quiet", href: `#/runs/${f.running_run_id}`}, state(f))
					: state(f),
			);
			cells[1].replaceChildren(
				f.last_run_id
					? h("a", {class: "quiet", href: `#/runs/${f.last_run_id}`}, when(f.last_run_at))
					: when(null),
				f.avg_processing_time === null
					? ""
					: h("span", {class: "muted small"}, ` · ${span(f.avg_processing_time)}`),
			);
			cells[2].replaceChildren(when(f.last_succeeded_at));
			cells[3].replaceChildren(
				h("span", {class: "row nowrap"}, split(f.jobs), number(f.jobs.approved)),
			);
			cells[4].replaceChildren(
				f.consecutive_failure_count > 0
					? h("span", {title: f.last_error ?? ""}, number(f.consecutive_failure_count))
					: h("span", {class: "muted"}, "0"),
			);
		},
	};
}

function tiles(node, o) {
	const list = [
		["#/review", "review", o.jobs.manual_review, "wait for review"],
		["#/jobs?route=approved", "approved", o.jobs.approved, "approved"],
		["#/jobs?route=archived", "", o.jobs.archived, "archived"],
		[
			"#/runs?status=running",
			"",
			`${o.runs.running}\u2009/\u2009${o.runs.max}`,
			o.runs.queued > 0 ? `running, ${o.runs.queued} queued` : "running",
		],
		["#/", o.feeds.failing > 0 ? "rejected" : "", o.feeds.failing, "feeds failing"],
		["#/", o.feeds.guarded > 0 ? "review" : "", o.feeds.guarded, "held by guards"],
	];

	keyed(
		node,
		list,
		(t) => t[3].split(",")[0],
		() => {
			const b = h("b");
			const text = h("span");
			const a = h("a", {}, b, text);

			return {
				node: a,
				update([href, kind, n, what]) {
					a.href = href;
					a.className = `tile ${kind}`;
					say(b, typeof n === "number" ? number(n) : n);
					say(text, what);
				},
			};
		},
	);
}

export async function show(root, {signal}) {
	const numbers = h("div", {class: "tiles", "aria-label": "At a glance"});
	const body = h("tbody");
	const table = grid(
		"Feeds",
		["Feed", "State", "Last run", "Fresh", "Approved", "#Failures", "-Actions"],
		body,
		"cards",
	);
	table.hidden = true;
	const none = h(
		"div",
		{hidden: true},
		empty(
			"No feeds yet",
			"Add the address of a job feed; what is in it is found out.",
			button("Add a feed", () => add().catch(sorry), "primary"),
		),
	);
	const sum = h("span", {class: "muted"});

	async function refresh() {
		const [{feeds}, overview] = await Promise.all([
			get("/feeds", {}, signal),
			get("/statistics/overview", {}, signal),
		]);
		const running = feeds.some((f) => f.running_run_id);

		tiles(numbers, overview);
		keyed(body, feeds, (f) => f.feed_id, row);
		table.hidden = feeds.length === 0;
		none.hidden = feeds.length > 0;
		say(sum, plural(feeds.length, "feed"));
		return running ? 2 : 10;
	}

	const first = await refresh();

	root.replaceChildren(
		h(
			"div",
			{class: "head"},
			h("h1", {}, "Feeds"),
			h("span", {class: "grow"}),
			button("Add a feed", () => add().catch(sorry), "primary"),
		),
		numbers,
		panel("All feeds", h("div", {}, table, none), sum),
	);
	setTimeout(
		() =>
			poll(10, signal, () =>
				refresh().catch((e) => {
					if (!signal.aborted) sorry(e);
				}),
			),
		first * 1000,
	);
}
