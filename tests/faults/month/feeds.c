/* feeds.c - how feeds change from day to day, and the files that tell of it */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "file.h"
#include "world.h"

#define START 1767600000 /* day 0: 2026-01-05T08:00:00Z */
#define DAY 86400

static const char *const titles[] = { "Registered Nurse", "Welder",
	"Java Developer", "Truck Driver", "Accountant", "Line Cook",
	"Sales Manager", "Electrician", "Warehouse Worker",
	"Dental Hygienist" };
static const char *const towns[] = { "Austin", "Boise", "Denver", "Reno",
	"Tulsa", "Fargo", "Salem", "Provo" };

void
source_id(const struct feed *f, size_t role, unsigned int serial, char out[40])
{
	snprintf(out, 40, "F%u-R%zu-%u", f->number, role, serial);
}

static void
ad_begin(struct world *w, struct role *r, struct ad *ad)
{
	*ad = (struct ad){ .serial = ++r->last_serial,
		.listed = true,
		.town = below(w, 8),
		.link = 1 };
	if (chance(w, 25))
		ad->expires = w->day + 1 + (int)below(w, 9);
}

static void
role_begin(struct world *w, struct feed *f)
{
	struct role *r;
	size_t n = 1 + (chance(w, 40) ? below(w, MOST_ADS) : 0);

	if (f->role_count == w->most_roles)
		return;
	r = &f->roles[f->role_count++];
	*r = (struct role){ .text = 1 };
	for (r->ad_count = 0; r->ad_count < n; r->ad_count++)
		ad_begin(w, r, &r->ads[r->ad_count]);
}

void
feed_begin(struct world *w, struct feed *f)
{
	unsigned int n = 4 + below(w, 6);

	while (n-- > 0)
		role_begin(w, f);
}

static struct role *
some_role(struct world *w, struct feed *f)
{
	return &f->roles[below(w, (unsigned int)f->role_count)];
}

/* One thing happens to the feed. */
static void
happen(struct world *w, struct feed *f)
{
	struct role *r = some_role(w, f);
	struct ad *ad = &r->ads[below(w, (unsigned int)r->ad_count)];

	switch (below(w, 12)) {
	case 0:
	case 1:
		role_begin(w, f);
		break;
	case 2:
		if (r->ad_count < MOST_ADS)
			ad_begin(w, r, &r->ads[r->ad_count++]);
		break;
	case 3:
	case 4:
		ad->listed = false;
		break;
	case 5:
	case 6:
		ad->listed = true;
		break;
	case 7:
		ad->closed = !ad->closed;
		break;
	case 8:
		r->text++;
		break;
	case 9:
		ad->link++;
		break;
	case 10: /* it moves to another town */
		ad->town = below(w, 8);
		ad->expires = 0;
		break;
	default: /* listed anew, under another number */
		ad->serial = ++r->last_serial;
	}
}

static void
weather_begin(struct world *w, struct feed *f)
{
	static const enum weather kinds[] = { SHRUNK, SHRUNK, EMPTY, CUT, CUT,
		GONE, PAGE };
	size_t i, j, ads = 0;

	for (i = 0; i < f->role_count; i++)
		for (j = 0; j < f->roles[i].ad_count; j++) {
			f->roles[i].ads[j].hidden = chance(w, 50);
			ads++;
		}
	f->weather = chance(w, 75) || w->day < w->weather_from
	                 ? FINE
	                 : kinds[below(w, 7)];
	f->weather_days = f->weather == FINE ? 1 : 1 + (int)below(w, 3);
	f->cut_after = below(w, (unsigned int)ads + 1);
}

void
feed_live(struct world *w, struct feed *f)
{
	unsigned int things = below(w, w->most_things);

	while (things-- > 0)
		happen(w, f);
	if (--f->weather_days <= 0)
		weather_begin(w, f);
}

bool
is_open(const struct world *w, const struct ad *ad)
{
	return !ad->closed && (ad->expires == 0 || ad->expires > w->day);
}

bool
is_published(const struct feed *f, const struct ad *ad, size_t place)
{
	switch (f->weather) {
	case FINE:
		return ad->listed;
	case SHRUNK:
		return ad->listed && !ad->hidden;
	case CUT:
		return ad->listed && place < f->cut_after;
	default:
		return false;
	}
}

size_t
published_count(const struct feed *f)
{
	size_t i, j, place = 0, n = 0;

	for (i = 0; i < f->role_count; i++)
		for (j = 0; j < f->roles[i].ad_count; j++)
			n += is_published(f, &f->roles[i].ads[j], place++);
	return n;
}

static void
add_date(struct buf *b, int day)
{
	time_t at = START - 8 * 3600 + (time_t)day * DAY;
	struct tm tm;
	char text[32];

	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_printf(b, "<expires_at>%s</expires_at>", text);
}

/* Words that no other role has in this order. */
static void
add_text(struct buf *b, const struct feed *f, size_t role, unsigned int text)
{
	unsigned int n = f->number * 7919 + (unsigned int)role * 104729;
	unsigned int i;

	buf_text(b, "<description>");
	for (i = 0; i < 60; i++) {
		n = n * 1103515245U + 12345U;
		buf_printf(b, "word%u ", n >> 16 & 0x3FF);
	}
	buf_printf(b, "Edition %u.</description>", text);
}

static void
add_ad(struct buf *b, const struct feed *f, size_t role, const struct ad *ad)
{
	char id[40];

	source_id(f, role, ad->serial, id);
	buf_printf(b, "<job><source_id>%s</source_id>", id);
	if (ad->closed)
		buf_text(b, "<status>closed</status>");
	buf_printf(b,
	    "<title>%s</title><company_name>Company %u of %u</company_name>",
	    titles[role % 10], (unsigned int)role, f->number);
	add_text(b, f, role, f->roles[role].text);
	buf_printf(b,
	    "<url>https://e.example/%s/%u</url><place><city>%s</city>"
	    "<country>US</country></place>",
	    id, ad->link, towns[ad->town]);
	if (ad->expires != 0)
		add_date(b, ad->expires);
	buf_text(b, "</job>\n");
}

/* The file ends within the ad behind the last whole one. */
static void
add_ads(struct buf *b, const struct feed *f)
{
	size_t i, j, place = 0;

	for (i = 0; i < f->role_count; i++)
		for (j = 0; j < f->roles[i].ad_count; j++, place++) {
			const struct ad *ad = &f->roles[i].ads[j];

			if (is_published(f, ad, place))
				add_ad(b, f, i, ad);
		}
	if (f->weather == CUT)
		buf_text(b, "<job><source_id>half</source_id><title>Wel");
}

void
feed_write(struct world *w, const struct feed *f)
{
	char path[40];
	struct buf b = { 0 };
	const char *wrong;

	snprintf(path, sizeof path, "web/feed-%u.xml", f->number);
	if (f->weather == PAGE) {
		buf_text(&b,
		    "<!DOCTYPE html><html><body>Back soon</body></html>");
	} else {
		buf_text(&b, "<?xml version=\"1.0\"?>\n<jobmill>\n");
		add_ads(&b, f);
		if (f->weather != CUT)
			buf_text(&b, "</jobmill>\n");
	}
	remove(path);
	wrong = f->weather == GONE ? NULL : file_replace(path, b.data, b.len);
	if (wrong != NULL)
		broken(w, "cannot write %s: %s", path, wrong);
	buf_free(&b);
}
