/* proxy.c - which proxy the environment wants for a URL */
#include "proxy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *
first_set(const char *one, const char *other)
{
	const char *value = getenv(one);

	if ((value == NULL || *value == '\0') && other != NULL)
		value = getenv(other);
	return value != NULL ? value : "";
}

/* Whether LEN bytes of an entry name the host or a domain that it is in. */
static bool
covers(const char *entry, size_t len, const char *host)
{
	size_t host_len = strlen(host);

	if (len == 1 && *entry == '*')
		return true;
	if (len > 0 && *entry == '.') {
		entry++;
		len--;
	}
	if (len == 0 || len > host_len ||
	    strncasecmp(host + host_len - len, entry, len) != 0)
		return false;
	return len == host_len || host[host_len - len - 1] == '.';
}

static bool
goes_directly(const char *host)
{
	const char *at = first_set("no_proxy", "NO_PROXY");
	size_t len;

	for (;;) {
		at += strspn(at, ", \t");
		len = strcspn(at, ", \t");
		if (len == 0)
			return false;
		if (covers(at, len, host))
			return true;
		at += len;
	}
}

const char *
proxy_for(const struct url *u)
{
	const char *proxy;

	if (strcmp(url_scheme(u), "https") == 0)
		proxy = first_set("https_proxy", "HTTPS_PROXY");
	else
		proxy = first_set("http_proxy", NULL);
	if (*proxy == '\0')
		proxy = first_set("all_proxy", "ALL_PROXY");
	if (*proxy == '\0' || goes_directly(url_host(u)))
		return "";
	return proxy;
}
