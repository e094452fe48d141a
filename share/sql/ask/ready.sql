-- Whether the store answers.
select to_json(true)
