/* stage.c - a stage of the pipeline: records in, records out */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"
#include "sig.h"
#include "status.h"
#include "utf8.h"

struct stage {
	const struct stage_options *options;
	struct lines *lines; /* NULL for a source */
	int fd;
	struct rec *job;
	struct out *out;
	struct dead *dead;
	struct stats *stats;
	struct buf written; /* a record with its edits */
	const char *raw;    /* the line of the record last read */
	size_t raw_len;
	int status; /* the worst so far */
};

static int
open_input(const char *path)
{
	struct stat st;
	int fd;

	if (path == NULL || strcmp(path, "-") == 0) {
		if (isatty(STDIN_FILENO))
			die(EX_USAGE,
			    "standard input is a terminal: give a file, or "
			    "pipe records in",
			    LOG_TEXT("see", "--help"));
		return STDIN_FILENO;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		die(EX_NOINPUT, "cannot open", LOG_TEXT("file", path),
		    LOG_TEXT("error", strerror(errno)));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		die(EX_NOINPUT, "cannot read", LOG_TEXT("file", path),
		    LOG_TEXT("error", strerror(EISDIR)));
	return fd;
}

static void
flush_waiting(void *out)
{
	out_flush(out);
}

struct stage *
stage_open_source(const struct stage_options *options)
{
	struct stage *s = mem_zero(1, sizeof *s);
	const char *name = getenv("JOBMILL_STAGE");

	s->options = options;
	s->fd = -1;
	s->stats = stats_open();
	s->dead = dead_open(options->dead,
	    name != NULL && *name != '\0' ? name : log_program());
	s->out = out_stdout(options->line_buffered);
	return s;
}

struct stage *
stage_open(const struct stage_options *options)
{
	int fd = open_input(options->input);
	struct stage *s = stage_open_source(options);

	s->fd = fd;
	s->job = rec_new();
	s->lines = lines_open(fd, options->max_record);
	lines_on_wait(s->lines, flush_waiting, s->out);
	return s;
}

static void
worsen(struct stage *s, int status)
{
	/* 1, some bad, gives way to any reason to have stopped. */
	if (s->status == EX_OK || s->status == EX_SOME_BAD)
		s->status = status;
}

static void
refuse(struct stage *s, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t len, uint64_t whole)
{
	s->stats->dead++;
	if (s->status == EX_OK)
		s->status = EX_SOME_BAD;
	dead_letter(s->dead, line, offset, error, raw, len, whole);
	if (s->options->max_dead > 0 &&
	    s->stats->dead == s->options->max_dead + 1) {
		log_error("too many refused records, giving up",
		    LOG_UINT("max_dead", s->options->max_dead));
		worsen(s, EX_DATAERR);
	}
	stats_tick(s->stats);
}

/* Whether past --max-dead, or told to stop. */
static bool
given_up(const struct stage *s)
{
	return sig_stop() || (s->options->max_dead > 0 &&
	                         s->stats->dead > s->options->max_dead);
}

/* Take a byte order mark and a carriage return off; true if nothing is left. */
static bool
trim(struct stage *s, const char **text, size_t *len)
{
	size_t i;

	if (lines_number(s->lines) == 1 && *len >= 3 &&
	    memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
		*text += 3;
		*len -= 3;
	}
	if (*len > 0 && (*text)[*len - 1] == '\r')
		--*len;
	for (i = 0; i < *len; i++)
		if ((*text)[i] != ' ' && (*text)[i] != '\t')
			return false;
	return true;
}

/* A line that is no record: says why with the place in it. */
static void
not_a_record(struct stage *s, const char *text, size_t len, const char *error,
    size_t at, bool last)
{
	struct buf why = { 0 };

	buf_printf(&why, "%s%s, at byte %zu of the line", error,
	    last ? " (truncated: the input ends here)" : "", at + 1);
	refuse(s, lines_number(s->lines), lines_offset(s->lines),
	    buf_string(&why), text, len, len);
	buf_free(&why);
	if (last)
		worsen(s, EX_DATAERR);
}

static void
too_long(struct stage *s, const char *text, size_t len)
{
	struct buf why = { 0 };

	buf_printf(&why, "record of %llu bytes, more than --max-record",
	    (unsigned long long)lines_length(s->lines));
	refuse(s, lines_number(s->lines), lines_offset(s->lines),
	    buf_string(&why), text, len, lines_length(s->lines));
	buf_free(&why);
}

static const char *
input_name(const struct stage *s)
{
	return s->options->input != NULL ? s->options->input : "-";
}

/* Whether a line is a record: then it is parsed. */
static bool
take(struct stage *s, const char *text, size_t len, bool last)
{
	const char *error;
	size_t at = 0;

	if (trim(s, &text, &len))
		return false;
	s->stats->in++;
	s->raw = text;
	s->raw_len = len;
	error = rec_parse(s->job, text, len, &at);
	if (error != NULL) {
		not_a_record(s, text, len, error, at, last);
		return false;
	}
	if (last)
		log_warning("the last line has no line end",
		    LOG_TEXT("file", input_name(s)),
		    LOG_UINT("line", lines_number(s->lines)));
	return true;
}

struct rec *
stage_read(struct stage *s)
{
	const char *text;
	size_t len;

	while (!given_up(s)) {
		enum lines_got got = lines_next(s->lines, &text, &len);

		s->stats->bytes_in = lines_bytes(s->lines);
		switch (got) {
		case LINES_LINE:
		case LINES_LAST:
			if (take(s, text, len, got == LINES_LAST))
				return s->job;
			break;
		case LINES_TOO_LONG:
			s->stats->in++;
			too_long(s, text, len);
			break;
		case LINES_ERROR:
			log_error("cannot read",
			    LOG_TEXT("file", input_name(s)),
			    LOG_TEXT("error", strerror(errno)));
			worsen(s, EX_IOERR);
			return NULL;
		default:
			return NULL;
		}
	}
	return NULL;
}

struct rec *
stage_next(struct stage *s)
{
	struct rec *job;

	while ((job = stage_read(s)) != NULL && rec_routed(job))
		stage_pass(s, job);
	return job;
}

bool
stage_broken(const struct stage *s)
{
	return s->status == EX_IOERR;
}

bool
stage_ready(struct stage *s)
{
	return given_up(s) || lines_ready(s->lines);
}

int
stage_fd(const struct stage *s)
{
	return s->fd;
}

void
stage_emit(struct stage *s, const char *line, size_t len, bool changed)
{
	out_add(s->out, line, len);
	out_line(s->out);
	s->stats->out++;
	s->stats->changed += changed;
	s->stats->bytes_out = out_bytes(s->out);
	stats_tick(s->stats);
}

void
stage_pass(struct stage *s, const struct rec *job)
{
	const char *line;
	size_t len;

	if (!rec_changed(job)) {
		line = rec_line(job, &len);
		stage_emit(s, line, len, false);
		return;
	}
	buf_clear(&s->written);
	rec_write(job, &s->written);
	stage_emit(s, s->written.data, s->written.len, true);
}

void
stage_merged(struct stage *s)
{
	s->stats->merged++;
	stats_tick(s->stats);
}

void
stage_refuse(struct stage *s, const char *error)
{
	refuse(s, lines_number(s->lines), lines_offset(s->lines), error, s->raw,
	    s->raw_len, s->raw_len);
}

void
stage_made(struct stage *s)
{
	s->stats->in++;
}

void
stage_refuse_raw(struct stage *s, uint64_t line, uint64_t offset,
    const char *error, const char *raw, size_t len)
{
	s->stats->in++;
	refuse(s, line, offset, error, raw, len, len);
}

uint64_t
stage_line(const struct stage *s)
{
	return s->lines != NULL ? lines_number(s->lines) : 0;
}

uint64_t
stage_offset(const struct stage *s)
{
	return s->lines != NULL ? lines_offset(s->lines) : 0;
}

struct stats *
stage_stats(struct stage *s)
{
	return s->stats;
}

struct out *
stage_out(struct stage *s)
{
	return s->out;
}

/* Words at the end: what went where, for those who asked. */
static void
sum_up(const struct stats *t)
{
	log_info("done", LOG_UINT("in", t->in), LOG_UINT("out", t->out),
	    LOG_UINT("merged", t->merged), LOG_UINT("dead", t->dead),
	    LOG_UINT("changed", t->changed));
}

int
stage_close(struct stage *s, int status)
{
	if (status != EX_OK)
		worsen(s, status);
	status = s->status;
	s->stats->bytes_out = out_bytes(s->out);
	out_close(s->out);
	dead_close(s->dead);
	lines_close(s->lines);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	rec_free(s->job);
	buf_free(&s->written);
	sum_up(s->stats);
	if (sig_stop() && status == EX_OK)
		status = EX_TEMPFAIL;
	status = stats_close(s->stats, status);
	free(s);
	sig_die();
	return status;
}
