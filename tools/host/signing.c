// SPDX-License-Identifier: GPL-2.0
/*
 * signing.c - whether this kernel loads only modules that are signed: told to by
 * module.sig_enforce, or locked down, as it is with Secure Boot. Reads only.
 */
#include <string.h>

#include "root.h"
#include "signing.h"

bool signing_enforced(void)
{
	char text[128];

	if (root_read_line(text, sizeof(text), "/sys/module/module/parameters/sig_enforce") > 0 &&
	    text[0] == 'Y')
		return true;
	return root_read_line(text, sizeof(text), "/sys/kernel/security/lockdown") > 0 &&
	       !strstr(text, "[none]");
}
