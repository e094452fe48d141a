# shellcheck shell=bash disable=SC2154,SC2034
# One shard of enrich-parallel, on the machine that does it; sourced after
# pipeline.bash.  A shard NAME is the file NAME.in; what is made of it is
# NAME.out, NAME.dead and, last, NAME.end, which says what the others must be.

# What the machines are told of this one's settings.  No keys, no addresses
# and no files: those are each machine's own, as in its .env.
passed_on=(JOBMILL_PROVIDER JOBMILL_MODEL JOBMILL_THINKING JOBMILL_BATCH
	JOBMILL_BATCH_TOKENS JOBMILL_IN_FLIGHT JOBMILL_TRIES JOBMILL_RETRY_WAIT
	JOBMILL_TIMEOUT JOBMILL_PATIENCE JOBMILL_DEADLINE JOBMILL_KEEP_PII
	JOBMILL_MAX_TEXT JOBMILL_MAX_RECORD JOBMILL_LOG JOBMILL_LOG_FORMAT
	JOBMILL_RPM JOBMILL_TPM JOBMILL_RPD JOBMILL_BUDGET JOBMILL_STAGE
	GEMINI_MODEL OPENAI_MODEL GOOGLE_GENAI_USE_VERTEXAI)

# The programs and the profile of this machine: answers of two that differ in
# these do not belong together.
answers_of() {
	local profile

	profile=$(ai-enrich "$1" --profile) || return
	echo "$version $profile"
}

# take_share SHARES: this machine's part of the limits.  SHARES is how many
# workers there are in all, and then how many each machine has, by its name.
take_share() {
	local -a words
	local all mine=0 name i

	read -ra words <<<"$1"
	all=${words[0]}
	for ((i = 1; i < ${#words[@]}; i += 2)); do
		[[ ${words[i + 1]} != "${PARALLEL_SSHLOGIN:-:}" ]] ||
			mine=${words[i]}
	done
	# A share of nothing would be no limit at all.
	((mine > 0)) || die "$EX_SOFTWARE" "no worker has this machine's name" \
		machine "${PARALLEL_SSHLOGIN:-:}" shares "$1"
	for name in JOBMILL_RPM JOBMILL_TPM JOBMILL_RPD; do
		((${!name:-0} == 0)) ||
			export "$name=$((${!name} * mine / all))"
	done
	[[ -z ${JOBMILL_BUDGET:-} ]] || JOBMILL_BUDGET=$(awk \
		-v usd="$JOBMILL_BUDGET" -v mine="$mine" -v all="$all" \
		'BEGIN { printf "%.6f", usd * mine / all }')
}

# What is to be kept of a shard, in the words of jq.
# shellcheck disable=SC2016 # jq's own variables
write_end() {
	jq -cn --argjson status "$2" --slurpfile stats "$3" \
		--arg out "$(sha256sum <"$1.out")" \
		--arg dead "$(sha256sum <"$1.dead")" \
		'{$status, out: $out[:64], dead: $dead[:64], stats: $stats[0]}' \
		>"$1.end.tmp"
	mv "$1.end.tmp" "$1.end"
}

# do_shard NAME STAGE SHARES: in the folder of the run; elsewhere, that is
# where the files came to.  What is kept there beside them, answers and the
# account of the limits, is for shards that are begun again.
do_shard() {
	local name=$1 ended=0 run

	cd "${JOBMILL_SHARD_DIR:-.}" || return "$EX_CANTCREAT"
	# A shard that fails leaves nothing, and no half of anything.
	rm -f "$name".{out,dead,end}.tmp
	tee "$name".{out,dead,end} </dev/null
	take_share "$3"
	export JOBMILL_LEDGER=${JOBMILL_LEDGER:-$PWD/ledger}
	run=$(mktemp -d "${TMPDIR:-/tmp}/enrich-shard.XXXXXX")
	# shellcheck disable=SC2064 # as it is now
	trap "rm -rf '$run'" EXIT
	JOBMILL_RUN_DIR=$run ai-enrich "$2" --dead "$run/dead" \
		--journal "$name.journal" "$name.in" \
		>"$name.out.tmp" || ended=$?
	case $ended in
	"$EX_OK" | "$EX_SOME_BAD" | "$EX_DATAERR") ;;
	*)
		rm -f "$name.out.tmp"
		return "$ended"
		;;
	esac
	[[ ! -s $run/dead ]] || cp "$run/dead" "$name.dead"
	mv "$name.out.tmp" "$name.out"
	write_end "$name" "$ended" "$run/${JOBMILL_STAGE:-ai-enrich}.stats"
	# The answers of a shard that is done are in it; else they may be
	# wanted once more.
	((ended != EX_OK)) || rm -f "$name.journal"
}

# The settings of whoever logs in to this machine are in their home.
load_home_env() {
	local from=$PWD

	[[ -n ${JOBMILL_SHARD_DIR:-} ]] || cd "${HOME:-/}" || return
	load_env
	cd "$from" || return
}
