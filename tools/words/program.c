// SPDX-License-Identifier: GPL-2.0
/*
 * program.c - what in a program's own configuration sets its backlog: the one place
 * that knows programs by name. Each entry says where that is documented.
 */
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "template.h"
#include "util.h"

struct program {
	const char *name;	/* the comm; what it starts with if it ends in * */
	const char *where;
	const char *line;	/* {address}, {backlog} */
};

/*
 * PostgreSQL is not among them: its backlog is twice max_connections, and that is how
 * many processes it may have, with memory for each (ListenServerPort() in
 * https://github.com/postgres/postgres, file src/backend/libpq/pqcomm.c).
 */
static const struct program programs[] = {
	/* https://nginx.org/en/docs/http/ngx_http_core_module.html#listen: 511 */
	{ "nginx*", "nginx.conf, once per address", "listen {address} backlog={backlog};" },
	/* https://httpd.apache.org/docs/2.4/mod/mpm_common.html#listenbacklog: 511 */
	{ "apache2", "apache2.conf", "ListenBackLog {backlog}" },
	{ "httpd", "httpd.conf", "ListenBackLog {backlog}" },
	/* https://docs.haproxy.org/2.8/configuration.html#4-backlog: the maxconn */
	{ "haproxy", "haproxy.cfg, in the frontend", "backlog {backlog}" },
	/* https://redmine.lighttpd.net/projects/lighttpd/wiki/Server_listen-backlogDetails */
	{ "lighttpd", "lighttpd.conf", "server.listen-backlog = {backlog}" },
	/* https://raw.githubusercontent.com/redis/redis/7.2/redis.conf: 511 */
	{ "redis-server", "redis.conf", "tcp-backlog {backlog}" },
	{ "valkey-server", "valkey.conf", "tcp-backlog {backlog}" },
	/* https://manpages.debian.org/bookworm/memcached/memcached.1.en.html: 1024 */
	{ "memcached", "its command line or memcached.conf", "-b {backlog}" },
	/* https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_back_log */
	{ "mysqld", "my.cnf, below [mysqld]", "back_log = {backlog}" },
	/* https://mariadb.com/kb/en/server-system-variables/#back_log */
	{ "mariadbd", "my.cnf, below [mariadbd]", "back_log = {backlog}" },
	/* https://www.php.net/manual/en/install.fpm.configuration.php#listen-backlog: 511 */
	{ "php-fpm*", "the pool's configuration", "listen.backlog = {backlog}" },
	/* https://docs.gunicorn.org/en/stable/settings.html#backlog: 2048 */
	{ "gunicorn*", "its command line", "--backlog {backlog}" },
	/* https://www.uvicorn.org/settings/: 2048 */
	{ "uvicorn*", "its command line", "--backlog {backlog}" },
	/* https://uwsgi-docs.readthedocs.io/en/latest/Options.html#listen: 100 */
	{ "uwsgi*", "its configuration, below [uwsgi]", "listen = {backlog}" },
	/* https://nodejs.org/api/net.html#serverlisten: 511 */
	{ "node*", "its source", "server.listen({ port, backlog: {backlog} })" },
	/*
	 * https://tomcat.apache.org/tomcat-10.1-doc/config/http.html: 100, and
	 * https://netty.io/4.1/api/io/netty/channel/ChannelOption.html
	 */
	{ "java", "server.xml for Tomcat; Netty has ChannelOption.SO_BACKLOG",
	  "<Connector acceptCount=\"{backlog}\" ...>" },
	/* systemd.socket(5): as much as net.core.somaxconn allows */
	{ "systemd", "the .socket unit, below [Socket]", "Backlog={backlog}" },
};

static bool is_called(const char *name, const char *program)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '*')
		return !strncmp(name, program, len - 1);
	return !strcmp(name, program);
}

const char *program_setting(const char *program, const char *address, __u64 backlog, char *line)
{
	char number[24];
	const struct blank blanks[] = {
		{ "{address}", address }, { "{backlog}", number }, { NULL, NULL },
	};
	size_t i;

	snprintf(number, sizeof(number), "%llu", backlog);
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!is_called(programs[i].name, program))
			continue;
		template_fill(line, PROGRAM_LINE, programs[i].line, blanks);
		return programs[i].where;
	}
	return NULL;
}
