// contract.mjs: share/www/openapi.json, for those who hold something to it
import fs from "node:fs";
import {modules, top} from "./modules.mjs";

const Ajv = modules("ajv/dist/2020").default;
const formats = modules("ajv-formats").default;

export const file = `${top}/share/www/openapi.json`;
export const doc = JSON.parse(fs.readFileSync(file, "utf8"));
const base = "https://jobmill.invalid/openapi.json";
const methods = ["get", "put", "post", "patch", "delete"];

// Every operation: [method, path, operation].
export const operations = Object.entries(doc.paths).flatMap(([path, item]) =>
	methods.filter((m) => item[m]).map((m) => [m, path, item[m]]),
);

// A validator of a schema of the document.
export function validator() {
	const ajv = new Ajv({strict: false, allErrors: true});

	formats(ajv);
	ajv.addFormat("int64", true);
	ajv.addSchema(doc, base);
	return (schema) =>
		ajv.compile(
			JSON.parse(JSON.stringify(schema).replaceAll('"#/components', `"${base}#/components`)),
		);
}
