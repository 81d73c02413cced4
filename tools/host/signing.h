/* SPDX-License-Identifier: GPL-2.0 */
/*
 * signing.h - whether this kernel loads only modules that are signed.
 */
#ifndef _TCPADVISOR_SIGNING_H
#define _TCPADVISOR_SIGNING_H

#include <stdbool.h>

/* True if it refuses modules without a signature by a key that it knows. Silent. */
bool signing_enforced(void);

#endif /* _TCPADVISOR_SIGNING_H */
