# funnel.jq: what became of the records of a run, as a table for people.
# In: the report of process-feed (--report=json).  Out: lines.

def number: tostring | if length > 3 and test("^[0-9]+$")
	then [while(length > 0; .[:-3])] | map(.[-3:]) | reverse | join(",")
	else . end;
def right($n): tostring | (" " * ([$n - length, 0] | max)) + .;
def left($n): . + (" " * ([$n - length, 0] | max));

# The counters of a stage whose names start with a prefix, biggest first.
def counted($prefix): to_entries
	| map(select((.key | startswith($prefix)) and .value > 0)
		| {name: .key[($prefix | length):] | gsub("_"; " "), n: .value})
	| sort_by(-.n, .name);
def reasons: counted("reason.") | map("\(.n | number) \(.name)") | join(", ");

. as $report
| def stage($name): $report.stages[$name] // {};
def routed($name): stage($name) | reasons as $why
	| (counted("route.") | length) as $routes
	| counted("route.")[] | {what: .name, n,
		note: (if $routes == 1 then $why else "" end)};

stage("xml2jsonl").in as $seen
| [
	{what: "refused", n: ([$report.stages[].dead] | add),
		note: "no record; kept in the run folder, *.dead"},
	routed("route-status"),
	{what: "folded", n: stage("dedup-title").merged,
		note: "one role in several places"},
	routed("route-confidence"),
	{what: "folded", n: stage("dedup-ai-title").merged,
		note: "the same, by the title that the model cleaned"},
	routed("route-final")
] | map(select(.n > 0))
| . as $rows
| ($report | "feed \(.feed.feed_id) \(.feed.name | tojson), run \(.run): \(.status)"),
"",
("  " + ("in the feed" | left(16)) + ($seen | number | right(18))),
(
	foreach $rows[] as $row ({left: $seen};
		{left: (.left - $row.n), row: $row};
		"  " + (.row.what | left(16)) + (.row.n | number | right(9))
		+ (.left | number | right(9)) + "  " + .row.note)
	| sub(" +$"; "")
),
"",
(
	["enrich-industry", "enrich-function"]
	| map({
		name: ltrimstr("enrich-"),
		recalled: (stage("recall-" + ltrimstr("enrich-")).recalled // 0),
		answered: (stage(.).answered // 0), failed: (stage(.).failed // 0)
	})[]
	| "  " + (.name | left(16))
	+ "\(.answered | number) asked, \(.recalled | number) remembered"
	+ if .failed > 0 then ", \(.failed | number) failed" else "" end
)
