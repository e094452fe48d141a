/* replay.c - run a fuzz target over its seeds, under any compiler */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "log.h"
#include "status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEED_MAX ((size_t)1 << 20)

static void
replay(const char *path)
{
	struct buf text = { 0 };
	const char *error = file_read(path, SEED_MAX, &text);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read a seed", LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
	/* Never NULL, and exactly as long as it says. */
	uint8_t *copy = mem_alloc(text.len);

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	LLVMFuzzerTestOneInput(copy, text.len);
	free(copy);
	buf_free(&text);
}

/* Replay the files named, and those in the folders named. */
int
main(int argc, char *argv[])
{
	struct buf path = { 0 };
	struct dirent *entry;
	size_t count = 0;

	log_init("replay");
	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		if (folder == NULL) {
			replay(argv[i]);
			count++;
			continue;
		}
		while ((entry = readdir(folder)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			buf_clear(&path);
			buf_printf(&path, "%s/%s", argv[i], entry->d_name);
			replay(buf_string(&path));
			count++;
		}
		closedir(folder);
	}
	buf_free(&path);
	if (count == 0)
		die(EX_NOINPUT, "no seeds to replay");
	printf("%zu seeds\n", count);
	return EX_OK;
}
