-- The map of a feed: its name, and the feed's own if it has one.
-- $1 feed_id bigint
select json_build_object('name', map, 'own', options ? 'feed_map',
	'map', (options ->> 'feed_map')::json)
from jobmill.feeds where feed_id = $1
