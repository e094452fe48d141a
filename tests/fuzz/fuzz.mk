# A file that is refused where a program would end.
refuse_parts := $(addprefix tests/fuzz/,lost.c refuse.c scratch.c)
# Objects of programs that a fuzz target looks into: FUZZ.fuzz_x := src/NAME/x.c
FUZZ.fuzz_decode := src/feed-fetch/decode.c src/feed-fetch/decode_br.c \
	src/feed-fetch/decode_deflate.c src/feed-fetch/decode_zip.c \
	src/feed-fetch/decode_zstd.c src/feed-fetch/inflater.c \
	src/feed-fetch/fault.c
FUZZ.fuzz_reply := $(enrich_parts)
FUZZ.fuzz_advert := $(enrich_parts)
FUZZ.fuzz_dedup := $(dedup_parts) tests/unit/star.c
FUZZ.fuzz_merge := $(dedup_parts)
FUZZ.fuzz_local := $(enrich_parts)
FUZZ.fuzz_kept := $(enrich_parts) src/feed-fetch/state.c $(refuse_parts)
# These bring sources and logs of their own.
xml_parts := $(filter-out %/main.c %/report.c %/source.c,$(wildcard src/xml2jsonl/*.c))
FUZZ.fuzz_feed := $(xml_parts) tests/unit/quiet_log.c tests/unit/pieces.c
FUZZ.fuzz_inspect := $(FUZZ.fuzz_feed) tests/fuzz/memory_out.c tests/fuzz/scratch.c
FUZZ.fuzz_source := src/xml2jsonl/source.c tests/unit/quiet_log.c \
	tests/fuzz/scratch.c
xml_some = $(foreach part,$(1),src/xml2jsonl/$(part).c)
FUZZ.fuzz_values := $(call xml_some,amount date date_words path place place_parts salary tree words) \
	tests/unit/quiet_log.c tests/unit/pieces.c
FUZZ.fuzz_map := $(call xml_some,map path pattern rule sniff words) \
	$(refuse_parts)
serve_parts := $(filter-out %/main.c,$(wildcard src/job-serve/*.c))
FUZZ.fuzz_serve := $(serve_parts)
FUZZ.fuzz_store := $(store_parts)
FUZZ.fuzz_ask := $(foreach part,ask_load ask_read db connect,src/pg-store/$(part).c)
FUZZ.fuzz_lines := $(foreach part,answer fault progress sniff url,src/feed-fetch/$(part).c) \
	src/pg-store/schedule.c
FUZZ.fuzz_xano := $(xano_parts)
FUZZ.fuzz_mirror := $(xano_parts) tests/fuzz/memory_out.c $(refuse_parts)
FUZZ.fuzz_files := src/job-route/rules.c src/ai-enrich/price.c \
	src/ai-enrich/taxonomy.c \
	src/job-route/route.c $(dedup_parts) $(refuse_parts)
