/* SPDX-License-Identifier: MIT */
#include "proof/key.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define LOG_MODULE "key"
#include "base/log.h"

/* Returns NULL and the key, or why this is none. */
static const char *key_read(struct proof_key *key, const char *name)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	size_t length;
	int r = file_read(name, PROOF_KEY_DIGITS + 1, &text, &length);

	if (r < 0) {
		return strerror(-r);
	}
	if (stat(name, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		return "others could read it";
	}
	if (length > 0 && text[length - 1] == '\n') {
		text[length - 1] = '\0';
	}
	return proof_key_read(key, text) < 0 ? "is no key" : NULL;
}

static int key_make(struct proof_key *key, const char *name)
{
	char text[PROOF_KEY_DIGITS + 2];

	if (getrandom(key->bytes, PROOF_KEY_BYTES, 0) != PROOF_KEY_BYTES) {
		return -EIO;
	}
	proof_key_write(key, text);
	strcat(text, "\n");
	return file_replace(name, text, strlen(text));
}

int key_load(struct proof_key *key, const char *folder)
{
	_cleanup_free_ char *name = folder ? mem_printf("%s/savecast/key", folder) : NULL;
	const char *why;
	int r;

	if (!name) {
		return -ENOENT; /* the state has said so */
	}
	if (access(name, F_OK) == 0) {
		why = key_read(key, name);
		if (!why) {
			return 0;
		}
		log_error("%s: %s: replaced by a new one: browsers must pair again, in the "
			  "extension's settings",
			name, why);
	}
	r = key_make(key, name);
	if (r < 0) {
		log_warning("%s: %s: browsers cannot tell this daemon from another user's", name,
			strerror(-r));
	}
	return r;
}
