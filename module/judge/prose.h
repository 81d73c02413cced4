/* SPDX-License-Identifier: GPL-2.0 */
/*
 * prose.h - the prose of the catalogue, for those who explain: the tool, and
 * Documentation/recommendations.rst. User space only; the kernel does without.
 *
 * Does not: hold a word that catalogue.def does not have.
 */
#ifndef _TCPA_PROSE_H
#define _TCPA_PROSE_H

/* What a verdict means: on a listener, on TIME_WAITs, on ephemeral ports. */
struct tcpa_verdict_prose {
	const char *name;
	const char *meaning;
	const char *cure;
	const char *no_cure;	/* popular changes that would not help, and why */
};

/* A knob: an answer for every one that guides name, negative ones too. */
struct tcpa_knob_prose {
	const char *name;	/* the sysctl in full, or a common name */
	const char *guides;	/* what guides say */
	const char *truth;	/* what the kernel does */
	const char *matters;	/* what would show that it matters here */
	const char *answer;	/* what tcpadvisor says, and when */
};

/* A rule: when it applies, what it proposes, what that costs. */
struct tcpa_rule_prose {
	const char *name;
	const char *says;	/* as in catalogue.h */
	const char *signal;
	const char *threshold;
	const char *arithmetic;
	const char *sets;
	const char *risk;
	const char *undo;
	const char *source;
	int negative;
};

/* The entry at @i in the order of catalogue.def, or NULL past the end. */
const struct tcpa_verdict_prose *tcpa_verdict_prose(unsigned int i);
const struct tcpa_knob_prose *tcpa_knob_prose(unsigned int i);
const struct tcpa_rule_prose *tcpa_rule_prose(unsigned int i);

#endif /* _TCPA_PROSE_H */
