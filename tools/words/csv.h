/* SPDX-License-Identifier: GPL-2.0 */
/*
 * csv.h - comma-separated values, RFC 4180, to standard output.
 */
#ifndef _TCPADVISOR_CSV_H
#define _TCPADVISOR_CSV_H

/* One value, quoted if it must be. */
void csv_cell(const char *text);

#endif /* _TCPADVISOR_CSV_H */
