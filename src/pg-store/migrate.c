/* migrate.c - bring the schema up to date, one versioned file after another */
#include "commands.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "db.h"
#include "file.h"
#include "hash.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "status.h"

#define MOST_BYTES ((size_t)4 << 20)

/* Any number, as long as nobody else locks by it: "jobmill" in ASCII. */
#define LOCK "select pg_advisory_xact_lock(30032072447126636)"

struct file {
	int version;
	char *name; /* 001_store.sql */
	struct buf sql;
	char hash[HASH_HEX];
};

struct files {
	struct file *items;
	size_t count;
};

static const char record_sql[] =
    "insert into jobmill.migrations (version, name, sha256)"
    " values ($1, $2, $3)";

static const char prepare_sql[] =
    "create schema if not exists jobmill;"
    "create table if not exists jobmill.migrations ("
    " version integer primary key, name text not null,"
    " sha256 text not null, applied_at timestamptz not null default now());"
    "comment on schema jobmill is 'Jobs, and how they came to be';"
    "comment on table jobmill.migrations is"
    " 'Which files of share/sql made this schema';"
    "comment on column jobmill.migrations.version is 'Its number';"
    "comment on column jobmill.migrations.name is 'Its name';"
    "comment on column jobmill.migrations.sha256 is 'Its content, then';"
    "comment on column jobmill.migrations.applied_at is 'When it was run'";

/* A name like 001_store.sql has a version above 0; others are passed over. */
static int
version_of(const char *name)
{
	size_t len = strlen(name);

	if (len < 9 || strspn(name, "0123456789") != 3 || name[3] != '_' ||
	    strcmp(name + len - 4, ".sql") != 0)
		return 0;
	return (name[0] - '0') * 100 + (name[1] - '0') * 10 + (name[2] - '0');
}

static int
by_version(const void *a, const void *b)
{
	return ((const struct file *)a)->version -
	       ((const struct file *)b)->version;
}

static void
load(struct file *f, const char *folder, const char *name)
{
	struct buf path = { 0 };
	const char *error;

	*f = (struct file){ .version = version_of(name),
		.name = mem_string(name) };
	buf_printf(&path, "%s/%s", folder, name);
	error = file_read(buf_string(&path), MOST_BYTES, &f->sql);
	if (error != NULL)
		die(EX_NOINPUT, "cannot read a migration",
		    LOG_TEXT("file", path.data), LOG_TEXT("error", error));
	buf_string(&f->sql);
	hash_once(f->sql.data, f->sql.len, f->hash);
	buf_free(&path);
}

/* All files of share/sql, in order and without gaps from 1. */
static void
load_all(struct files *files)
{
	struct buf folder = { 0 };
	struct dirent *entry;
	size_t i;
	DIR *dir;

	dir = opendir(file_share(&folder, "sql"));
	if (dir == NULL)
		die(EX_NOINPUT, "cannot read the migrations",
		    LOG_TEXT("folder", folder.data),
		    LOG_TEXT("error", strerror(errno)));
	while ((entry = readdir(dir)) != NULL) {
		if (version_of(entry->d_name) == 0)
			continue;
		files->items = mem_resize(files->items, files->count + 1,
		    sizeof *files->items);
		load(&files->items[files->count++], folder.data, entry->d_name);
	}
	closedir(dir);
	if (files->items == NULL)
		die(EX_NOINPUT, "there are no migrations",
		    LOG_TEXT("folder", folder.data));
	qsort(files->items, files->count, sizeof *files->items, by_version);
	for (i = 0; i < files->count; i++)
		if (files->items[i].version != (int)i + 1)
			die(EX_CONFIG, "migrations are missing or doubled",
			    LOG_TEXT("folder", folder.data),
			    LOG_UINT("expected", i + 1));
	buf_free(&folder);
}

static void
free_all(struct files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		free(files->items[i].name);
		buf_free(&files->items[i].sql);
	}
	free(files->items);
}

/* How many files were applied; each must still be what it was. */
static size_t
applied(struct db *db, const struct files *files)
{
	PGresult *r = db_query(db,
	    "select version, sha256 from jobmill.migrations order by version",
	    DB_NONE);
	size_t i, count = r != NULL ? (size_t)PQntuples(r) : 0;

	for (i = 0; i < count && i < files->count; i++)
		if (strcmp(db_text(r, (int)i, 1), files->items[i].hash) != 0)
			break;
	PQclear(r);
	if (count > files->count)
		die(EX_CONFIG, "the store's schema is newer than this program",
		    LOG_UINT("version", count),
		    LOG_UINT("wanted", files->count));
	if (i < count)
		die(EX_CONFIG, "a migration was changed after it was applied",
		    LOG_TEXT("file", files->items[i].name));
	return count;
}

static bool
apply(struct db *db, const struct file *f)
{
	char version[DB_NUMBER];

	db_script(db, f->sql.data);
	db_run(db, NULL, record_sql,
	    DB_VALUES(db_number(f->version, version), f->name, f->hash));
	if (db_failed(db))
		log_error("a migration failed", LOG_TEXT("file", f->name));
	else
		log_info("applied", LOG_TEXT("file", f->name));
	return !db_failed(db);
}

/* All that is missing, in one transaction: all of it or nothing. */
static bool
work(struct db *db, void *argument)
{
	const struct files *files = argument;
	size_t i;

	db_run(db, NULL, LOCK, DB_NONE);
	db_script(db, prepare_sql);
	db_script(db, "set local search_path = jobmill");
	if (db_failed(db))
		return false;
	for (i = applied(db, files); i < files->count; i++)
		if (!apply(db, &files->items[i]))
			return false;
	return true;
}

/* What is missing, a line each; EX_PENDING if anything is. */
static int
dry_run(struct db *db, const struct files *files)
{
	struct out *out = out_stdout(false);
	PGresult *r = db_query(db,
	    "select to_regclass('jobmill.migrations') is not null", DB_NONE);
	size_t i = 0, missing;

	db_check(db, "cannot look at the schema");
	if (*db_text(r, 0, 0) == 't')
		i = applied(db, files);
	PQclear(r);
	db_check(db, "cannot look at the schema");
	missing = files->count - i;
	for (; i < files->count; i++) {
		out_add(out, files->items[i].name,
		    strlen(files->items[i].name));
		out_line(out);
	}
	out_close(out);
	return missing > 0 ? EX_PENDING : EX_OK;
}

static void
check_encoding(struct db *db)
{
	bool fits;
	PGresult *r =
	    db_query(db, "select current_setting('server_encoding')", DB_NONE);

	db_check(db, "cannot ask the server");
	fits = strcmp(db_text(r, 0, 0), "UTF8") == 0;
	PQclear(r);
	if (!fits)
		die(EX_CONFIG, "the database is not in UTF-8",
		    LOG_TEXT("see", "createdb --encoding=UTF8"));
}

/* The roles of roles.sql; they may be made again and again. */
static bool
roles_work(struct db *db, void *argument)
{
	const struct buf *sql = argument;

	db_run(db, NULL, LOCK, DB_NONE);
	db_script(db, sql->data);
	return true;
}

static void
make_roles(struct db *db)
{
	struct buf path = { 0 }, sql = { 0 };
	const char *error =
	    file_read(file_share(&path, "sql/roles.sql"), MOST_BYTES, &sql);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the roles",
		    LOG_TEXT("file", path.data), LOG_TEXT("error", error));
	buf_string(&sql);
	db_transaction(db, "begin", "cannot make the roles", roles_work, NULL,
	    &sql);
	buf_free(&path);
	buf_free(&sql);
}

int
cmd_migrate(int argc, char *argv[])
{
	bool dry = false, roles = false;
	const struct opt opts[] = {
		{ .letter = 'n',
		    .name = "dry-run",
		    .kind = OPT_FLAG,
		    .to = &dry,
		    .help = "only print what is missing (exit 2 if any)" },
		{ .name = "roles",
		    .kind = OPT_FLAG,
		    .to = &roles,
		    .help =
		        "make the roles of a writer, reader, reviewer too" },
		{ .name = NULL },
	};
	const struct opt_tool tool = {
		.name = "pg-store migrate",
		.synopsis = "[-n] [--roles]",
		.summary = "Make the schema jobmill, or bring it up to date.",
		.opts = opts,
	};
	struct files files = { 0 };
	int status = EX_OK;
	struct db *db;

	opt_parse(&tool, argc, argv);
	load_all(&files);
	db = db_open_any();
	check_encoding(db);
	if (dry)
		status = dry_run(db, &files);
	else
		db_transaction(db, "begin", "cannot migrate", work, NULL,
		    &files);
	if (roles && !dry)
		make_roles(db);
	db_close(db);
	free_all(&files);
	return status;
}
