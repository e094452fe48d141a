/* job-dedup: fold jobs that are one role in several places into one record */
#include <unistd.h>

#include "key.h"
#include "log.h"
#include "opt.h"
#include "pass.h"
#include "pins.h"
#include "places.h"
#include "sandbox.h"
#include "sig.h"
#include "similar.h"
#include "stage.h"
#include "status.h"
#include "unmerge.h"
#include "veto.h"

#define DEFAULT_MEMORY ((uint64_t)512 << 20)
#define MOST_THREADS 256

struct options {
	struct stage_options stage;
	const char *by, *key, *threshold, *veto, *pins, *explain;
	bool fold_company, shorts, no_veto, unmerge;
	uint64_t memory, threads;
	struct sandbox sandbox;
};

static const char synopsis[] =
    "[-d dead] [-m bytes] [--by field | --key fields]\n"
    "           [--threshold ratio] [--short] [--fold-company]\n"
    "           [--veto file | --no-veto] [--pins file] [--explain file]\n"
    "           [--memory bytes] [--threads n] [file]";

/* A plain decimal number, checked by its option, in millionths. */
static uint32_t
millionths(const char *text)
{
	uint32_t value = 0, unit = SIMILAR_ONE;
	bool point = false;

	for (; *text != '\0'; text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		if (!point) {
			value =
			    value * 10 + SIMILAR_ONE * (uint32_t)(*text - '0');
			continue;
		}
		unit /= 10;
		value += unit * (uint32_t)(*text - '0');
	}
	return value;
}

static unsigned int
threads_of(const struct options *o)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->threads > 0)
		return (unsigned int)o->threads;
	return cores > 0 && cores < MOST_THREADS ? (unsigned int)cores : 1;
}

static struct key *
make_key(const struct opt_tool *tool, const struct options *o)
{
	const char *fields = "title,company_name,employment_type";
	struct buf by = { 0 };
	struct key *key;

	if (o->by != NULL && o->key != NULL)
		opt_wrong(tool, "--by and --key are two ways to say one thing",
		    o->key);
	if (o->by != NULL) {
		buf_printf(&by, "%s,company_name,employment_type", o->by);
		fields = buf_string(&by);
	} else if (o->key != NULL) {
		fields = o->key;
	}
	key = key_new(fields, o->fold_company);
	if (key == NULL)
		opt_wrong(tool, "a field of the key has no name", fields);
	buf_free(&by);
	return key;
}

static int
dedup(const struct opt_tool *tool, const struct options *o)
{
	struct key *key = make_key(tool, o);
	struct pins *pins = o->pins != NULL ? pins_load(o->pins) : NULL;
	struct veto *veto = o->no_veto ? NULL : veto_load(o->veto);
	struct places *places = places_load();
	struct out *explain =
	    o->explain != NULL ? out_append(o->explain) : NULL;
	struct stage *stage = stage_open(&o->stage);
	struct pass_options pass = {
		.key = key,
		.pins = pins,
		.memory = o->memory,
		.threads = threads_of(o),
		.explain = explain,
		.rules = {
			.threshold = millionths(o->threshold),
			.shorts = o->shorts,
			.veto = veto,
			.places = places,
			.explain = explain != NULL,
			.record_max = o->stage.max_record,
		},
	};

	sandbox_enter(&o->sandbox);
	pass_run(&pass, stage);
	out_close(explain);
	key_free(key);
	pins_free(pins);
	veto_free(veto);
	places_free(places);
	return stage_close(stage, EX_OK);
}

static int
unmerge(const struct options *o)
{
	struct stage *stage = stage_open(&o->stage);

	sandbox_enter(&o->sandbox);
	unmerge_run(stage);
	return stage_close(stage, EX_OK);
}

static struct options given = { .stage = STAGE_DEFAULTS,
	.threshold = "0.9",
	.memory = DEFAULT_MEMORY };

static const struct opt opts[] = {
	STAGE_OPTS(&given.stage),
	{ .name = "by",
	    .kind = OPT_TEXT,
	    .to = &given.by,
	    .arg = "FIELD",
	    .help = "take FIELD for the title in the key",
	    .env = "JOBMILL_DEDUP_BY" },
	{ .name = "key",
	    .kind = OPT_TEXT,
	    .to = &given.key,
	    .arg = "FIELD,...",
	    .help = "compare jobs that agree in these fields",
	    .env = "JOBMILL_DEDUP_KEY" },
	{ .name = "fold-company",
	    .kind = OPT_FLAG,
	    .to = &given.fold_company,
	    .help = "Inc, Ltd, GmbH at its end do not count",
	    .env = "JOBMILL_DEDUP_FOLD_COMPANY" },
	{ .name = "threshold",
	    .kind = OPT_DECIMAL,
	    .to = &given.threshold,
	    .arg = "RATIO",
	    .help = "similarity of one role's texts (0.9)",
	    .env = "JOBMILL_DEDUP_THRESHOLD",
	    .low = "0.5",
	    .high = "1" },
	{ .name = "short",
	    .kind = OPT_FLAG,
	    .to = &given.shorts,
	    .help = "texts under 60 words need not be equal",
	    .env = "JOBMILL_DEDUP_SHORT" },
	{ .name = "veto",
	    .kind = OPT_TEXT,
	    .to = &given.veto,
	    .arg = "FILE",
	    .help = "words that make another role (share/)",
	    .env = "JOBMILL_DEDUP_VETO" },
	{ .name = "no-veto",
	    .kind = OPT_FLAG,
	    .to = &given.no_veto,
	    .help = "no word makes another role",
	    .env = "JOBMILL_DEDUP_NO_VETO" },
	{ .name = "pins",
	    .kind = OPT_TEXT,
	    .to = &given.pins,
	    .arg = "FILE",
	    .help = "jobs that are one, or are not, whatever else",
	    .env = "JOBMILL_DEDUP_PINS" },
	{ .name = "explain",
	    .kind = OPT_TEXT,
	    .to = &given.explain,
	    .arg = "FILE",
	    .help = "append why pairs were folded, or not, to FILE",
	    .env = "JOBMILL_DEDUP_EXPLAIN" },
	{ .name = "memory",
	    .kind = OPT_SIZE,
	    .to = &given.memory,
	    .arg = "BYTES",
	    .help = "use so much, then $TMPDIR (512M)",
	    .env = "JOBMILL_DEDUP_MEMORY",
	    .min = (uint64_t)1 << 20,
	    .max = (uint64_t)1 << 50 },
	{ .name = "threads",
	    .kind = OPT_COUNT,
	    .to = &given.threads,
	    .arg = "N",
	    .help = "judge with N threads (0: one a core)",
	    .env = "JOBMILL_DEDUP_THREADS",
	    .max = MOST_THREADS },
	{ .name = "unmerge",
	    .kind = OPT_FLAG,
	    .to = &given.unmerge,
	    .help = "only show what merged records are made of" },
	SANDBOX_OPTS(&given.sandbox),
	OPT_END,
};

int
main(int argc, char *argv[])
{
	const struct opt_tool tool = {
		.name = "job-dedup",
		.synopsis = synopsis,
		.summary = "Fold jobs that are one role in several places "
		           "into one record.",
		.opts = opts,
		.operands_max = 1,
	};
	int first;

	log_init("job-dedup");
	sig_init();
	first = opt_parse(&tool, argc, argv);
	given.stage.input = argv[first];
	return given.unmerge ? unmerge(&given) : dedup(&tool, &given);
}
