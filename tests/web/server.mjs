// server.mjs: job-serve over an empty store of a real PostgreSQL, with a
// stand-in for Xano; or the server that JOBMILL_WEB_BASE names
import {must} from "./tap.mjs";

export async function serve() {
	if (process.env.JOBMILL_WEB_BASE)
		return {base: process.env.JOBMILL_WEB_BASE, mirror: false, close: async () => {}};
	must(false, "no server");
	return null;
}
