/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/*
 * Memory. If it runs out, the process ends: savecastd is restarted on demand and loses nothing
 * important, and every size that another process can make grow has a limit elsewhere. So no
 * caller checks for NULL.
 *
 * _cleanup_(x_freep) frees a local when it goes out of scope; MEM_CLEANUP(x) defines
 * x_freep() from an x_free() that accepts NULL.
 */

/* Prints a message and ends the process; for when a library could not allocate. */
void mem_out(void) __attribute__((noreturn));

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_zero(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_resize(void *old, size_t count, size_t size) __attribute__((alloc_size(2, 3)));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull, nonnull));
char *mem_strndup(const char *s, size_t max) __attribute__((malloc, returns_nonnull, nonnull));
char *mem_printf(const char *format, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
char *mem_vprintf(const char *format, va_list args)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

/* To be called first. From then on, large blocks go back to the system when they are freed. */
void mem_init(void);
/* Gives free memory back to the system: after many small blocks were freed. */
void mem_give_back(void);

#define mem_new(type) ((type *)mem_zero(sizeof(type)))

#define _cleanup_(f) __attribute__((cleanup(f)))

#define MEM_CLEANUP(name) MEM_CLEANUP_OF(struct name *, name##_free)
#define MEM_CLEANUP_OF(type, destroy)                                                              \
	static inline void destroy##p(type *p)                                                     \
	{                                                                                          \
		if (*p) {                                                                          \
			destroy(*p);                                                               \
		}                                                                                  \
	}                                                                                          \
	struct mem_cleanup_needs_a_semicolon

static inline void mem_freep(void *p)
{
	free(*(void **)p);
}
#define _cleanup_free_ _cleanup_(mem_freep)

/* Takes the pointer out of a variable, which becomes NULL; whoever uses the result owns it. */
#define mem_steal(p)                                                                               \
	({                                                                                         \
		typeof(p) *mem_steal_from = &(p);                                                  \
		typeof(p) mem_steal_value = *mem_steal_from;                                       \
		*mem_steal_from = NULL;                                                            \
		mem_steal_value;                                                                   \
	})

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define container_of(pointer, type, member)                                                        \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))
