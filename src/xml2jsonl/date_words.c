/* date_words.c - the words of dates: months, weekdays, zones, fillers */
#include "date_words.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
date_is_word(const char *word, size_t len, const char *other)
{
	size_t i = 0;

	while (i < len && other[i] != '\0' && lower(word[i]) == other[i])
		i++;
	return i == len && other[i] == '\0';
}

/* Whether WORD is a name or its abbreviation to three letters or more. */
static bool
abbreviates(const char *word, size_t len, const char *name)
{
	size_t i = 0;

	while (i < len && name[i] != '\0' && lower(word[i]) == name[i])
		i++;
	return i == len && len >= 3;
}

/* What is not as in English, or an abbreviation of that. */
static const struct {
	const char *name;
	int month;
} months[] = { { "januar", 1 }, { "januari", 1 }, { "janvier", 1 },
	{ "janv", 1 }, { "enero", 1 }, { "janeiro", 1 }, { "gennaio", 1 },
	{ "stycznia", 1 }, { "января", 1 }, { "februar", 2 }, { "februari", 2 },
	{ "février", 2 }, { "févr", 2 }, { "febrero", 2 }, { "fevereiro", 2 },
	{ "febbraio", 2 }, { "lutego", 2 }, { "февраля", 2 }, { "märz", 3 },
	{ "mrz", 3 }, { "mars", 3 }, { "marts", 3 }, { "marzo", 3 },
	{ "março", 3 }, { "maart", 3 }, { "marca", 3 }, { "марта", 3 },
	{ "avril", 4 }, { "avr", 4 }, { "abril", 4 }, { "aprile", 4 },
	{ "kwietnia", 4 }, { "апреля", 4 }, { "mai", 5 }, { "mayo", 5 },
	{ "maio", 5 }, { "maggio", 5 }, { "mei", 5 }, { "maj", 5 },
	{ "maja", 5 }, { "мая", 5 }, { "juni", 6 }, { "juin", 6 },
	{ "junio", 6 }, { "junho", 6 }, { "giugno", 6 }, { "czerwca", 6 },
	{ "июня", 6 }, { "juli", 7 }, { "juillet", 7 }, { "julio", 7 },
	{ "julho", 7 }, { "luglio", 7 }, { "lipca", 7 }, { "июля", 7 },
	{ "août", 8 }, { "agosto", 8 }, { "augustus", 8 }, { "augusti", 8 },
	{ "sierpnia", 8 }, { "августа", 8 }, { "septembre", 9 },
	{ "septiembre", 9 }, { "setembro", 9 }, { "settembre", 9 },
	{ "września", 9 }, { "сентября", 9 }, { "oktober", 10 }, { "okt", 10 },
	{ "octobre", 10 }, { "octubre", 10 }, { "outubro", 10 },
	{ "ottobre", 10 }, { "października", 10 }, { "октября", 10 },
	{ "novembre", 11 }, { "noviembre", 11 }, { "novembro", 11 },
	{ "listopada", 11 }, { "ноября", 11 }, { "dezember", 12 },
	{ "dez", 12 }, { "décembre", 12 }, { "déc", 12 }, { "diciembre", 12 },
	{ "dezembro", 12 }, { "dicembre", 12 }, { "grudnia", 12 },
	{ "декабря", 12 } };

int
date_month(const char *word, size_t len)
{
	static const char *const english[] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december" };

	for (int i = 0; i < 12; i++)
		if (abbreviates(word, len, english[i]))
			return i + 1;
	for (size_t i = 0; i < COUNT(months); i++)
		if (date_is_word(word, len, months[i].name))
			return months[i].month;
	return 0;
}

bool
date_says_nothing(const char *word, size_t len)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday",
		"thursday", "friday", "saturday", "sunday" };
	static const char *const others[] = { "t", "at", "st", "nd", "rd", "th",
		"of", "de", "del", "le", "den", "um", "г", "montag", "dienstag",
		"mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
		"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
		"dimanche", "lunes", "martes", "miércoles", "jueves", "viernes",
		"sábado", "domingo" };

	for (size_t i = 0; i < COUNT(days); i++)
		if (abbreviates(word, len, days[i]))
			return true;
	for (size_t i = 0; i < COUNT(others); i++)
		if (date_is_word(word, len, others[i]))
			return true;
	return false;
}

bool
date_zone(const char *word, size_t len, int *minutes)
{
	static const struct {
		const char *name;
		int minutes;
	} zones[] = { { "z", 0 }, { "ut", 0 }, { "utc", 0 }, { "gmt", 0 },
		{ "wet", 0 }, { "bst", 60 }, { "west", 60 }, { "cet", 60 },
		{ "cest", 120 }, { "eet", 120 }, { "eest", 180 },
		{ "msk", 180 }, { "est", -300 }, { "edt", -240 },
		{ "cst", -360 }, { "cdt", -300 }, { "mst", -420 },
		{ "mdt", -360 }, { "pst", -480 }, { "pdt", -420 },
		{ "akst", -540 }, { "akdt", -480 }, { "hst", -600 },
		{ "aest", 600 }, { "aedt", 660 }, { "nzst", 720 },
		{ "nzdt", 780 }, { "jst", 540 } };

	for (size_t i = 0; i < COUNT(zones); i++)
		if (date_is_word(word, len, zones[i].name)) {
			*minutes = zones[i].minutes;
			return true;
		}
	return false;
}
