/* SPDX-License-Identifier: GPL-2.0 */
/*
 * catalogue_rst.h - the catalogue as Documentation/recommendations.rst.
 *
 * Does not: add to what catalogue.def says, but for headings and a preface.
 */
#ifndef _CATALOGUE_RST_H
#define _CATALOGUE_RST_H

#include <stdio.h>

/* Write the whole page. */
void catalogue_rst(FILE *out);

#endif /* _CATALOGUE_RST_H */
