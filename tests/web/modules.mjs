// modules.mjs: packages of npm, from where tests/web/run has put them
import {createRequire} from "node:module";
import path from "node:path";
import {fileURLToPath} from "node:url";

export const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export const modules = createRequire(
	path.join(process.env.JOBMILL_WEB_MODULES ?? path.join(top, "build/web"), "from.js"),
);
