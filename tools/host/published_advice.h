/* SPDX-License-Identifier: GPL-2.0 */
/*
 * published_advice.h - what the module advises, parsed and checked. The grammar is
 * that of Documentation/ABI/testing/sysfs-kernel-tcpadvisor.
 */
#ifndef _TCPADVISOR_PUBLISHED_ADVICE_H
#define _TCPADVISOR_PUBLISHED_ADVICE_H

#include <linux/types.h>
#include <stddef.h>

#include "words/key.h"

#define RECOMMEND_MAX	65536	/* bytes: the largest page any kernel has */
#define SUBJECT_MAX	96	/* a key, a listener, a name; with NUL */

/* What is wrong with a text: the line, what stands there, what should. */
struct fault {
	unsigned int line;	/* from 1 */
	char found[80];		/* printable, cut if long */
	const char *why;	/* what was expected, or what to do */
};

enum remark_kind {
	REMARK_KEY,		/* subject is a sysctl on the allow-list */
	REMARK_LISTENER,	/* subject is a listener's directory name */
	REMARK_NOT,		/* a negative answer; subject is what it is about */
	REMARK_OTHER,		/* any other comment; no subject */
};

/* A block of comment lines, joined by blanks. */
struct remark {
	enum remark_kind kind;
	char subject[SUBJECT_MAX];
	__u64 inode;		/* REMARK_LISTENER */
	struct value current, proposed;	/* REMARK_KEY */
	const char *text;	/* the reason; never NULL */
};

/* A `key = value` line: allowed, in range, and explained by a remark. */
struct setting {
	const struct key *key;
	struct value value;
	unsigned int line;
};

struct recommend {
	__u64 netns;		/* inode of the namespace it speaks of */
	__u64 generation;
	__u64 window_s;
	struct remark *remark;
	size_t nr_remarks;
	struct setting *setting;
	size_t nr_settings;
	char *pool;		/* the remarks' text */
};

/*
 * Parse @len bytes of @text. 0; -EINVAL with @fault filled in; -ENOMEM. On
 * error @r is empty. Needs recommend_free() after success.
 */
int recommend_parse(const char *text, size_t len, struct recommend *r, struct fault *fault);

void recommend_free(struct recommend *r);

/* The first remark on @subject, or NULL. */
const struct remark *recommend_remark(const struct recommend *r, enum remark_kind kind,
				      const char *subject);

#endif /* _TCPADVISOR_PUBLISHED_ADVICE_H */
