#!/usr/bin/env bats
# scripts/fuzz: what it takes, and what it says of what was found.  The targets
# here stand for those that libFuzzer drives.

load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p scripts tests/fuzz/corpus bin
	folder=build/address-undefined-fuzzer-no-link-clang/fuzz
	mkdir -p "$folder"
	cp "$ROOT/scripts/fuzz" scripts
	printf '#!/bin/sh\nexit 0\n' >bin/make
	cp bin/make bin/clang
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
}

# target NAME: a target that does what standard input has, in bash; there,
# $prefix is where its findings go.
target() {
	: >"tests/fuzz/fuzz_$1.c"
	{
		echo '#!/usr/bin/env bash'
		echo 'for word; do [[ $word != -artifact_prefix=* ]] || prefix=${word#*=}; done'
		cat
	} >"$folder/fuzz_$1"
	chmod +x "$folder/fuzz_$1"
}

quiet() {
	target "$1" <<<'echo "Done 42 runs in 1 second(s)"'
}

@test "fuzz: words it does not know" {
	run -64 scripts/fuzz -t 1m
	[ "$output" = 'ERROR fuzz: -t wants a number of seconds value=1m' ]
	run -64 scripts/fuzz -j 0
	[ "$output" = 'ERROR fuzz: -j wants a number of targets value=0' ]
	run -64 scripts/fuzz -s x
	[ "$output" = 'ERROR fuzz: -s wants a number value=x' ]
	run -64 scripts/fuzz nothing
	[ "$output" = 'ERROR fuzz: no such target target=nothing' ]
	run -64 scripts/fuzz -x
	run -0 scripts/fuzz -h
	[[ $output == *'-t SECONDS'* ]]
}

@test "fuzz: without libFuzzer it says so" {
	quiet good
	printf '#!/bin/sh\nexit 1\n' >bin/clang
	run -69 scripts/fuzz
	[[ $output == 'fuzz: clang has no libFuzzer here: '* ]]
}

@test "fuzz: all targets, each with its dictionary, inputs and the seed" {
	quiet good
	target other <<<'echo "$@" >words; echo "#7: cov: 1"'
	: >tests/fuzz/other.dict
	run -0 scripts/fuzz -t 3 -j 2 -s 5
	[ "$(sort <<<"$output")" = $'good: 42 runs, nothing found\nother: 7 runs, nothing found' ]
	[[ $(<words) == *'-max_total_time=3 -seed=5 '*' -dict=tests/fuzz/other.dict build/fuzz/other tests/fuzz/corpus/other' ]]
	run -0 scripts/fuzz good
	[ "$output" = 'good: 42 runs, nothing found' ]
}

@test "fuzz: a finding is told with its file and the end of the log, and the rest goes on" {
	quiet good
	target bad <<'E'
: >"${prefix}slow-unit-0"
sleep 0.1
echo x >"${prefix}crash-1"
echo '#17	NEW'
echo 'SUMMARY: AddressSanitizer: heap-buffer-overflow x.c:1'
exit 77
E
	run -1 scripts/fuzz -j 1
	[ "${lines[0]}" = 'bad: FOUND after 17 runs: SUMMARY: AddressSanitizer: heap-buffer-overflow x.c:1' ]
	[ "${lines[1]}" = "  again: $folder/fuzz_bad build/fuzz/bad/crash-1" ]
	[ "${lines[-1]}" = 'good: 42 runs, nothing found' ]
	[[ $output != *slow-unit* ]]
}
