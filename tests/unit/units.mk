# Objects of programs that a unit test looks into: UNIT.test_x := src/NAME/x.c

# libxml2 is the oracle of this test and no part of any program.
$(O)/tests/unit/test_text.o: cflags += $(shell pkg-config --cflags libxml-2.0)
$(TBIN)/test_text: LIBS += $(shell pkg-config --libs libxml-2.0)
UNIT.test_guard := src/feed-fetch/guard.c
UNIT.test_url := src/feed-fetch/url.c src/feed-fetch/proxy.c \
	src/feed-fetch/fault.c
UNIT.test_sniff := src/feed-fetch/sniff.c
UNIT.test_answer := src/feed-fetch/answer.c src/feed-fetch/progress.c \
	src/feed-fetch/fault.c
UNIT.test_decode := src/feed-fetch/decode.c src/feed-fetch/decode_br.c \
	src/feed-fetch/decode_deflate.c src/feed-fetch/decode_zip.c \
	src/feed-fetch/decode_zstd.c src/feed-fetch/inflater.c \
	src/feed-fetch/fault.c
dedup_parts := $(filter-out %/main.c,$(wildcard src/job-dedup/*.c))
UNIT.test_dedup_similar := $(dedup_parts)
# No test enters the program's own main(), so all its other parts may be there.
enrich_parts := $(filter-out %/main.c,$(wildcard src/ai-enrich/*.c))
UNIT.test_enrich_reply := $(enrich_parts)
UNIT.test_enrich_guard := $(enrich_parts)
UNIT.test_enrich_failure := $(enrich_parts)
UNIT.test_enrich_parts := $(enrich_parts)
UNIT.test_dedup_link := $(dedup_parts) tests/unit/star.c
# The tests of feeds bring a source of their own.
feed_parts := $(filter-out %/main.c %/report.c %/source.c,$(wildcard src/xml2jsonl/*.c))
UNIT.test_feed := $(feed_parts) tests/unit/pieces.c tests/unit/quiet_log.c
UNIT.test_enrich_terms := $(enrich_parts)
UNIT.test_enrich_local := $(enrich_parts)
UNIT.test_enrich_taxonomy := $(enrich_parts)
UNIT.dedup_pairs := $(dedup_parts)
store_parts := $(filter-out %/main.c,$(wildcard src/pg-store/*.c))
UNIT.test_store := $(store_parts)
xano_parts := $(filter-out %/main.c,$(wildcard src/xano-sync/*.c))
UNIT.test_xano_canon := $(xano_parts)
UNIT.test_xano_row := $(xano_parts)
UNIT.test_dedup_words := $(dedup_parts)
UNIT.test_dedup_spill := $(dedup_parts)
UNIT.test_dedup_order := $(dedup_parts)
UNIT.test_enrich_provider := $(enrich_parts)
UNIT.test_schedule := src/pg-store/schedule.c
UNIT.test_enrich_ledger := $(enrich_parts)
UNIT.test_enrich_journal := $(enrich_parts)
serve_parts := $(filter-out %/main.c,$(wildcard src/job-serve/*.c))
UNIT.test_serve := $(serve_parts)
