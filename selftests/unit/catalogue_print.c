// SPDX-License-Identifier: GPL-2.0
/*
 * catalogue_print.c - the program that prints the catalogue: `make catalogue`.
 */
#include "catalogue_rst.h"

int main(void)
{
	catalogue_rst(stdout);
	return ferror(stdout);
}
