# The image and docker-compose.yml, as they stand, built and run by Debian's own
# programs.  JOBMILL_LONG_TESTS=1: without it they are not.
load ../support/common
load ../support/serve
load ../support/containers

setup_file() {
	containers_ready || return 0
	git -C "$ROOT" rev-parse HEAD >/dev/null ||
		skip_file "no checkout of git, and no git, here" || return 0
	# What a fresh clone has, and the parts of the pages, if they are there.
	mkdir "$BATS_FILE_TMPDIR/jobmill"
	(cd "$ROOT" && {
		git ls-files -z
		find share/www/vendor -type f -print0 2>/dev/null || :
	} | tar -c --null -T -) | tar -x -C "$BATS_FILE_TMPDIR/jobmill"
	build_image jobmill "$BATS_FILE_TMPDIR/jobmill"
	build_image postgres "$ROOT/tests/container" \
		-f "$ROOT/tests/container/Dockerfile.postgres"
}

teardown_file() {
	containers_end
}

setup() {
	skip_told
	cd "$BATS_FILE_TMPDIR/jobmill" || exit
	IMAGE=localhost/jobmill
}

teardown() {
	[[ ! -e $BATS_TEST_TMPDIR/up ]] || compose down -v >/dev/null 2>&1
}

# compose COMMAND...
compose() {
	podman-compose -p "jobmill-test-$$" "$@" 3>&-
}

# in_server COMMAND...
in_server() {
	podman exec -i "$server" "$@" 3>&-
}

# A port that nothing has just now.
free_port() {
	local port

	while :; do
		port=$((20000 + RANDOM % 10000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# make_deb: the package, once.
make_deb() {
	command -v dpkg-buildpackage >/dev/null || skip "no dpkg-buildpackage here"
	command -v dh >/dev/null || skip "no dh here"
	unset MAKEFLAGS MAKELEVEL
	[[ -d build/deb ]] || make -s deb
}

@test "the image is small, its user is nobody special, and every program starts in it" {
	run -0 podman image inspect -f '{{.Size}} {{.Config.User}}' "$IMAGE"
	read -r size user <<<"$output"
	echo "$size bytes"
	((size < 150 * 1000 * 1000))
	[ "$user" = jobmill ]
	podman image inspect -f '{{.HealthCheck.Test}}' "$IMAGE" | grep -q /healthz
	for program in "$ROOT"/bin/* "$ROOT"/pipelines/*; do
		echo "${program##*/} --version"
	done | podman run -i --rm --read-only --network none --cap-drop all \
		"$IMAGE" sh -ex >versions
	[ "$(sort -u versions | wc -l)" = "$(sort -u versions | grep -c "$(<"$ROOT/VERSION")$")" ]
	[ "$(wc -l <versions)" = "$(find "$ROOT"/bin "$ROOT"/pipelines -type f ! -name '.*' | wc -l)" ]
}

@test "docker-compose.yml comes up, runs the demo's feeds, and keeps what it has" {
	local token=0123456789abcdef0123

	sed -e "s/^#POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=p@ss:w\/rd/" \
		-e "s/^#JOBMILL_API_TOKEN=.*/JOBMILL_API_TOKEN=$token/" \
		-e "s/^#JOBMILL_PUBLISH=.*/JOBMILL_PUBLISH=127.0.0.1:$(free_port)/" \
		.env.sample >.env
	printf '%s\n' "JOBMILL_IMAGE=$IMAGE" POSTGRES_IMAGE=localhost/postgres >>.env
	: >"$BATS_TEST_TMPDIR/up"
	compose up -d --no-build >"$BATS_TEST_TMPDIR/up" 2>&1 || {
		cat "$BATS_TEST_TMPDIR/up"
		return 1
	}
	server=jobmill-test-$$_server_1
	SERVE_URL=http://$(sed -n 's/^JOBMILL_PUBLISH=//p' .env)
	up() {
		[[ $(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' \
			"$SERVE_URL/readyz") == 200 ]]
	}
	wait_for up || {
		podman logs "$server"
		return 1
	}
	podman healthcheck run "$server"

	# The system's part can't be changed, and the user has no rights.
	run -1 in_server touch /usr/bin/new
	[ "$(in_server id -un)" = jobmill ]
	in_server grep -qx $'CapEff:\t0000000000000000' /proc/self/status
	in_server grep -qx $'NoNewPrivs:\t1' /proc/self/status

	# Three feeds, by command and by request.
	for sample in indeed rss; do
		in_server pg-store feed add --map auto "$sample" \
			"file:///usr/share/jobmill/samples/$sample.xml"
	done
	in_server pg-store feed add --map /usr/share/jobmill/samples/nordwerk.json \
		personio file:///usr/share/jobmill/samples/personio.xml
	in_server process-feed 1 || [ $? = 1 ]
	expect 401 /jobs
	for feed in 2 3; do
		expect 202 "/trigger-feed/$feed" -X POST -H "Authorization: Bearer $token"
	done
	ended() {
		expect 200 /runs -H "Authorization: Bearer $token" || return
		[[ $(field '[.runs[] | select(.status | IN("running", "failed") | not)]
			| length') == 3 ]]
	}
	wait_for ended || {
		echo "$output"
		podman logs "$server"
		return 1
	}
	expect 200 '/jobs?route=approved' -H "Authorization: Bearer $token"
	jobs=$(field '.jobs | length')
	((jobs > 5))
	expect 200 /
	[[ ! -d share/www/vendor ]] || expect 200 /vendor/uplot/uPlot.esm.js

	# It is told to stop, does, and has all when it is there again.
	podman stop -t 20 "$server" >/dev/null
	[ "$(podman inspect -f '{{.State.ExitCode}}' "$server")" = 0 ]
	podman start "$server" >/dev/null
	wait_for up
	expect 200 '/jobs?route=approved' -H "Authorization: Bearer $token"
	[ "$(field '.jobs | length')" = "$jobs" ]
	in_server test -e /var/lib/jobmill/runs/feed-1
}

@test "the Debian package installs on a bare Debian, and a purge leaves nothing" {
	make_deb
	bare=$(buildah from "$BASE")
	buildah copy -q "$bare" "$(find build/deb -name 'jobmill_*.deb')" /jobmill.deb
	run -0 buildah run --isolation chroot "$bare" -- sh -exc '
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -qy --no-install-recommends \
			systemd-standalone-sysusers /jobmill.deb
		getent passwd jobmill
		for program in /usr/bin/job-* /usr/bin/pg-store /usr/bin/process-*; do
			"$program" --version
		done
		xml2jsonl --feed-id 1 /usr/share/jobmill/samples/rss.xml | job-dedup |
			ai-enrich industry | wc -l
		install -d -o jobmill /var/lib/jobmill/runs
		apt-get purge -qy jobmill
		test ! -e /etc/jobmill -a ! -e /var/lib/jobmill -a ! -e /usr/share/jobmill'
	buildah rm "$bare" >/dev/null
}

@test "under systemd itself the units do what they say" {
	make_deb
	build_image systemd build/deb -f "$ROOT/tests/container/Dockerfile.systemd"
	booted=$(podman run -d --systemd=always --privileged localhost/systemd 3>&-)
	up() {
		[[ $(podman exec "$booted" systemctl is-system-running) == running ]]
	}
	(wait_for up) || skip "no systemd boots in a container here"
	podman cp "$ROOT/tests/container/try-units" "$booted:/try-units"
	podman exec "$booted" /try-units 3>&- || {
		podman exec "$booted" journalctl --no-pager -n 50
		return 1
	}
	podman rm -f "$booted" >/dev/null
}
