/*
 * enrich.h - the stage that the options ask for
 */
#ifndef ENRICH_H
#define ENRICH_H

#include "provider.h"
#include "run.h"
#include "sandbox.h"
#include "stage.h"

struct options {
	struct stage_options stage;
	struct provider_options provider;
	struct run_options run;
	int provider_kind; /* 0: by what is set up; else a provider_kind + 1 */
	int tier;          /* 1: the batch tier */
	int thinking;      /* 0: by the model; 1 to 4: minimal to high */
	/* Files; NULL: those of share/. */
	const char *taxonomy, *lexicon, *prompt, *rubric, *prices;
	const char *budget; /* USD, or NULL */
	uint64_t max_text;
	bool keep_pii, unordered;
	bool profile, estimate; /* print this, ask nothing */
	struct sandbox sandbox;
};

/* Do it; returns the status to exit with. */
int enrich(struct options *o);

#endif
