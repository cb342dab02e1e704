/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SAY_H_
#define _SAY_H_

/**
 * @file Error messages of all programs have one form: a line that begins with the program's name.
 */

/**
 * Print the program's name and a message to standard error. @return @p rc, for the caller to
 * return.
 */
int
say_error(int rc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* _SAY_H_ */
