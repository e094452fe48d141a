// undo.js: what was decided, and how it is taken back
import {patch, post, signed} from "./api.js";

const BATCH = 1000;
const verbs = {approved: "approve", rejected: "reject"};

// Put a job back to how it was: its verdict and its edits.
async function restore(id, before) {
	if (before.review) return post(`/jobs/${id}/${verbs[before.review]}`, signed());
	return post(`/jobs/${id}/withdraw`, signed(before.edits ? {edits: before.edits} : {}));
}

// An edit on top of a verdict: both go, then the verdict comes back.
async function restoreEdit(id, before) {
	const back = await post(
		`/jobs/${id}/withdraw`,
		signed(before.edits ? {edits: before.edits} : {}),
	);

	return before.review ? post(`/jobs/${id}/${verbs[before.review]}`, signed()) : back;
}

// Decisions of this page, the last one first to go back.
export class Undo {
	#done = [];

	get size() {
		return this.#done.length;
	}

	get last() {
		return this.#done.at(-1);
	}

	// Decide about one job, which stands as in BEFORE ({review, edits}).
	async decide(verdict, job, {reason, edits} = {}) {
		const id = job.job_id;
		const before = {review: job.review, edits: job.edits ?? null};
		const body = signed({
			content_hash: job.content_hash ?? undefined,
			reason: reason || undefined,
		});
		const entry = {ids: [id], verdict, before, title: job.title};

		this.#done.push(entry);
		try {
			entry.sent =
				verdict === "edited"
					? patch(`/jobs/${id}`, {...body, edits})
					: post(`/jobs/${id}/${verbs[verdict]}`, body);
			return await entry.sent;
		} catch (error) {
			this.#done = this.#done.filter((e) => e !== entry);
			throw error;
		}
	}

	// Decide about all jobs that FILTER finds, if they are EXPECT.
	async bulk(verdict, filter, expect, reason) {
		const result = await post(
			"/jobs/bulk",
			signed({action: verbs[verdict], filter, expect, reason: reason || undefined}),
		);

		if (result.done.length > 0)
			this.#done.push({ids: result.done.map((d) => d.job_id), verdict, before: null});
		return result;
	}

	// Take the last decision back; resolves to its entry, or null.
	async undo() {
		const entry = this.#done.pop();

		if (!entry) return null;
		try {
			await entry.sent;
			if (entry.before === null)
				for (let i = 0; i < entry.ids.length; i += BATCH)
					await post(
						"/jobs/bulk",
						signed({
							action: "withdraw",
							keep_edits: true,
							job_ids: entry.ids.slice(i, i + BATCH),
						}),
					);
			else if (entry.verdict === "edited") await restoreEdit(entry.ids[0], entry.before);
			else await restore(entry.ids[0], entry.before);
		} catch (error) {
			this.#done.push(entry);
			throw error;
		}
		return entry;
	}
}
