# shellcheck shell=bash
# Images and containers for tests, by buildah and podman, with a store, networks
# and settings of their own: load it after common.

# containers_ready: fails where none can be built or run, see skip_file.
containers_ready() {
	local program

	[[ -n ${JOBMILL_LONG_TESTS:-} ]] ||
		skip_file "takes four minutes: JOBMILL_LONG_TESTS" || return
	for program in buildah podman podman-compose; do
		command -v "$program" >/dev/null || skip_file "no $program here" || return
	done
	((EUID == 0)) || skip_file "containers are built as root here" || return
	containers_configure
	containers_base || return
	podman run --rm --network none "$BASE" true 2>"$CONTAINERS/err" ||
		skip_file "no container runs here: $(tail -n 1 "$CONTAINERS/err")" || return
}

# A place for all, below what bats removes; limits that any machine grants.
containers_configure() {
	CONTAINERS=$BATS_FILE_TMPDIR/containers
	mkdir -p "$CONTAINERS/networks"
	export BASE CONTAINERS_STORAGE_CONF=$CONTAINERS/storage.conf
	export CONTAINERS_CONF=$CONTAINERS/containers.conf
	printf '%s\n' '[storage]' 'driver = "overlay"' \
		"graphroot = \"$CONTAINERS/images\"" \
		"runroot = \"$CONTAINERS/run\"" >"$CONTAINERS_STORAGE_CONF"
	cat >"$CONTAINERS_CONF" <<-END
		[containers]
		default_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]
		[network]
		network_config_dir = "$CONTAINERS/networks"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		tmp_dir = "$CONTAINERS/tmp"
	END
	! command -v runc >/dev/null ||
		echo 'runtime = "runc"' >>"$CONTAINERS_CONF"
	buildah info >/dev/null 2>&1 ||
		sed -i 's/"overlay"/"vfs"/' "$CONTAINERS_STORAGE_CONF"
}

# Sets BASE: Debian's image, or what comes close to it where no registry can be
# reached.
containers_base() {
	local new

	BASE=docker.io/library/debian:12-slim
	! timeout 120 buildah pull -q "$BASE" >/dev/null 2>&1 || return 0
	BASE=localhost/debian
	command -v debootstrap >/dev/null ||
		skip_file "no registry can be reached, and no debootstrap is here" || return
	# Not in /tmp, which may be one where no device can be made.
	timeout 400 debootstrap --variant=minbase --include=usr-is-merged \
		--exclude=usrmerge bookworm "$CONTAINERS/root" \
		>"$CONTAINERS/err" 2>&1 ||
		skip_file "no debootstrap here: $(tail -n 1 "$CONTAINERS/err")" || return
	find "$CONTAINERS/root"/{var/cache/apt,var/lib/apt/lists,var/log} \
		"$CONTAINERS/root"/usr/share/{doc,info,locale,man} -type f \
		! -name copyright -delete
	new=$(buildah from scratch)
	buildah add -q "$new" "$CONTAINERS/root" / >/dev/null
	buildah commit -q --rm "$new" "$BASE" >/dev/null
	rm -rf "$CONTAINERS/root"
}

# build_image NAME FOLDER [OPTION...]
build_image() {
	timeout 900 buildah bud -q --format docker --isolation chroot \
		--build-arg "BASE=$BASE" -t "localhost/$1" "${@:3}" "$2"
}

# The store, its mounts and networks; what still runs, too.
containers_end() {
	[[ -e ${CONTAINERS_STORAGE_CONF:-} ]] || return 0
	podman system reset --force >/dev/null 2>&1 || :
	rm -rf --one-file-system "$BATS_FILE_TMPDIR/containers"
}
