/*
 * make_feed - an Indeed-like feed of as many jobs as wanted
 *
 *     make_feed JOBS SEED
 *
 * The same numbers give the same bytes.  About 3.2 KB a job; a quarter of the
 * jobs are copies of earlier ones in another city, as real feeds have them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "log.h"
#include "out.h"
#include "status.h"

#define PICK(r, list) ((list)[below((r), sizeof(list) / sizeof *(list))])
#define DESCRIPTION 2450 /* bytes that a description has at least */

static const char *const seniority[] = { "", "", "", "Senior ", "Junior ",
	"Lead ", "Assistant ", "Head " };
static const char *const roles[] = { "Registered Nurse", "Software Engineer",
	"Warehouse Associate", "Accountant", "Electrician", "Teacher",
	"Truck Driver", "Line Cook", "Sales Representative", "Data Analyst",
	"Project Manager", "Welder", "Pharmacist", "Store Manager",
	"Customer Service Agent", "Mechanical Engineer", "Paralegal",
	"Physical Therapist", "Security Officer", "Recruiter", "Plumber",
	"Graphic Designer", "Underwriter", "Machine Operator", "Chemist",
	"Dispatcher", "Hair Stylist", "Property Manager", "Dental Hygienist",
	"Forklift Operator", "Civil Engineer", "Copywriter" };
static const char *const fields[] = { "", "", " - Nights", " - Days",
	" (Part Time)", ", Logistics", ", Operations", ", Pediatrics",
	", Payments", ", Energy", " II", " III", ", Retail", ", Quality" };
static const char *const first[] = { "North", "Summit", "Harbor", "Cedar",
	"Blue", "Iron", "Silver", "Prairie", "Lake", "Stone", "Bright", "Red",
	"Green", "Golden", "River", "Oak", "Maple", "Falcon", "Union", "Delta",
	"Pioneer", "Coastal", "Valley", "Granite", "Liberty" };
static const char *const second[] = { "field", "wood", "line", "bridge",
	"point", "ridge", "gate", "ford", "view", "port", "crest", "haven",
	"mill", "brook", "spring", "dale", "mark", "way", "shore", "peak" };
static const char *const kinds[] = { " Logistics", " Health", " Systems",
	" Foods", " Energy", " Group", " Partners", " Staffing", " Bank",
	" Construction", " Schools", " Media", " Labs", " Insurance" };
static const char *const cities[][3] = { { "Austin", "TX", "78701" },
	{ "Denver", "CO", "80202" }, { "Columbus", "OH", "43215" },
	{ "Seattle", "WA", "98101" }, { "Atlanta", "GA", "30303" },
	{ "Phoenix", "AZ", "85004" }, { "Boston", "MA", "02110" },
	{ "Tampa", "FL", "33602" }, { "Chicago", "IL", "60602" },
	{ "Omaha", "NE", "68102" }, { "Boise", "ID", "83702" },
	{ "Memphis", "TN", "38103" }, { "Detroit", "MI", "48226" },
	{ "Portland", "OR", "97209" }, { "Raleigh", "NC", "27601" },
	{ "Buffalo", "NY", "14202" }, { "Tulsa", "OK", "74103" },
	{ "Madison", "WI", "53703" }, { "Fresno", "CA", "93721" },
	{ "Newark", "NJ", "07102" } };
static const char *const types[] = { "fulltime", "fulltime", "fulltime",
	"parttime", "contract", "temporary" };
static const char *const verbs[] = { "plan", "prepare", "review", "deliver",
	"maintain", "inspect", "repair", "document", "coordinate", "support",
	"train", "analyse", "schedule", "install", "operate", "measure",
	"improve", "receive", "order", "present", "design", "test", "clean",
	"monitor", "assess", "negotiate", "track", "write", "lead", "answer" };
static const char *const adjectives[] = { "daily", "complex", "new", "monthly",
	"clinical", "technical", "regional", "urgent", "large", "small",
	"commercial", "seasonal", "critical", "standard", "local", "shared",
	"annual", "electrical", "financial", "digital", "open", "weekly" };
static const char *const nouns[] = { "orders", "patients", "reports",
	"machines", "customers", "projects", "budgets", "shipments", "accounts",
	"systems", "vehicles", "classes", "contracts", "claims", "samples",
	"drawings", "menus", "records", "inventories", "schedules", "audits",
	"invoices", "networks", "buildings", "tools", "campaigns", "forecasts",
	"treatments", "interviews", "deliveries", "databases", "pumps" };
static const char *const places[] = { "on site", "with the team",
	"across departments", "for our clients", "in the field",
	"at the front desk", "with outside partners", "by the agreed date",
	"under supervision", "within safety rules", "during peak season",
	"with care &amp; patience", "from the first day", "in two languages" };
static const char *const benefits[] = { "medical, dental and vision insurance",
	"401(k) with company match", "paid time off from the first month",
	"tuition reimbursement", "a flexible schedule", "weekly pay",
	"paid parental leave", "a sign-on bonus", "free parking",
	"an employee discount", "short-term disability cover", "uniforms" };

/* splitmix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", 2014. */
static uint64_t
next(uint64_t *r)
{
	uint64_t z = (*r += 0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

static size_t
below(uint64_t *r, size_t n)
{
	return (size_t)(next(r) % n);
}

/*
 * Add PATTERN with words for its %v (verb), %a (adjective), %n (noun), %p
 * (place), %b (benefit) and %d (digit from 1), drawn from left to right.
 */
static void
fill(struct buf *b, uint64_t *r, const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '%') {
			buf_byte(b, *pattern);
			continue;
		}
		switch (*++pattern) {
		case 'v':
			buf_text(b, PICK(r, verbs));
			break;
		case 'a':
			buf_text(b, PICK(r, adjectives));
			break;
		case 'n':
			buf_text(b, PICK(r, nouns));
			break;
		case 'p':
			buf_text(b, PICK(r, places));
			break;
		case 'b':
			buf_text(b, PICK(r, benefits));
			break;
		default:
			buf_byte(b, (char)('1' + below(r, 9)));
		}
	}
}

static void
list(struct buf *b, uint64_t *r, const char *heading)
{
	size_t items = 4 + below(r, 5);

	buf_printf(b, "</p>\n<p><b>%s</b></p>\n<ul>\n", heading);
	while (items-- > 0)
		fill(b, r, "<li>%v %a %n %p</li>\n");
	buf_text(b, "</ul>\n<p>");
}

/* What a role is, without where. */
static void
text(struct buf *b, uint64_t *r)
{
	static const char *const sentences[] = {
		"You %v %a %n and %v %n %p. ",
		"Our teams %v %a %n %p, so that %a %n stay safe. ",
		"%d years of experience with %a %n are welcome. ",
	};
	size_t start = b->len;
	bool listed = false;

	buf_text(b, "<p>");
	while (b->len - start < DESCRIPTION) {
		fill(b, r, PICK(r, sentences));
		if (!listed && b->len - start > DESCRIPTION / 4) {
			list(b, r, "What you will do");
			list(b, r, "What you bring");
			listed = true;
		}
	}
	fill(b, r, "We offer %b, %b and %b.</p>");
}

/* An element with a value made of up to three parts in CDATA. */
static void
element(struct buf *b, const char *name, const char *one, const char *two,
    const char *three)
{
	buf_printf(b, "    <%s><![CDATA[%s%s%s]]></%s>\n", name, one, two,
	    three, name);
}

static void
number_element(struct buf *b, const char *name, const char *before,
    uint64_t number, const char *after)
{
	buf_printf(b, "    <%s><![CDATA[%s%" PRIu64 "%s]]></%s>\n", name,
	    before, number, after, name);
}

/* What the role is; the same for a copy. */
static void
role_elements(struct buf *b, uint64_t role, uint64_t seed)
{
	uint64_t r = seed ^ (role * 0xD1342543DE82EF95);
	const char *rank = PICK(&r, seniority), *name = PICK(&r, roles);
	const char *field = PICK(&r, fields), *front = PICK(&r, first);
	const char *back = PICK(&r, second), *kind = PICK(&r, kinds);
	size_t pay = 15 + below(&r, 60);

	element(b, "title", rank, name, field);
	element(b, "company", front, back, kind);
	element(b, "category", name, "", "");
	element(b, "jobtype", PICK(&r, types), "", "");
	number_element(b, "requisitionid", "R", role, "");
	number_element(b, "salary", "$", pay, ".50 per hour");
	buf_text(b, "    <description><![CDATA[");
	text(b, &r);
	buf_text(b, "]]></description>\n");
}

static void
job(struct buf *b, uint64_t number, uint64_t role, uint64_t seed)
{
	uint64_t r = ~seed ^ (number * 0xA0761D6478BD642F);
	const char *const *city = PICK(&r, cities);

	buf_text(b, "  <job>\n");
	number_element(b, "referencenumber", "BENCH-", number, "");
	number_element(b, "url", "https://jobs.example.com/apply/", number,
	    "?source=feed&medium=xml");
	number_element(b, "date", "2026-11-", 10 + below(&r, 13), "T04:30:00Z");
	element(b, "city", city[0], "", "");
	element(b, "state", city[1], "", "");
	element(b, "country", "US", "", "");
	element(b, "postalcode", city[2], "", "");
	number_element(b, "cpc", "0.", 10 + below(&r, 90), "");
	role_elements(b, role, seed);
	buf_text(b, "  </job>\n");
}

static uint64_t
number_of(const char *what, const char *value)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || *end != '\0' || errno != 0)
		die(EX_USAGE, "not a number", LOG_TEXT("operand", what),
		    LOG_TEXT("value", value));
	return n;
}

int
main(int argc, char *argv[])
{
	struct buf b = { 0 };
	struct out *out;
	uint64_t jobs, seed, i, role, choice;

	log_init("make_feed");
	if (argc != 3)
		die(EX_USAGE, "usage: make_feed JOBS SEED");
	jobs = number_of("jobs", argv[1]);
	seed = number_of("seed", argv[2]);
	choice = seed;
	out = out_stdout(false);
	buf_text(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<source>\n"
	             "  <publisher>Bench</publisher>\n");
	for (i = 1; i <= jobs; i++) {
		/* Every fourth is a copy of one of the last thousand. */
		role = i;
		if (i % 4 == 0)
			role -= 1 + below(&choice, i > 1000 ? 1000 : i - 1);
		job(&b, i, role, seed);
		out_add(out, b.data, b.len);
		buf_clear(&b);
	}
	buf_text(&b, "</source>\n");
	out_add(out, b.data, b.len);
	out_close(out);
	buf_free(&b);
	return EX_OK;
}
