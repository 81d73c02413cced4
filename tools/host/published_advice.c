// SPDX-License-Identifier: GPL-2.0
/*
 * published_advice.c - the parser of /sys/kernel/tcpadvisor/recommend. It accepts
 * what the ABI document describes and nothing else: one line that it does not
 * understand makes the whole text unusable, because a tool that runs as root
 * must not act on half of an input that somebody may have tampered with.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "words/number.h"
#include "published_advice.h"

#define LINE_MAX_LEN	4096	/* a key with two lists of ports */

struct parser {
	struct recommend *r;
	struct fault *fault;
	char *end;		/* where the pool is used up to */
	bool open;		/* a continuation line has a remark to go to */
	unsigned int line;
};

static int refuse(struct parser *p, const char *found, const char *why)
{
	size_t i, len = strnlen(found, sizeof(p->fault->found) - 1);

	p->fault->line = p->line;
	p->fault->why = why;
	for (i = 0; i < len; i++)
		p->fault->found[i] = found[i] < ' ' || found[i] > '~' ? '?' : found[i];
	p->fault->found[i] = '\0';
	return -EINVAL;
}

/* "name=<digits><unit>" at *@s: the number, and *@s moved past it. */
static int field(char **s, const char *name, const char *unit, __u64 *v)
{
	size_t len = strlen(name), digits;
	char word[24];

	if (strncmp(*s, name, len))
		return -EINVAL;
	*s += len;
	digits = strspn(*s, "0123456789");
	if (digits >= sizeof(word))
		return -EINVAL;
	memcpy(word, *s, digits);
	word[digits] = '\0';
	*s += digits;
	len = strlen(unit);
	if (strncmp(*s, unit, len))
		return -EINVAL;
	*s += len;
	return number_u64(word, v);
}

static int header_refuse(struct parser *p, const char *line)
{
	return refuse(p, line,
		      "expected \"# tcpadvisor netns=N generation=N window=Ns\": are module and tool of the same version?");
}

static int parse_header(struct parser *p, char *line)
{
	char *s = line;

	if (field(&s, "# tcpadvisor netns=", " ", &p->r->netns))
		return header_refuse(p, line);
	/* Before the first sample of a namespace there is no window. */
	if (!strcmp(s, "generation=0"))
		return 0;
	if (field(&s, "generation=", " ", &p->r->generation) ||
	    field(&s, "window=", "s", &p->r->window_s) || *s)
		return header_refuse(p, line);
	return 0;
}

/* Append @text to the last remark. The pool is as large as the whole input. */
static void remark_text(struct parser *p, const char *text)
{
	size_t len = strlen(text);

	memcpy(p->end, text, len + 1);
	p->end += len;
}

static struct remark *remark_new(struct parser *p, enum remark_kind kind)
{
	struct remark *m;

	m = reallocarray(p->r->remark, p->r->nr_remarks + 1, sizeof(*m));
	if (!m)
		return NULL;
	p->r->remark = m;
	m += p->r->nr_remarks++;
	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->text = p->r->nr_remarks > 1 ? ++p->end : p->end;
	*p->end = '\0';
	p->open = true;
	return m;
}

/* Copy the first @len bytes of @s as the subject of @m. */
static int remark_subject(struct remark *m, const char *s, size_t len)
{
	if (!len || len >= sizeof(m->subject))
		return -EINVAL;
	memcpy(m->subject, s, len);
	m->subject[len] = '\0';
	return 0;
}

/* What follows a subject: skip the colon and the blanks before the reason. */
static const char *reason(const char *s)
{
	return s + strspn(s, ": ");
}

static int parse_listener(struct parser *p, char *line, char *s)
{
	struct remark *m = remark_new(p, REMARK_LISTENER);
	size_t len = strcspn(s, " ");

	if (!m)
		return -ENOMEM;
	if (remark_subject(m, s, len))
		return refuse(p, line, "expected \"# listener ADDR:PORT@COOKIE (inode N)\"");
	s += len;
	if (field(&s, " (inode ", ")", &m->inode))
		return refuse(p, line, "expected \"# listener ADDR:PORT@COOKIE (inode N)\"");
	remark_text(p, reason(s));
	return 0;
}

static int parse_not(struct parser *p, char *line, char *s)
{
	struct remark *m = remark_new(p, REMARK_NOT);
	size_t len = strcspn(s, " :");

	if (!m)
		return -ENOMEM;
	if (remark_subject(m, s, len))
		return refuse(p, line, "expected \"# not advised: NAME\"");
	remark_text(p, reason(s + len));
	return 0;
}

/* What is in force, where a list without ports is "-". */
static int parse_current(const char *name, const char *s, struct value *current)
{
	return key_parse(name, strcmp(s, "-") ? s : "", ' ', current);
}

/*
 * "<key> <current> -> <proposed>: <reason>". Whatever is not of this form is
 * some other comment.
 */
static int parse_key_remark(struct parser *p, char *line, char *s)
{
	char *arrow = strstr(s, " -> "), *colon = arrow ? strchr(arrow, ':') : NULL;
	size_t len = strcspn(s, " ");
	char name[KEY_NAME];
	struct remark *m;

	if (!colon || s + len >= arrow || len >= sizeof(name))
		return 0;
	memcpy(name, s, len);
	name[len] = '\0';
	if (!key_find(name))
		return 0;
	m = remark_new(p, REMARK_KEY);
	if (!m)
		return -ENOMEM;
	remark_subject(m, s, len);
	*arrow = '\0';
	*colon = '\0';
	if (parse_current(name, s + len + 1, &m->current) ||
	    key_parse(name, arrow + 4, ' ', &m->proposed))
		return refuse(p, line, "expected \"# KEY CURRENT -> PROPOSED: REASON\"");
	remark_text(p, reason(colon + 1));
	return 0;
}

static int parse_comment(struct parser *p, char *line)
{
	size_t before = p->r->nr_remarks;
	int err;

	if (!strncmp(line, "#   ", 4) && p->open) {
		remark_text(p, " ");
		remark_text(p, line + 4 + strspn(line + 4, " "));
		return 0;
	}
	if (!strncmp(line, "# listener ", 11))
		return parse_listener(p, line, line + 11);
	if (!strncmp(line, "# not advised: ", 15))
		return parse_not(p, line, line + 15);
	if (!strncmp(line, "# ", 2)) {
		err = parse_key_remark(p, line, line + 2);
		if (err || p->r->nr_remarks > before)
			return err;
	}
	if (!remark_new(p, REMARK_OTHER))
		return -ENOMEM;
	remark_text(p, line + 1 + strspn(line + 1, " "));
	return 0;
}

static int setting_check(struct parser *p, const char *line, const struct setting *s)
{
	const struct remark *m;
	size_t i;

	for (i = 0; i < p->r->nr_settings; i++)
		if (p->r->setting[i].key == s->key)
			return refuse(p, line, "the key is set twice");
	switch (key_check(s->key, &s->value)) {
	case 0:
		break;
	case -ERANGE:
		return refuse(p, line, "the value is out of the range that advice may have");
	default:
		return refuse(p, line, "the key takes another number of values, in order");
	}
	for (i = 0; i < p->r->nr_remarks; i++) {
		m = &p->r->remark[i];
		if (m->kind == REMARK_KEY && !strcmp(m->subject, s->key->name) &&
		    value_equal(&m->proposed, &s->value))
			return 0;
	}
	return refuse(p, line, "no comment above explains this value");
}

static int parse_setting(struct parser *p, char *line)
{
	struct setting s = { .line = p->line }, *all;
	char *sep = strstr(line, " = ");
	int err;

	if (!sep)
		return refuse(p, line, "expected a comment or \"key = value\"");
	*sep = '\0';
	s.key = key_find(line);
	if (!s.key)
		return refuse(p, line, "not a key that this tool may set");
	err = key_parse(line, sep + 3, ' ', &s.value);
	if (err)
		return refuse(p, sep + 3, "the value is not a plain number, nor a list of ports");
	err = setting_check(p, line, &s);
	if (err)
		return err;
	all = reallocarray(p->r->setting, p->r->nr_settings + 1, sizeof(s));
	if (!all)
		return -ENOMEM;
	p->r->setting = all;
	all[p->r->nr_settings++] = s;
	p->open = false;
	return 0;
}

static int parse_line(struct parser *p, char *line)
{
	const char *c;

	for (c = line; *c; c++)
		if (*c < ' ' || *c > '~')
			return refuse(p, line, "not printable ASCII");
	if (p->line == 1)
		return parse_header(p, line);
	if (!*line) {
		p->open = false;
		return 0;
	}
	return *line == '#' ? parse_comment(p, line) : parse_setting(p, line);
}

static int parse_lines(struct parser *p, const char *text, size_t len)
{
	char line[LINE_MAX_LEN];
	const char *nl;
	size_t n;
	int err = 0;

	do {
		p->line++;
		nl = memchr(text, '\n', len);
		if (!nl)
			return refuse(p, "", "the text ends before the end of a line");
		n = (size_t)(nl - text);
		if (n >= sizeof(line))
			return refuse(p, "", "the line is too long");
		memcpy(line, text, n);
		line[n] = '\0';
		if (strlen(line) != n)
			return refuse(p, line, "holds a NUL byte");
		err = parse_line(p, line);
		text += n + 1;
		len -= n + 1;
	} while (!err && len);
	return err;
}

int recommend_parse(const char *text, size_t len, struct recommend *r, struct fault *fault)
{
	struct parser p = { .r = r, .fault = fault };
	int err;

	memset(r, 0, sizeof(*r));
	memset(fault, 0, sizeof(*fault));
	fault->why = "";
	r->pool = malloc(2 * len + 2);
	if (!r->pool)
		return -ENOMEM;
	p.end = r->pool;
	*p.end = '\0';
	err = parse_lines(&p, text, len);
	if (err)
		recommend_free(r);
	return err;
}

void recommend_free(struct recommend *r)
{
	free(r->remark);
	free(r->setting);
	free(r->pool);
	memset(r, 0, sizeof(*r));
}

const struct remark *recommend_remark(const struct recommend *r, enum remark_kind kind,
				      const char *subject)
{
	size_t i;

	for (i = 0; i < r->nr_remarks; i++)
		if (r->remark[i].kind == kind && !strcmp(r->remark[i].subject, subject))
			return &r->remark[i];
	return NULL;
}
