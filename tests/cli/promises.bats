# What README, SECURITY and the table of faults name as their proof is there.
load ../support/common

# proved FILE NAME: a test of that name is in that file.
proved() {
	if [[ $1 == tests/unit/* ]]; then
		grep -qE "\<$2\>" "$ROOT/$1"
	else
		grep -qxF "@test \"$2\" {" "$ROOT/$1"
	fi || {
		echo "no such test: $1: $2"
		return 1
	}
}

@test "every promise of the README links to a test that is there" {
	promises=0 links=0 open=
	while IFS= read -r line; do
		if [[ $line == "- "* ]]; then
			[[ -z $open ]]
			promises=$((promises + 1)) open=yes
		fi
		if [[ $line =~ ^\ *\[\`(.*)\`\]\((tests/.*)\),?$ ]]; then
			proved "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}"
			links=$((links + 1)) open=
		fi
	done < <(sed -n '/^## What it promises/,/^## Layout/p' "$ROOT/README.md")
	[[ -z $open ]]
	((promises >= 7 && links >= promises))
	[ "$links" -eq "$(sed -n '/^## What it promises/,/^## Layout/p' \
		"$ROOT/README.md" | grep -c '](tests/')" ]
}

@test "every claim of SECURITY.md names a test that is there" {
	cd "$BATS_TEST_TMPDIR"
	grep -oE '`(cli|pipeline|unit)/[^`]*: [^`]*`' "$ROOT/SECURITY.md" |
		tr -d '`' >claims
	[ "$(wc -l <claims)" -ge 15 ]
	while IFS= read -r claim; do
		proved "tests/${claim%%: *}.bats" "${claim#*: }"
	done <claims
}

@test "every fault of the table has tests, and they are there" {
	awk '/^[A-Z][0-9]+: / { if (row && !n) exit 1; row = 1; n = 0 }
		/^test: / { n++ } END { exit !n }' "$ROOT/tests/faults/matrix"
	[ "$(grep -cE '^[A-Z][0-9]+: ' "$ROOT/tests/faults/matrix")" -ge 163 ]
	while IFS= read -r line; do
		file=${line%%: *}
		[[ $file == unit/* ]] && file+=.c || file+=.bats
		proved "tests/$file" "${line#*: }"
	done < <(sed -n 's/^test: //p' "$ROOT/tests/faults/matrix")
}
