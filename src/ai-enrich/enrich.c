/* enrich.c - the stage that the options ask for */
#include "enrich.h"

#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "clock.h"
#include "estimate.h"
#include "file.h"
#include "log.h"
#include "profile.h"
#include "status.h"

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* The provider that is asked for, else the one that is set up. */
static enum provider_kind
choose(int asked)
{
	const char *vertex = variable("GOOGLE_GENAI_USE_VERTEXAI");

	if (asked > 0)
		return (enum provider_kind)(asked - 1);
	if (vertex != NULL &&
	    (strcmp(vertex, "true") == 0 || strcmp(vertex, "1") == 0))
		return PROVIDER_VERTEX;
	if (variable("GEMINI_API_KEY") != NULL ||
	    variable("GEMINI_API_KEY_FILE") != NULL)
		return PROVIDER_GEMINI;
	if (variable("OPENAI_BASE_URL") != NULL)
		return PROVIDER_OPENAI;
	return PROVIDER_LOCAL;
}

/* What each provider's own variables say, where no option does. */
static void
complete(struct options *o)
{
	static const char *const levels[] = { NULL, "MINIMAL", "LOW", "MEDIUM",
		"HIGH" };
	struct provider_options *p = &o->provider;
	bool openai, gemini;

	p->kind = choose(o->provider_kind);
	p->offline = o->run.replay != NULL;
	p->thinking = levels[o->thinking];
	openai = p->kind == PROVIDER_OPENAI;
	gemini = p->kind == PROVIDER_GEMINI || p->kind == PROVIDER_VERTEX;
	if (p->model == NULL && gemini)
		p->model = variable("GEMINI_MODEL");
	if (p->model == NULL && openai)
		p->model = variable("OPENAI_MODEL");
	if (p->base_url == NULL && p->kind == PROVIDER_GEMINI)
		p->base_url = variable("GEMINI_BASE_URL");
	if (p->base_url == NULL && p->kind == PROVIDER_VERTEX)
		p->base_url = variable("VERTEX_BASE_URL");
	if (p->base_url == NULL && openai)
		p->base_url = variable("OPENAI_BASE_URL");
	if (o->run.tier_dir != NULL && p->kind != PROVIDER_GEMINI)
		die(EX_CONFIG, "only provider gemini has a batch tier",
		    LOG_TEXT("provider", provider_names[p->kind]));
	o->run.ordered = !o->unordered;
	o->run.linger = o->stage.line_buffered || o->unordered;
	if (o->budget != NULL)
		o->run.budget = price_parse(o->budget);
}

/* A file that an option names, else the one of share/. */
static const char *
path_of(struct buf *room, const char *given, const char *shared)
{
	if (given != NULL)
		return given;
	return file_share(room, shared);
}

static int
run_local(const struct options *o, const struct taxonomy *taxonomy)
{
	struct buf room = { 0 }, profile = { 0 };
	struct local *local = local_open(taxonomy,
	    path_of(&room, o->lexicon, "taxonomy/lexicon.json"));
	const struct profile parts = { .stage = o->run.stage,
		.service = "local " VERSION,
		.model = "local",
		.prompt = local_digest(local),
		.taxonomy = taxonomy->digest };
	const char *name = profile_write(&profile, &parts);
	int status = EX_OK;

	if (o->profile) {
		struct out *out = out_stdout(false);

		out_add(out, name, strlen(name));
		out_line(out);
		out_close(out);
	} else {
		struct stage *s = stage_open(&o->stage);

		sandbox_enter(&o->sandbox);
		status = stage_close(s,
		    builtin_run(s, local, taxonomy, o->run.stage, name));
	}
	local_close(local);
	buf_free(&room);
	buf_free(&profile);
	return status;
}

static void
load_price(struct options *o, const char *model)
{
	struct buf room = { 0 };
	char today[CLOCK_STAMP];

	clock_stamp(today);
	today[10] = '\0';
	o->run.price =
	    price_of(path_of(&room, o->prices, "prices.json"), model, today);
	buf_free(&room);
	if (o->run.price.known)
		return;
	if (o->budget != NULL)
		die(EX_CONFIG, "a budget needs the price of the model",
		    LOG_TEXT("model", model),
		    LOG_TEXT("see", "share/prices.json, --prices"));
	if (o->provider.kind != PROVIDER_OPENAI)
		log_warning("no price for this model: costs count as 0",
		    LOG_TEXT("model", model));
}

static struct prompt *
load_prompt(const struct options *o, const struct taxonomy *taxonomy)
{
	const struct prompt_options options = { .stage = o->run.stage,
		.dialect = provider_dialect(o->provider.kind),
		.taxonomy = taxonomy,
		.file = o->prompt,
		.rubric = o->run.stage == STAGE_INDUSTRY ? o->rubric : NULL };

	return prompt_load(&options);
}

/* From here on, strangers have a say. */
static void
give_up_rights(const struct options *o)
{
	struct sandbox box = o->sandbox;

	box.network = true;
	box.guarded = true;
	/* They may have to be made. */
	sandbox_file(&box, o->run.record);
	sandbox_file(&box, o->run.tier_dir);
	sandbox_file(&box, o->run.journal);
	sandbox_file(&box, o->run.ledger);
	sandbox_folder(&box, o->run.record);
	sandbox_folder(&box, o->run.tier_dir);
	sandbox_enter(&box);
}

static int
ask(const struct options *o, const char *model)
{
	struct provider *provider;
	struct stage *s;
	int status;

	if (o->estimate) {
		s = stage_open(&o->stage);
		sandbox_enter(&o->sandbox);
		return stage_close(s, estimate(s, model, &o->run));
	}
	provider = provider_open(&o->provider);
	s = stage_open(&o->stage);
	sandbox_keep_secrets();
	give_up_rights(o);
	status = stage_close(s, run(s, provider, &o->run));
	provider_close(provider);
	return status;
}

static int
run_remote(struct options *o, const struct taxonomy *taxonomy)
{
	const char *model = provider_default_model(&o->provider);
	struct prompt *prompt = load_prompt(o, taxonomy);
	const struct profile parts = { .stage = o->run.stage,
		.service =
		    o->provider.kind == PROVIDER_OPENAI ? "openai" : "gemini",
		.model = model,
		.thinking = o->provider.thinking,
		.prompt = prompt_digest(prompt),
		.taxonomy = taxonomy->digest };
	struct buf profile = { 0 }, room = { 0 };
	int status = EX_OK;

	o->run.taxonomy = taxonomy;
	o->run.prompt = prompt;
	o->run.profile = profile_write(&profile, &parts);
	if (o->profile) {
		struct out *out = out_stdout(false);

		out_add(out, profile.data, profile.len);
		out_line(out);
		out_close(out);
	} else {
		load_price(o, model);
		o->run.rules = advert_rules_load(
		    path_of(&room, NULL, "prompts/suspicious.txt"), o->max_text,
		    o->keep_pii);
		status = ask(o, model);
		advert_rules_free(o->run.rules);
	}
	prompt_free(prompt);
	buf_free(&profile);
	buf_free(&room);
	return status;
}

int
enrich(struct options *o)
{
	const struct taxonomy *taxonomy;
	struct buf room = { 0 };
	int status;

	complete(o);
	taxonomy = taxonomy_load(
	    path_of(&room, o->taxonomy, "taxonomy/taxonomy.json"));
	status = o->provider.kind == PROVIDER_LOCAL ? run_local(o, taxonomy)
	                                            : run_remote(o, taxonomy);
	taxonomy_free(taxonomy);
	buf_free(&room);
	return status;
}
