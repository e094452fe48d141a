# make install, uninstall and dist.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	unset JOBMILL_SHARE
}

@test "an installed tree works from anywhere, under any prefix" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/opt/mill
	tree=$PWD/root/opt/mill
	PATH=$tree/bin:/usr/bin:/bin
	unset JOBMILL_BIN
	cd /
	for program in "$tree"/bin/*; do
		echo "$program" >&2
		"$program" --version
	done
	[ "$(type -P xml2jsonl)" = "$tree/bin/xml2jsonl" ]
	xml2jsonl --quiet --feed-id 1 "$SAMPLES/personio.xml" |
		job-route | job-dedup | ai-enrich industry |
		ai-enrich function | job-route --final >"$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 36 ]
	mv "$tree" "$BATS_TEST_TMPDIR/moved"
	PATH=$BATS_TEST_TMPDIR/moved/bin:/usr/bin:/bin
	xml2jsonl --quiet --feed-id 1 "$SAMPLES/rss.xml" | wc -l
	process-feed --help
}

@test "every manual and every file of share/ is installed" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	(cd "$ROOT" && find share -type f) | while read -r file; do
		cmp "$ROOT/$file" "root/usr/share/jobmill/${file#share/}"
	done
	(cd "$ROOT" && find man -name '*.[1-9]') | while read -r file; do
		cmp "$ROOT/$file" "root/usr/share/$file"
	done
}

@test "uninstall takes away what install brought" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	make -s -C "$ROOT" uninstall DESTDIR="$PWD/root" PREFIX=/usr
	[ -z "$(find root ! -type d)" ]
}
