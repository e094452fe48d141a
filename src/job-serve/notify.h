/*
 * notify.h - tell the service manager how we are: sd_notify(3) by hand
 *
 * One datagram to the socket that NOTIFY_SOCKET names; without it, nothing.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

void notify_service(const char *state);

/*
 * The listening socket that systemd has opened for us (LISTEN_FDS,
 * sd_listen_fds(3)), or -1.  Exits 78 when there are several.
 */
int notify_listen_fd(void);

#endif
