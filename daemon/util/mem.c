/* SPDX-License-Identifier: MIT */
#include "util/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>

enum { MEM_LARGE_BYTES = 256 * 1024 };

void mem_out(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

static void *mem_checked(void *p)
{
	if (!p) {
		mem_out();
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return mem_checked(malloc(size ? size : 1));
}

void *mem_zero(size_t size)
{
	return mem_checked(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	return mem_checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return mem_checked(strdup(s));
}

char *mem_strndup(const char *s, size_t max)
{
	return mem_checked(strndup(s, max));
}

char *mem_vprintf(const char *format, va_list args)
{
	char *s = NULL;

	if (vasprintf(&s, format, args) < 0) {
		s = NULL;
	}
	return mem_checked(s);
}

char *mem_printf(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = mem_vprintf(format, args);
	va_end(args);
	return s;
}

void mem_init(void)
{
	/* A fixed threshold: otherwise glibc raises it up to 32 MiB when large blocks are freed. */
	mallopt(M_MMAP_THRESHOLD, MEM_LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, 2 * MEM_LARGE_BYTES);
}

void mem_give_back(void)
{
	malloc_trim(0);
}
