# jobmill as an image: job-serve and all programs of the suite.
#
#	docker build -t jobmill .
#	docker compose up -d          # with PostgreSQL beside it
#
# BASE is any Debian 12.  The system's part may be read-only: what is kept goes
# to /var/lib/jobmill, what is not to /tmp.
ARG BASE=debian:12-slim

FROM ${BASE} AS build
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update -q && apt-get install -qy --no-install-recommends \
	ca-certificates gcc libbrotli-dev libc6-dev libcjson-dev \
	libcurl4-openssl-dev libexpat1-dev libmicrohttpd-dev libpcre2-dev \
	libpq-dev libssl-dev libutf8proc-dev libxxhash-dev libzstd-dev \
	linux-libc-dev make pkgconf zlib1g-dev
# The parts of the pages, where the checkout has not got them already.
COPY package.json package-lock.json /parts/
COPY scripts/web-parts /parts/scripts/
COPY share/www /parts/share/www
RUN [ -e /parts/share/www/vendor/.lock ] || { \
	apt-get install -qy --no-install-recommends npm && \
	{ /parts/scripts/web-parts || { cat /parts/build/npm/log; exit 1; }; }; }
WORKDIR /jobmill
COPY . .
RUN rm -rf share/www/vendor && cp -r /parts/share/www/vendor share/www/ && \
	make -s -j "$(nproc)" PREFIX=/usr all && strip bin/* && \
	make -s PREFIX=/usr DESTDIR=/installed install && \
	rm -r /installed/usr/share/man /installed/usr/share/bash-completion && \
	install -D -m 644 LICENSE /installed/usr/share/doc/jobmill/copyright

FROM ${BASE}
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update -q && apt-get install -qy --no-install-recommends \
	ca-certificates curl jq libbrotli1 libcjson1 libcurl4 libexpat1 \
	libmicrohttpd12 libpcre2-8-0 libpq5 libssl3 libutf8proc2 libxxhash0 \
	libzstd1 util-linux zlib1g && \
	rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin && \
	useradd --system --uid 990 --user-group --home-dir /var/lib/jobmill \
		--shell /usr/sbin/nologin jobmill && \
	install -d -o jobmill -g jobmill -m 700 /var/lib/jobmill
COPY --from=build /installed /
USER jobmill
WORKDIR /var/lib/jobmill
VOLUME /var/lib/jobmill
ENV XDG_STATE_HOME=/var/lib JOBMILL_ENV_FILE=/dev/null \
	JOBMILL_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
	CMD curl -fsS --noproxy '*' -o /dev/null http://127.0.0.1:8080/healthz
CMD ["sh", "-c", "pg-store migrate && exec job-serve --schedule"]
