/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mibs.h - the kernel's counters that are attributed.
 *
 * Job: name them.
 * Context: any.
 * Does not: read them (mib_snapshot.h).
 */
#ifndef _TCPA_MIBS_H
#define _TCPA_MIBS_H

/* The counters that are attributed; names in tcpa_mib_name(). */
enum tcpa_mib {
	TCPA_MIB_OVERFLOWS,	/* ListenOverflows */
	TCPA_MIB_DROPS,		/* ListenDrops */
	TCPA_MIB_QFULL_DROP,	/* TCPReqQFullDrop */
	TCPA_MIB_QFULL_COOKIE,	/* TCPReqQFullDoCookies */
	TCPA_MIB_COOKIES_SENT,	/* SyncookiesSent */
	TCPA_MIBS
};

struct tcpa_mibs {
	unsigned long v[TCPA_MIBS];
};

#endif /* _TCPA_MIBS_H */
