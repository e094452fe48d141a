/*
 * wire.h - what the two processes of the server tell each other
 *
 * The worker faces the network and holds no secret; the monitor has the
 * environment, and starts programs that the worker asks for: privilege
 * separation, as in N. Provos, M. Friedl, P. Honeyman, "Preventing Privilege
 * Escalation", 2003.  Messages are packets of a socket pair; descriptors
 * travel with them (SCM_RIGHTS).
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_kind {
	/* From the worker. */
	WIRE_START,  /* id, value: an enum program, text: its arguments */
	WIRE_SIGNAL, /* id, value: a signal for that program */
	WIRE_READY,  /* text: the URL; the server answers */

	/* From the monitor. */
	WIRE_STARTED, /* id, value: 0, with three descriptors; or an errno */
	WIRE_ENDED,   /* id, value: as waitpid() tells */
	WIRE_STOP     /* a signal asks to end */
};

/* Longest text of a message: a program's arguments. */
#define WIRE_TEXT ((size_t)150 << 10)
#define WIRE_FDS 3

struct wire {
	uint32_t kind;
	uint32_t id;
	int32_t value;
	uint32_t len; /* of the text */
	char text[WIRE_TEXT];
};

/* Make the pair; exits 71. */
void wire_pair(int fds[2]);

/* False when the other side is gone.  FDS stay the caller's. */
bool wire_send(int socket, const struct wire *w, const int *fds, size_t count);

/*
 * Take a message that has come.  1; 0 if none has; -1 when the other side is
 * gone.  Descriptors that came along, close-on-exec, are in FDS, else -1.
 */
int wire_receive(int socket, struct wire *w, int fds[WIRE_FDS]);

#endif
