/*
 * expat_floor - what XML costs at least: expat with empty handlers
 *
 *     expat_floor < feed.xml
 *
 * Reads 256 KiB at a time and hands them on; prints nothing.  Exits 65 when the
 * document is not well-formed.
 */
#include <expat.h>
#include <errno.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define CHUNK (256 * 1024)

static void XMLCALL
start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	(void)user;
	(void)name;
	(void)attributes;
}

static void XMLCALL
end(void *user, const XML_Char *name)
{
	(void)user;
	(void)name;
}

static void XMLCALL
text(void *user, const XML_Char *bytes, int len)
{
	(void)user;
	(void)bytes;
	(void)len;
}

int
main(void)
{
	XML_Parser parser = XML_ParserCreate(NULL);
	ssize_t got;

	log_init("expat_floor");
	if (parser == NULL)
		die(EX_OSERR, "out of memory");
	XML_SetElementHandler(parser, start, end);
	XML_SetCharacterDataHandler(parser, text);
	do {
		void *room = XML_GetBuffer(parser, CHUNK);

		if (room == NULL)
			die(EX_OSERR, "out of memory");
		do
			got = read(STDIN_FILENO, room, CHUNK);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			die(EX_IOERR, "standard input can't be read");
		if (XML_ParseBuffer(parser, (int)got, got == 0) !=
		    XML_STATUS_OK)
			die(EX_DATAERR, "not well-formed",
			    LOG_TEXT("reason",
			        XML_ErrorString(XML_GetErrorCode(parser))));
	} while (got > 0);
	XML_ParserFree(parser);
	return EX_OK;
}
