# shellcheck shell=bash disable=SC2034,SC2154,SC2094
# What the pipelines share: where things are, the command line, words for
# people, settings from .env.  The script that sources it has set `program`,
# `here` (its folder) and `share`.

# In a checkout the programs are in bin/ and what is kept goes to var/; else
# all lie in one folder, beside which there may be a src/.  JOBMILL_BIN is for
# tests.
share=$(realpath "$share")
if [[ -f $here/../VERSION ]]; then
	state=$(realpath "$here/..")/var
	version=$(<"$here/../VERSION")
	PATH=${JOBMILL_BIN:-$(realpath "$here/..")/bin}:$here:$PATH
else
	state=${XDG_STATE_HOME:-${HOME:-/var/lib}/.local/state}/jobmill
	version=$(<"$share/VERSION")
	PATH=${JOBMILL_BIN:-$here}:$here:$PATH
fi
export PATH JOBMILL_SHARE=$share

# Ranges of characters are those of ASCII.
export LC_ALL=C

# The table of exit statuses is in jobmill(7).
EX_OK=0 EX_SOME_BAD=1 EX_USAGE=64 EX_DATAERR=65 EX_NOINPUT=66
EX_UNAVAILABLE=69 EX_SOFTWARE=70 EX_OSERR=71 EX_CANTCREAT=73 EX_IOERR=74
EX_TEMPFAIL=75 EX_PROTOCOL=76 EX_NOPERM=77 EX_CONFIG=78 EX_GUARD=80
readonly EX_OK EX_SOME_BAD EX_USAGE EX_DATAERR EX_NOINPUT EX_UNAVAILABLE
readonly EX_SOFTWARE EX_OSERR EX_CANTCREAT EX_IOERR EX_TEMPFAIL EX_PROTOCOL
readonly EX_NOPERM EX_CONFIG EX_GUARD

# How loud: 0 ERROR, 1 WARNING, 2 INFO, 3 DEBUG.
levels=(error warning info debug)
loud=1
set_loudness() {
	case ${JOBMILL_LOG:-warning} in
	[Ee][Rr][Rr][Oo][Rr]) loud=0 ;;
	[Ii][Nn][Ff][Oo]) loud=2 ;;
	[Dd][Ee][Bb][Uu][Gg]) loud=3 ;;
	*) loud=1 ;;
	esac
}

# -v and -q: for this script and the programs that it starts.
louder() {
	((loud == 3)) || loud=$((loud + 1))
	export JOBMILL_LOG=${levels[loud]}
}

quieter() {
	((loud == 0)) || loud=$((loud - 1))
	export JOBMILL_LOG=${levels[loud]}
}

# A value as log.h writes it: bare, or quoted with nothing in it that a
# terminal would obey.
log_value() {
	local value=${1:0:300}

	if [[ -n $value && $value != *[!\!-~]* && $value != *[\"=\\]* ]]; then
		printf %s "$value"
	else
		jq -jn --arg v "$value" '$v | tojson | gsub("[\u007f-\u009f]"; "?")'
	fi
}

# say LEVEL MESSAGE [KEY VALUE]...: one line on standard error.
say() {
	local level=$1 message=$2 line rank

	shift 2
	case $level in
	ERROR) rank=0 ;;
	WARNING) rank=1 ;;
	INFO) rank=2 ;;
	*) rank=3 ;;
	esac
	((rank <= loud)) || return 0
	if [[ ${JOBMILL_LOG_FORMAT:-text} == json ]]; then
		jq -cn '{level: $ARGS.positional[0], program: $ARGS.positional[1],
			message: $ARGS.positional[2]} +
			([$ARGS.positional[3:] | while(length > 1; .[2:])
				| {(.[0]): .[1]}] | add // {})' \
			--args -- "$level" "$program" "$message" "$@" >&2
		return
	fi
	line="$level $program: $message"
	while (($# > 1)); do
		line+=" $1=$(log_value "$2")"
		shift 2
	done
	printf '%s\n' "$line" >&2
}

# die STATUS MESSAGE [KEY VALUE]...
die() {
	local status=$1

	shift
	say ERROR "$@"
	exit "$status"
}

# parse_options ARGUMENT...: by the array `options` of "LETTER NAME" or
# "LETTER NAME=", LETTER "-" for none.  Sets given[NAME] to the value, or to
# how often a flag came, and the array `operands`.
declare -A given=()
operands=()
parse_options() {
	local argument letters name value

	while (($# > 0)); do
		argument=$1
		shift
		case $argument in
		--)
			operands+=("$@")
			return
			;;
		--*=*)
			name=$(long_option "${argument%%=*}") || exit
			value=${argument#*=}
			[[ $name == *= ]] ||
				wrong "option takes no value" option "--$name"
			given[${name%=}]=$value
			;;
		--*)
			name=$(long_option "$argument") || exit
			if [[ $name == *= ]]; then
				(($# > 0)) || wrong "option needs a value" \
					option "$argument"
				given[${name%=}]=$1
				shift
			else
				given[$name]=$((${given[$name]:-0} + 1))
			fi
			;;
		-?*)
			letters=${argument#-}
			while [[ -n $letters ]]; do
				name=$(short_option "${letters:0:1}") || exit
				letters=${letters:1}
				if [[ $name != *= ]]; then
					given[$name]=$((${given[$name]:-0} + 1))
					continue
				fi
				if [[ -z $letters ]]; then
					(($# > 0)) || wrong \
						"option needs a value" \
						option "$argument"
					letters=$1
					shift
				fi
				given[${name%=}]=$letters
				letters=
			done
			;;
		*) operands+=("$argument") ;;
		esac
	done
}

common_options=("v verbose" "q quiet" "h help" "V version")

long_option() {
	local option

	for option in "${options[@]}" "${common_options[@]}"; do
		if [[ --${option#* } == "$1" || --${option#* } == "$1=" ]]; then
			echo "${option#* }"
			return
		fi
	done
	wrong "unknown option" option "$1"
}

short_option() {
	local option

	for option in "${options[@]}" "${common_options[@]}"; do
		if [[ $1 != - && ${option%% *} == "$1" ]]; then
			echo "${option#* }"
			return
		fi
	done
	wrong "unknown option" option "-$1"
}

# What every program answers; `usage` is a function of the script.
common_answers() {
	local i

	if [[ -n ${given[help]:-} ]]; then
		usage
		exit
	fi
	if [[ -n ${given[version]:-} ]]; then
		echo "$program (jobmill) $version"
		exit
	fi
	for ((i = ${given[verbose]:-0}; i > 0; i--)); do louder; done
	for ((i = ${given[quiet]:-0}; i > 0; i--)); do quieter; done
}

# wrong MESSAGE [KEY VALUE]...: a command line that can't be.
wrong() {
	die "$EX_USAGE" "$@" see "$program --help"
}

# Settings of the suite that a file of NAME=VALUE lines may hold.  Others are
# passed over: such a file is shared with other software, and PATH is none of
# its business.
is_setting() {
	case $1 in
	JOBMILL_* | DATABASE_URL | DATABASE_URL_FILE | GEMINI_* | XANO_*) ;;
	OPENAI_* | GOOGLE_* | VERTEX_* | GCE_METADATA_HOST | CLOUDSDK_CONFIG) ;;
	PGHOST | PGPORT | PGUSER | PGDATABASE) ;;
	PGPASSWORD | PGPASSFILE | PGSSLMODE | PGSSLROOTCERT) ;;
	*) return 1 ;;
	esac
}

# Read .env as data: nothing in it is run or expanded.  What the environment
# has wins.  The file is JOBMILL_ENV_FILE, else .env here, else that of the
# checkout.
load_env() {
	local file=${JOBMILL_ENV_FILE:-} line name value number=0
	local assignment='^[[:space:]]*(export[[:space:]]+)?'

	assignment+='([A-Za-z_][A-Za-z0-9_]*)=(.*)$'

	if [[ -n $file ]]; then
		[[ -r $file ]] || die "$EX_NOINPUT" \
			"cannot read the file of settings" file "$file"
	elif [[ -r .env ]]; then
		file=.env
	elif [[ -r $share/../.env ]]; then
		file=$share/../.env
	else
		return 0
	fi
	while IFS= read -r line || [[ -n $line ]]; do
		number=$((number + 1))
		line=${line%$'\r'}
		[[ $line =~ ^[[:space:]]*(#|$) ]] && continue
		[[ $line =~ $assignment ]] ||
			die "$EX_CONFIG" "a line of settings is not NAME=VALUE" \
				file "$file" line "$number"
		name=${BASH_REMATCH[2]}
		value=${BASH_REMATCH[3]}
		is_setting "$name" || continue
		value=${value%"${value##*[![:space:]]}"}
		if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then
			value=${BASH_REMATCH[1]}
		fi
		[[ -n $value && -z ${!name:-} ]] || continue
		export "$name=$value"
	done <"$file"
}

# Programs that must be there; PATH has been set.
need() {
	local name

	for name; do
		command -v "$name" >/dev/null || die "$EX_UNAVAILABLE" \
			"a program is missing" program "$name" \
			see "scripts/setup, make"
	done
}
