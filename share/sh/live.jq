# live.jq: where a run is, in one line.  In: the counters of all stages.

def number: tostring | if length > 3
	then [while(length > 0; .[:-3])] | map(.[-3:]) | reverse | join(",")
	else . end;
def bytes: if . < 1000000 then "\(. / 1000 | floor) kB"
	elif . < 1000000000 then "\(. / 100000 | floor / 10) MB"
	else "\(. / 100000000 | floor / 10) GB" end;
def span: if . < 90 then "\(ceil) s" elif . < 5400 then "\(. / 60 | ceil) min"
	else "\(. / 360 | ceil / 10) h" end;

[inputs] | map({(.stage): .}) | add // {}
| . as $s
| def one($name): $s[$name] // {in: 0, out: 0, merged: 0};
(one("dedup-title").out) as $wanted
| [
	"fetched \(one("feed-fetch").bytes_out // 0 | bytes)",
	"parsed \(one("xml2jsonl").out | number)",
	"merged \(one("dedup-title").merged + one("dedup-ai-title").merged | number)",
	(one("enrich-industry") | select(.in > 0)
		| "enriched \(.in | number)"
		+ if $wanted > .in
		then "/\($wanted | number), \(($wanted - .in) * .seconds / .in | span) left"
		else "" end),
	"stored \(one("stage").in | number)"
] | join(", ")
