-- When feeds are due.

alter table feeds add column schedule text,
	add column next_due_at timestamptz;

comment on column feeds.schedule is 'When it is due: an interval (6h) or a line of a crontab; null: only when asked for';
comment on column feeds.next_due_at is 'When it is due next; kept with the schedule and at the end of each run';

create index feeds_due on feeds (next_due_at) where schedule is not null;
