# Packing a release: scripts/release, scripts/sbom, make dist.
load ../support/common

setup() {
	[[ -e $ROOT/.git ]] || skip "this is no checkout of git"
	cd "$BATS_TEST_TMPDIR" || exit
	export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e.example
	export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e.example
	git clone -q "$ROOT" here
}

sum() {
	sha256sum <"$1"/jobmill-*.tar.gz
}

@test "make dist gives the same bytes in another folder, under another umask and with other times" {
	git clone -q here "there with a space"
	(cd here && umask 022 && make -s dist)
	cat >config <<-'END'
	[tar]
	umask = 0077
	[core]
	autocrlf = true
	END
	find "there with a space" -exec touch -h -d 2001-01-01 {} +
	(
		cd "there with a space"
		umask 077
		GIT_CONFIG_GLOBAL=$PWD/../config TZ=Asia/Tokyo LC_ALL=C.UTF-8 make -s dist
	)
	[ "$(sum here)" = "$(sum "there with a space")" ]
	# And it is the whole suite, with nothing of ours in it.
	tar -tzf here/jobmill-*.tar.gz >list
	for file in Makefile VERSION NEWS.md SECURITY.md man/man7/jobmill.7 \
		share/sql/001_store.sql tests/faults/matrix; do
		[[ -e $ROOT/$file ]] || continue
		grep -q "/$file\$" list
	done
	run -1 grep -E '/(build|var|\.env|node_modules)(/|$)' list
}

@test "the bill of materials names every library that a program is linked with" {
	run -0 "$ROOT/scripts/sbom"
	echo "$output" >bom
	jq -e '.bomFormat == "CycloneDX" and .specVersion == "1.5"
		and ([.components[]["bom-ref"]] | length == (unique | length))
		and (.components | all(.name != null and .version != null and .type != null))
		and ([.dependencies[].dependsOn[]] - [.components[]["bom-ref"]] == [])' bom
	for program in "$ROOT"/bin/*; do
		jq -e --arg name "${program##*/}" '.dependencies[]
			| select(.ref == "jobmill/" + $name) | .dependsOn | length >= 2' bom
	done
	for library in libexpat1 libcurl4 libpq5 libcjson1 libssl3 uplot swagger-ui-dist; do
		jq -e --arg name "$library" 'any(.components[]; .name == $name)' bom
	done
	# No address of a registry, no path of this machine.
	run -1 grep -E 'https?://|/home|/root|/work' bom
	# The same again.
	"$ROOT/scripts/sbom" | cmp - bom
}

built_here() {
	mkdir -p here/build/plain
	find here -path here/.git -prune -o -type f -exec touch -d 2001-01-01 {} +
	cp -r "$ROOT"/build/plain/{lib,src,libjobmill.a} here/build/plain/
	cp -r "$ROOT"/bin/. here/bin/
	mkdir -p here/share/www/vendor
	touch here/share/www/vendor/.lock
}

@test "a release is what VERSION and NEWS say, packed, listed and summed" {
	built_here
	cd here
	echo 9.9.9 >VERSION
	run -78 scripts/release --no-check ../out
	[[ $output == *"changes that are not committed"* ]]
	git commit -qam "version"
	run -78 scripts/release --no-check ../out
	[[ $output == *NEWS.md* ]]
	sed -i "0,/^## /s//## 9.9.9 ($(date +%F))\n\nAll new.\n\n## /" NEWS.md
	git commit -qam news
	git tag v10.0.0
	run -78 scripts/release --no-check ../out
	[[ $output == *"not newer"*v10.0.0* ]]
	git tag -d v10.0.0 >/dev/null
	git tag v9.9.8
	find . -path ./.git -prune -o -type f -name '*.[ch]' -exec touch -d 2001-01-01 {} +
	touch -d 2001-01-01 VERSION Makefile
	find build bin -type f -exec touch {} +
	run -0 scripts/release --no-check ../out
	(cd ../out && sha256sum -c SHA256SUMS)
	[ "$(tar -xzOf ../out/jobmill-9.9.9.tar.gz jobmill-9.9.9/VERSION)" = 9.9.9 ]
	jq -e . ../out/jobmill-9.9.9.cdx.json
	# A rehearsal sets no tag.
	[ "$(git tag)" = v9.9.8 ]
}
