/* SPDX-License-Identifier: GPL-2.0 */
/*
 * warnings.h - what to know before one believes the module's numbers.
 */
#ifndef _TCPADVISOR_WARNINGS_H
#define _TCPADVISOR_WARNINGS_H

/*
 * Show them, if there are any: hooks that are missing or silent, refusals counted
 * for nobody, counts that are not exact, a module of another version. What is of the
 * host is shown once, whatever the number of namespaces.
 */
void show_warnings(void);

#endif /* _TCPADVISOR_WARNINGS_H */
