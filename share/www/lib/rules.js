// rules.js: a feed map as fields that people can fill in, see feed-map(5)

export const FIELDS = [
	["source_id", "the ad's id", true],
	["title", "", true],
	["description", "", true],
	["url", "where to apply", true],
	["company_name", ""],
	["employment_type", ""],
	["category", ""],
	["remote", ""],
	["salary", "as prose"],
	["salary_min", ""],
	["salary_max", ""],
	["salary_currency", ""],
	["salary_period", ""],
	["posted_at", ""],
	["expires_at", ""],
	["status", "open or closed"],
	["cpc", "what a click costs"],
	["company_logo_url", ""],
];

// The field of a record that a rule of this name makes.
export const MADE = {remote: "is_remote", salary: "salary_min"};

// A rule as text: a path, or paths divided by "|", or JSON.
export function told(rule) {
	if (rule === undefined) return "";
	if (typeof rule === "string") return rule;
	return Array.isArray(rule) && rule.every((r) => typeof r === "string")
		? rule.join(" | ")
		: JSON.stringify(rule);
}

// A rule from its text; undefined when there is none.  Throws on bad JSON.
export function read(text) {
	const trimmed = text.trim();

	if (trimmed === "") return undefined;
	if (/^[[{]/.test(trimmed)) return JSON.parse(trimmed);
	const paths = trimmed
		.split("|")
		.map((p) => p.trim())
		.filter(Boolean);

	return paths.length === 1 ? paths[0] : paths;
}

// MAP with one thing set, or taken out when VALUE is undefined.
export function withKey(map, key, value) {
	const {[key]: _, ...rest} = map;

	return value === undefined ? rest : {...rest, [key]: value};
}

export function withField(map, name, rule) {
	return {...map, fields: withKey(map.fields ?? {}, name, rule)};
}

// What a map says with all that it extends, of the maps of the suite.
export function whole(map, maps) {
	let all = map;
	const seen = new Set();

	for (let name = map.extends; name && !seen.has(name); name = all.extends) {
		const base = maps.find((m) => m.name === name)?.map ?? {};

		seen.add(name);
		all = {
			...base,
			...withKey(all, "extends"),
			fields: {...base.fields, ...all.fields},
			...(base.extends ? {extends: base.extends} : {}),
		};
	}
	return all;
}

// A path as it is written in rules: from the record on.
export function relative(path, record) {
	return path.startsWith(`${record}/`)
		? path.slice(record.length + 1)
		: path === record
			? ""
			: `/${path.split("/").slice(1).join("/")}`;
}
