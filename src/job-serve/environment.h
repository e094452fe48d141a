/*
 * environment.h - what programs that are started get to see
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

/*
 * A list of NAME=value, ended by NULL, made from this process's environment:
 * the settings of the suite, of libpq and of the network, PATH with the
 * suite's programs first, and nothing else; no secret of the server itself.
 * EXTRA are lines that go before, ended by NULL.  The caller frees all of it.
 */
char **environment_for(const char *bin, const char *const *extra);

/*
 * Overwrite the environment, where secrets are: for the process that faces the
 * network.
 */
void environment_wipe(void);

/*
 * Read settings from the file that JOBMILL_ENV_FILE names, else from .env
 * here, else from that of the checkout around SHARE: lines of NAME=value, taken
 * as data, as the pipelines do.  The environment wins.  Exits 66, 78.
 */
void environment_load(const char *share);

#endif
