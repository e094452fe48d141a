# door.jq: job ads in JSON of any known shape, as XML for the map "jobmill".
# In:  documents: an ad, a list of them, or an object with a list of them in
#      it; $shape: auto, or one of the shapes below.
# Out: lines of XML.  What no field of a record takes goes along under its own
#      name, so that it lands in `extra`.

def list: if type == "array" then .[] elif . == null then empty else . end;
def type_of: [."@type"? | list];

# Ads of a document: the known names of lists, JSON-LD's graphs.
def ads:
	if type == "array" then .[] | ads
	elif type != "object" then empty
	elif (."@graph" | type) == "array" then ."@graph"[] | ads
	elif (.itemListElement | type) == "array" then
		.itemListElement[] | (.item? // .) | ads
	elif (.jobs | type) == "array" then .jobs[]
	elif (.offers | type) == "array" then .offers[]
	elif (.postings | type) == "array" then .postings[]
	elif (.results | type) == "array" then .results[]
	elif (.data | type) == "array" then .data[]
	elif (.data.jobs? | type) == "array" then .data.jobs[]
	else . end
	| select(type == "object")
	# what schema.org has beside ads: pages, organisations
	| select((has("@type") | not) or (type_of | index("JobPosting") != null));

def words($between): [list | strings | select(. != "")] | join($between);

# Which shape an ad has, by what only that shape has.
def shape_of:
	if type_of | index("JobPosting") then "jobposting"
	elif has("absolute_url") and has("location") then "greenhouse"
	elif has("hostedUrl") then "lever"
	elif has("careers_url") then "recruitee"
	else "plain" end;

# The fields named are used up; the rest goes along.
def rest(names): with_entries(select(.key | IN(names) | not));

def greenhouse:
	{source_id: .id, title, url: .absolute_url, description: .content,
		company_name, posted_at: (.first_published // .updated_at),
		category: ([.departments[]?.name] | words(", ")),
		place: [{text: .location.name}]}
	+ rest("id", "title", "absolute_url", "content", "company_name",
		"first_published", "location");

def lever:
	{source_id: .id, title: .text, url: .hostedUrl,
		description: ([.description // .descriptionPlain,
			(.lists[]? | "<h3>\(.text // "" | @html)</h3>"
				+ "<ul>\(.content // "")</ul>"),
			.additional // .additionalPlain] | words("\n")),
		employment_type: .categories.commitment,
		category: (.categories.team // .categories.department),
		posted_at: .createdAt, remote: .workplaceType,
		salary_min: .salaryRange.min, salary_max: .salaryRange.max,
		salary_currency: .salaryRange.currency,
		salary_period: (.salaryRange.interval // ""
			| gsub("^per-|-salary$|-wage$"; "")),
		place: [(.categories.allLocations // .categories.location)
			| list | {text: .}]}
	+ rest("id", "text", "hostedUrl", "description", "descriptionPlain",
		"lists", "additional", "additionalPlain", "createdAt",
		"workplaceType", "salaryRange");

def recruitee:
	{source_id: .id, title, company_name, url: .careers_url,
		description: ([.description, .requirements] | words("\n")),
		employment_type: .employment_type_code,
		category: .department, posted_at: (.published_at // .created_at),
		remote: (if .remote == true then "remote"
			elif .hybrid == true then "hybrid" else null end),
		salary_min: .salary.min, salary_max: .salary.max,
		salary_currency: .salary.currency,
		salary_period: .salary.period,
		place: [((.locations | select(type == "array" and length > 0))
				// [.])[]
			| {city, state: (.state_code // .state),
				country: (.country_code // .country),
				postal_code, text: .location}]}
	+ rest("id", "title", "company_name", "careers_url", "description",
		"requirements", "department", "published_at", "salary",
		"locations", "city", "state", "state_code", "country",
		"country_code", "postal_code", "employment_type_code");

# schema.org: a value may be text, an object with a name, or a list of either.
def name: if type == "object" then (.name // .value // ."@id")
	elif type == "array" then (map(name) | words(", ")) else . end;

def address:
	if type == "string" then {text: .}
	else (.address // .) | if type == "string" then {text: .}
		else {city: .addressLocality, state: .addressRegion,
			country: (.addressCountry | name),
			postal_code: .postalCode} end end;

def amounts: .baseSalary as $s | ($s.value? // $s)
	| if type == "object" then
		{salary_min: (.minValue // .value), salary_max: (.maxValue // .value),
			salary_period: .unitText,
			salary_currency: ($s.currency? // .currency)}
	elif . == null then {} else {salary: tostring} end;

def jobposting:
	{source_id: (.identifier | if type == "object" then (.value // name)
			else name end), title: (.title // .name),
		company_name: (.hiringOrganization | name),
		description, url: (.url // ."@id" // .mainEntityOfPage),
		employment_type: (.employmentType | words(", ")),
		remote: (if .jobLocationType == "TELECOMMUTE" then "remote"
			else .jobLocationType end),
		posted_at: .datePosted, expires_at: .validThrough,
		category: (.occupationalCategory // .industry | name),
		company_logo_url: (.hiringOrganization.logo?
			| if type == "object" then (.url // .contentUrl) else . end),
		place: [.jobLocation | list | address]}
	+ amounts
	| .source_id //= .url;

def jobposting_all: . as $ad | jobposting
	+ ($ad | rest("title", "name", "description", "url", "datePosted",
		"validThrough", "employmentType", "jobLocation", "identifier",
		"baseSalary", "occupationalCategory", "jobLocationType",
		"@context", "@type"));

# Names that plain exports give the fields, without case, blanks, - and _.
def synonyms: {
	source_id: ["sourceid", "id", "jobid", "reference", "referencenumber",
		"referenceid", "ref", "jobref", "jobreference", "externalid",
		"guid", "requisitionid", "vacancyid"],
	title: ["title", "jobtitle", "position", "name", "vacancytitle"],
	company_name: ["companyname", "company", "employer", "organisation",
		"organization", "advertiser"],
	description: ["description", "jobdescription", "body", "content",
		"summary", "advert", "text"],
	url: ["url", "link", "applyurl", "joburl", "applicationurl", "applylink"],
	employment_type: ["employmenttype", "jobtype", "contracttype",
		"contract", "schedule", "type"],
	status: ["status", "jobstatus"],
	remote: ["remote", "isremote", "remotetype", "workplacetype"],
	salary: ["salary", "pay", "compensation", "wage"],
	salary_min: ["salarymin", "minsalary", "salaryfrom", "minpay"],
	salary_max: ["salarymax", "maxsalary", "salaryto", "maxpay"],
	salary_currency: ["salarycurrency", "currency"],
	salary_period: ["salaryperiod", "payperiod", "salaryunit", "per"],
	posted_at: ["postedat", "date", "posted", "dateposted", "publishdate",
		"published", "publishedat", "createdat", "pubdate"],
	expires_at: ["expiresat", "expirydate", "expirationdate", "expires",
		"validthrough", "closingdate", "deadline"],
	category: ["category", "industry", "department", "sector", "function"],
	cpc: ["cpc"],
	company_logo_url: ["companylogourl", "logo", "logourl", "companylogo"],
	city: ["city", "town"],
	region: ["state", "region", "province", "county"],
	country: ["country", "countrycode"],
	postal_code: ["postalcode", "postcode", "zip", "zipcode"],
	where: ["location", "joblocation", "place", "address", "locationtext"]};

def field_of: reduce (synonyms | to_entries[]) as $s ({};
	reduce $s.value[] as $name (.; .[$name] = $s.key));

def place_of: if type == "object" then {city, state, country, postal_code, text}
	else {text: .} end;

# The first column with a field's name is the field; a second one goes along.
def plain($fields):
	reduce to_entries[] as $e ({field: {}, more: {}};
		$fields[$e.key | ascii_downcase | gsub("[ _-]"; "")] as $f
		| if $f != null and .field[$f] == null and ($e.value | . != null
			and . != "") then .field[$f] = $e.value
		else .more[$e.key] = $e.value end)
	| .more as $more | .field
	| (if .where == null or (.where | type) == "string"
		then [{city, state: .region, country, postal_code, text: .where}]
		else [.where | list | place_of] end) as $places
	| del(.city, .region, .country, .postal_code, .where)
	+ {place: (if ($more.locations | type) == "array"
		and ($places | all(all(. == null)))
		then [$more.locations[] | place_of] else $places end)}
	+ ($more | if (.locations | type) == "array" then del(.locations) else . end);

# XML: a value at a time, with what XML can't hold taken out.
def clean: if test("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]")
	then gsub("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]"; " ")
	else . end;

def element_name: gsub("[^A-Za-z0-9_.-]"; "_")
	| if test("^[A-Za-z_]") then . else "_" + . end;

def element($name):
	if . == null then empty
	elif type == "array" then .[] | element($name)
	elif type == "object" then "<\($name)>"
		+ ([to_entries[] | .key as $k | .value
			| element($k | element_name)] | join(""))
		+ "</\($name)>"
	else "<\($name)>\(tostring | clean | @html)</\($name)>" end;

field_of as $fields | inputs | ads
| (if $shape == "auto" then shape_of else $shape end) as $kind
| (if $kind == "greenhouse" then greenhouse
	elif $kind == "lever" then lever
	elif $kind == "recruitee" then recruitee
	elif $kind == "jobposting" then jobposting_all
	else plain($fields) end)
| element("job")
