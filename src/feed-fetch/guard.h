/*
 * guard.h - which addresses a feed may come from
 *
 * A feed's URL is a stranger's word, and so is where it redirects to.  It must
 * not reach this machine, the networks behind it, or the metadata service of a
 * cloud.  The ranges are those of IANA's special-purpose registries (RFC 6890
 * and what came after it) that are not globally reachable, with multicast; an
 * IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as itself.
 */
#ifndef GUARD_H
#define GUARD_H

#include <sys/socket.h>

/*
 * What speaks against connecting to an address, a constant such as "loopback";
 * NULL when it is public.  A family other than IPv4 and IPv6 is not.
 */
const char *guard_refuses(const struct sockaddr *address);

/*
 * The same for a host as a proxy would be given it, a name or an address in any
 * form that the resolver takes ("0x7f.1"): refused when one of its addresses
 * is.  NULL too when the name is not known here: then the proxy decides.
 */
const char *guard_refuses_host(const char *host);

#endif
