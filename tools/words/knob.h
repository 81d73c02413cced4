/* SPDX-License-Identifier: GPL-2.0 */
/*
 * knob.h - the catalogue: what tuning guides advise, what is true of it, and
 * what this tool makes of it. An answer for every knob, negative ones too.
 */
#ifndef _TCPADVISOR_KNOB_H
#define _TCPADVISOR_KNOB_H

struct knob {
	const char *name;	/* the sysctl in full, or a common name */
	const char *guides;	/* what guides say */
	const char *truth;	/* what the kernel does */
	const char *signal;	/* what would show that it matters here */
	const char *answer;	/* what tcpadvisor says, and when */
};

/* The entry at @i, or NULL past the end. */
const struct knob *knob_at(unsigned int i);

/*
 * The entry called @name: its full name or, if only one fits, its last part
 * ("somaxconn"). NULL if there is none.
 */
const struct knob *knob_find(const char *name);

/* The two parts of the catalogue; each ends with an entry without a name. */
extern const struct knob knobs_handshake[];
extern const struct knob knobs_host[];

/* What a verdict means: on a listener, on TIME_WAITs, on local ports. */
struct verdict {
	const char *name;
	const char *meaning;
	const char *cure;
	const char *not_cures;	/* popular changes that would not help, and why */
};

/* The entry at @i, or NULL past the end. */
const struct verdict *verdict_at(unsigned int i);

/* The entry of @name, or NULL. */
const struct verdict *verdict_find(const char *name);

#endif /* _TCPADVISOR_KNOB_H */
