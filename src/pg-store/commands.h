/*
 * commands.h - the subcommands of pg-store
 *
 * Each takes its own name, or the second word of it, as ARGV[0], parses its
 * options and returns the status to exit with.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

int cmd_migrate(int argc, char *argv[]);
int cmd_feed_add(int argc, char *argv[]);
int cmd_feed_list(int argc, char *argv[]);
int cmd_feed_show(int argc, char *argv[]);
int cmd_feed_set(int argc, char *argv[]);
int cmd_feed_enable(int argc, char *argv[]);
int cmd_feed_disable(int argc, char *argv[]);
int cmd_feed_due(int argc, char *argv[]);
int cmd_feed_remove(int argc, char *argv[]);
int cmd_begin(int argc, char *argv[]);
int cmd_heartbeat(int argc, char *argv[]);
int cmd_abort(int argc, char *argv[]);
int cmd_recall(int argc, char *argv[]);
int cmd_remember(int argc, char *argv[]);
int cmd_gate(int argc, char *argv[]);
int cmd_stage(int argc, char *argv[]);
int cmd_commit(int argc, char *argv[]);
int cmd_list(int argc, char *argv[]);
int cmd_report(int argc, char *argv[]);
int cmd_review_list(int argc, char *argv[]);
int cmd_review_show(int argc, char *argv[]);
int cmd_review_approve(int argc, char *argv[]);
int cmd_review_reject(int argc, char *argv[]);
int cmd_review_edit(int argc, char *argv[]);
int cmd_review_withdraw(int argc, char *argv[]);
int cmd_review_log(int argc, char *argv[]);
int cmd_trace(int argc, char *argv[]);
int cmd_ask(int argc, char *argv[]);
int cmd_ack(int argc, char *argv[]);
int cmd_forget(int argc, char *argv[]);
int cmd_prune(int argc, char *argv[]);
int cmd_check(int argc, char *argv[]);

#endif
