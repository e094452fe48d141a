# judge.jq: what a run is worth.
# In:  {names, ended, counters}: the stages in the order of the stream, the
#      exit status of each, and their counters.
# Out: {verdict, because, exit}: succeeded, partial, failed or not_modified,
#      why, and the status to exit with.

def counter($stage; $name): .counters[$stage][$name] // 0;

def ended_badly: range(.names | length) as $i
	| select(.ended[$i] > 1) | {name: .names[$i], status: .ended[$i]};

# A stage that writes to a dead reader dies of SIGPIPE (141): the reader is to
# blame, and it stands further down.
def culprit: [ended_badly | select(.status != 141)] | first;

# The feed broke off, or the service went away: what came is right, what did
# not come proves nothing.
def may_fail: .name as $name | .status as $status
	| ($name | IN("feed-fetch", "xml2jsonl"))
		and ($status | IN(65, 69, 74, 75, 76))
	or ($name | IN("enrich-industry", "enrich-function"))
		and ($status | IN(69, 75, 76));

# What one stage let out, the next one has to take in.
def lost: first(range(2; .names | length) as $i
	| .names[$i - 1] as $a | .names[$i] as $b
	| counter($a; "out") as $out | counter($b; "in") as $in
	| select($out != $in)
	| "\($a) let \($out) records out, \($b) took \($in) in") // null;

# 137 and the like: killed; the statuses below are the suite's own.
def exit_status: if . > 128 then (if . == 137 or . == 143 then 71 else 70 end)
	else . end;

culprit as $culprit
| lost as $lost
| if (.ended | length) != (.names | length) then
	{verdict: "failed", because: "the pipe was killed", exit: 71}
elif .ended[0] == 0 and (.counters["feed-fetch"].not_modified // 0
	| . == true or . == 1) then
	{verdict: "not_modified", because: "", exit: 0}
elif $culprit != null then
	(if (all(ended_badly; may_fail) and $lost == null and counter("stage"; "in") > 0)
	then "partial" else "failed" end) as $verdict
	| {$verdict, because: "\($culprit.name) ended with \($culprit.status)",
		exit: ($culprit.status | exit_status)}
elif (.ended | index(141)) != null then
	{verdict: "failed", because: "a reader left early", exit: 70}
elif $lost != null then
	{verdict: "failed", because: "records were lost: \($lost)", exit: 70}
else
	{verdict: "succeeded", because: "", exit: (.ended | max)}
end
