/* guard.c - the guards by their names */
#include "guard.h"

#include <stddef.h>
#include <string.h>

const char *const guard_names[GUARDS] = { "empty", "shrink", "dead", "drift" };

/* The guard that LEN bytes name; GUARDS if none. */
static size_t
by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < GUARDS; i++)
		if (strlen(guard_names[i]) == len &&
		    memcmp(guard_names[i], name, len) == 0)
			break;
	return i;
}

bool
guard_list(const char *list, unsigned int *guards)
{
	unsigned int found = 0;
	size_t len, i;

	if (strcmp(list, "none") == 0)
		list = "";
	for (; *list != '\0'; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		i = by_name(list, len);
		if (i == GUARDS)
			return false;
		found |= 1U << i;
	}
	*guards = found;
	return true;
}
