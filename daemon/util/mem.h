/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdlib.h>
#include <string.h>

/*
 * Memory. Running out of it ends the process: savecastd is restarted on demand
 * and loses nothing that matters, and every size that a peer can grow is
 * limited elsewhere. So no caller checks for NULL.
 *
 * _cleanup_(x_freep) frees a local when it goes out of scope; MEM_CLEANUP(x)
 * makes the x_freep() for an x_free() that takes NULL.
 */

/* Says so and ends; for what a library could not get. */
void mem_out(void) __attribute__((noreturn));

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_zero(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_resize(void *old, size_t count, size_t size) __attribute__((alloc_size(2, 3)));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull, nonnull));
char *mem_strndup(const char *s, size_t max) __attribute__((malloc, returns_nonnull, nonnull));
char *mem_printf(const char *format, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* To be called first: what is large goes back to the system as it is freed. */
void mem_init(void);
/* Gives what is free back to the system: after much that is small has gone. */
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

/* Takes the pointer out of a variable: the caller of the expression owns it. */
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
