// tap.mjs: steps of a test, told in the Test Anything Protocol

let failures = 0;

// Do one step.  One that fails is told with what it said; those after it are
// done all the same, for they may show something else.
export async function step(name, work) {
	try {
		await work();
		console.log(`ok - ${name}`);
	} catch (error) {
		failures++;
		console.log(`not ok - ${name}`);
		for (const line of String(error?.stack ?? error)
			.split("\n")
			.slice(0, 12))
			console.log(`# ${line}`);
	}
}

export const skip = (name, why) => console.log(`ok - ${name} # SKIP ${why}`);

export const finish = () => process.exit(failures > 0 ? 1 : 0);

// Throw unless it is so; WHAT says what should have been.
export function must(is, what) {
	if (!is) throw new Error(typeof what === "function" ? what() : what);
}

export function same(is, wanted, what = "a value") {
	const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)];

	if (a !== b) throw new Error(`${what} is ${a}, not ${b}`);
}

// Ask again until what is asked is true, for so many seconds at most.
export async function until(ask, what, seconds = 40) {
	const end = Date.now() + seconds * 1000;

	for (;;) {
		const answer = await ask();

		if (answer) return answer;
		if (Date.now() > end)
			throw new Error(
				`not within ${seconds} s: ${typeof what === "function" ? await what() : what}`,
			);
		await new Promise((go) => setTimeout(go, 50));
	}
}
