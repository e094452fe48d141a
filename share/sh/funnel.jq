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

def title: "feed \(.feed.feed_id) \(.feed.name | tojson), run \(.run): \(.status)"
	+ if .because != "" then ", \(.because)" else "" end;

# What was left to ask, and what it took.
def asked($name):
	stage("recall-" + $name).recalled as $known
	| stage("enrich-" + $name) as $e
	| "  " + ($name | left(16)) + "\($e.answered // 0 | number) asked, "
	+ "\($known // 0 | number) remembered"
	+ if ($e.failed // 0) > 0 then ", \($e.failed | number) failed" else "" end
	+ if ($e.requests // 0) > 0 then ", \($e.requests | number) requests, "
		+ "\(($e.tokens_in // 0) + ($e.tokens_out // 0) | number) tokens, "
		+ "$\($e.cost_usd // 0)" else "" end;

def done($names): . as $o | [$names[] | "\($o[.] // 0 | number) \(.)"]
	| join(", ");

def funnel:
	(stage("xml2jsonl").in // 0) as $seen
	| [
		{what: "refused", n: ([.stages[].dead // 0] | add // 0),
			note: "no record; kept in the run folder, *.dead"},
		routed("route-status"),
		{what: "folded", n: stage("dedup-title").merged,
			note: "one role in several places"},
		routed("route-confidence"),
		{what: "folded", n: stage("dedup-ai-title").merged,
			note: "the same, by the title that the model cleaned"},
		routed("route-final")
	] | map(select((.n // 0) > 0)) as $rows
	| ("  " + ("in the feed" | left(16)) + ($seen | number | right(18))),
	(foreach $rows[] as $row ({left: $seen};
		{left: (.left - $row.n), $row};
		"  " + (.row.what | left(16)) + (.row.n | number | right(9))
		+ (.left | number | right(9)) + "  " + .row.note)
		| sub(" +$"; ""));

title,
(if .status == "not_modified" then empty else
	"", funnel, "", asked("industry"), asked("function"),
	(if .store then "  " + ("store" | left(16)) + (.store
		| done(["created", "changed", "moved", "unchanged", "closed"]))
	else empty end)
end),
(if .mirror then "  " + ("mirror" | left(16)) + (.mirror
	| done(["added", "updated", "deleted", "unchanged"])
	+ if (.failed // 0) > 0 then ", \(.failed | number) refused" else "" end)
else empty end)
