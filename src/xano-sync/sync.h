/*
 * sync.h - one sync from its start to its end
 */
#ifndef SYNC_H
#define SYNC_H

#include "act.h"
#include "guard.h"
#include "sandbox.h"
#include "stage.h"

struct sync_options {
	const char *profile;
	struct opt_list scopes;
	struct api_options api;
	struct stage_options stage;
	struct plan_options plan;
	struct act_options act;
	struct guard guard;
	uint64_t per_page;
	uint64_t bulk; /* rows in a call at most; 0: as the profile says */
	bool dry_run, no_verify, no_preflight;
	const char *plan_file, *apply_file, *restore_file, *backup_file;
	struct sandbox sandbox;
};

/* Returns the status to exit with. */
int sync_run(const struct sync_options *options);

#endif
