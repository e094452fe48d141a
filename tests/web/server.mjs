// server.mjs: job-serve over an empty store of a real PostgreSQL, with a
// stand-in for Xano; or the server that JOBMILL_WEB_BASE names
import {execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {top} from "./modules.mjs";

const bin = process.env.JOBMILL_BIN ?? path.join(top, "bin");
const tests = process.env.JOBMILL_TEST_BIN ?? path.join(top, "build/plain/tests");

// Start a program whose first line says where it listens.
function listening(program, args, env) {
	const child = spawn(program, args, {env, stdio: ["ignore", "pipe", "pipe"]});
	let said = "";
	let errors = "";

	child.stderr.on("data", (data) => {
		errors = (errors + data).slice(-4000);
	});
	return new Promise((ok, no) => {
		child.stdout.on("data", (data) => {
			said += data;
			if (said.includes("\n")) ok({child, line: said.split("\n")[0], errors: () => errors});
		});
		child.on("error", no);
		child.on("exit", (code) => no(new Error(`${program} ended with ${code}: ${errors}`)));
	});
}

function end(child) {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((gone) => {
		child.removeAllListeners("exit");
		child.on("exit", gone);
		child.kill("SIGTERM");
	});
}

// Only what is said here is set, whatever the one who tests has set.
function clean(more) {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(JOBMILL_|GEMINI_|OPENAI_|XANO_|DATABASE_URL|PG[A-Z])/.test(name),
	);

	return {
		...Object.fromEntries(kept),
		PATH: `${bin}:${path.join(top, "pipelines")}:${process.env.PATH}`,
		...more,
	};
}

async function xano(dir) {
	const {child, line} = await listening(
		path.join(tests, "xano"),
		[
			"--port",
			"0",
			"--token",
			"test",
			"--store",
			path.join(dir, "xano.ndjson"),
			"--schema",
			path.join(top, "share/xano/columns.json"),
		],
		process.env,
	);

	return {
		child,
		env: {
			XANO_BASE_URL: `http://127.0.0.1:${line.trim()}/api:meta`,
			XANO_TOKEN: "test",
			XANO_WORKSPACE: "1",
			XANO_TABLE: "1",
		},
	};
}

// {base, token, stop(), close()}: settings are those of the environment.
export async function serve(settings = {}) {
	if (process.env.JOBMILL_WEB_BASE)
		return {base: process.env.JOBMILL_WEB_BASE, mirror: false, close: async () => {}};

	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "jobmill-web."));
	const db = path.join(dir, "db");

	fs.chmodSync(dir, 0o711);
	execFileSync(path.join(top, "scripts/db"), ["--test", "start", db]);
	const url = execFileSync(path.join(top, "scripts/db"), ["url", db], {encoding: "utf8"}).trim();
	const table = await xano(dir);
	const env = clean({
		DATABASE_URL: url,
		JOBMILL_ENV_FILE: "/dev/null",
		JOBMILL_PROVIDER: "local",
		JOBMILL_ALLOW_PRIVATE: "1",
		JOBMILL_STATE: dir,
		JOBMILL_STATE_DIR: dir,
		...table.env,
		...settings,
	});

	execFileSync(path.join(bin, "pg-store"), ["migrate"], {env});
	const {child, line, errors} = await listening(
		path.join(bin, "job-serve"),
		["--listen", "127.0.0.1:0"],
		env,
	);
	const base = /http:\/\/[^ /]+/.exec(line)?.[0] ?? `http://${line.trim()}`;

	return {
		base,
		mirror: true,
		dir,
		env,
		errors,
		close: async () => {
			await end(child);
			await end(table.child);
			execFileSync(path.join(top, "scripts/db"), ["remove", db]);
			fs.rmSync(dir, {recursive: true, force: true});
		},
	};
}
