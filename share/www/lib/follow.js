// follow.js: a run as it moves, by server-sent events; by asking every two
// seconds where those do not come through
import {get} from "./api.js";

// Call seen(report) for each report of the run until it has ended or SIGNAL
// aborts; lost(error) when it can't be asked for either.
export function follow(run, signal, seen, lost) {
	const source = new EventSource(`runs/${run}/events`);
	let timer;

	function take(event) {
		const report = JSON.parse(event.data);

		seen(report);
		if (event.type === "end" || report.status !== "running") source.close();
	}

	async function ask() {
		try {
			const report = await get(`/runs/${run}`, {}, signal);

			seen(report);
			if (report.status !== "running") return;
		} catch (error) {
			if (!signal.aborted) lost(error);
		}
		if (!signal.aborted) timer = setTimeout(ask, 2000);
	}

	source.addEventListener("progress", take);
	source.addEventListener("end", take);
	source.addEventListener("error", () => {
		if (source.readyState === EventSource.CLOSED && !signal.aborted) ask();
	});
	signal.addEventListener("abort", () => {
		source.close();
		clearTimeout(timer);
	});
}
