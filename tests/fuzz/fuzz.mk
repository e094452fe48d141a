# Objects of programs that a fuzz target looks into: FUZZ.fuzz_x := src/NAME/x.c
FUZZ.fuzz_decode := src/feed-fetch/decode.c src/feed-fetch/decode_br.c \
	src/feed-fetch/decode_deflate.c src/feed-fetch/decode_zip.c \
	src/feed-fetch/decode_zstd.c src/feed-fetch/inflater.c \
	src/feed-fetch/fault.c
FUZZ.fuzz_reply := $(enrich_parts)
