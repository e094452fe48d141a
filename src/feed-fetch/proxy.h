/*
 * proxy.h - which proxy the environment wants for a URL
 *
 * As curl does it: http_proxy (lower case only: HTTP_PROXY can be set by a
 * stranger's header in a CGI), https_proxy or HTTPS_PROXY, then all_proxy or
 * ALL_PROXY; no_proxy or NO_PROXY is a list of hosts and domains that are
 * reached directly, "*" is all.  It is decided here and not in libcurl because
 * the address guard has to know whom a connection is to.
 */
#ifndef PROXY_H
#define PROXY_H

#include "url.h"

/* The proxy's URL, good as long as the environment; "" for none. */
const char *proxy_for(const struct url *u);

#endif
