// openapi.mjs: share/www/openapi.json is what it says it is
import {doc, file, operations, validator} from "./contract.mjs";
import {modules} from "./modules.mjs";
import {finish, must, same, step} from "./tap.mjs";

const {createConfig, lint} = modules("@redocly/openapi-core");

// Every place that has a schema and an example beside it.
function* examples(node, at = "") {
	if (node === null || typeof node !== "object") return;
	if (node.schema && "example" in node) yield [at, node.schema, node.example];
	for (const [key, value] of Object.entries(node))
		if (key !== "example") yield* examples(value, `${at}/${key}`);
}

await step("openapi.json passes the linter, its strict rules", async () => {
	const config = await createConfig({
		extends: ["recommended-strict"],
		rules: {
			"no-ambiguous-paths": "error",
			"operation-operationId-unique": "error",
			"no-unused-components": "error",
		},
	});
	const found = await lint({ref: file, config});

	same(
		found.map((f) => `${f.ruleId} ${f.location[0]?.pointer}: ${f.message}`),
		[],
		"what the linter found",
	);
});

await step("every example is of its schema", async () => {
	const compile = validator();
	let n = 0;

	for (const [at, schema, example] of examples(doc)) {
		const valid = compile(schema);

		n++;
		must(valid(example), () => `${at}: ${JSON.stringify(valid.errors)}`);
	}
	must(n > 40, `only ${n} examples`);
});

await step(
	"every operation has its role, its name, and answers for what can go wrong",
	async () => {
		for (const [method, path, o] of operations) {
			const name = `${method} ${path}`;

			must(/^[a-zA-Z]+$/.test(o.operationId), `${name} has no operationId`);
			must(Array.isArray(o.security), `${name} does not say who may`);
			for (const scheme of o.security)
				must(
					["read", "write"].includes(Object.values(scheme)[0][0]),
					`${name} names no role`,
				);
			if (o.security.length > 0)
				must(o.responses[401] && o.responses[403], `${name} has no 401 and 403`);
			if (path.includes("{")) must(o.responses[404], `${name} has no 404`);
			if (o.requestBody)
				must(o.responses[415] && o.responses[413], `${name} has no 413 and 415`);
			if (method !== "get" && o.security.length > 0 && o.operationId !== "previewFeed")
				same(Object.values(o.security[0])[0], ["write"], `${name}'s role`);
		}
	},
);

await step("every object of a body says whether it takes what it does not know", async () => {
	const bodies = operations
		.filter(([, , o]) => o.requestBody)
		.map(([, , o]) => o.requestBody.content["application/json"].schema);

	for (const schema of bodies) {
		const s = schema.$ref ? doc.components.schemas[schema.$ref.split("/").pop()] : schema;

		must("additionalProperties" in s, () => `${JSON.stringify(schema).slice(0, 80)} does not`);
	}
});

finish();
