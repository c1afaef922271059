/* SPDX-License-Identifier: MIT */
#include "websocket/proof.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"

#define LOG_MODULE "key"
#include "util/log.h"

/* The file: the key, a space and its checksum, in hex; earlier versions had no checksum. */
enum { KEY_TEXT_MAX = PROOF_KEY_DIGITS + 1 + FILE_CHECKSUM_DIGITS + 1 };

static bool sum_is_right(char *text, size_t length)
{
	char digits[FILE_CHECKSUM_DIGITS + 1];

	if (length == PROOF_KEY_DIGITS) {
		return true;
	}
	if (length != KEY_TEXT_MAX - 1 || text[PROOF_KEY_DIGITS] != ' ') {
		return false;
	}
	file_checksum(text, PROOF_KEY_DIGITS, digits);
	if (strcmp(text + PROOF_KEY_DIGITS + 1, digits) != 0) {
		return false;
	}
	text[PROOF_KEY_DIGITS] = '\0';
	return true;
}

/* `why` on error. */
static int key_read(struct proof_key *key, const char *name, const char **why)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	size_t length;
	int r = file_read_own(name, KEY_TEXT_MAX, &text, &length);

	if (r < 0) {
		*why = strerror(-r);
		return r;
	}
	if (stat(name, &st) < 0 || (st.st_mode & 077) != 0) {
		*why = "other users could read it";
		return -EPERM;
	}
	if (length > 0 && text[length - 1] == '\n') {
		text[--length] = '\0';
	}
	*why = "is damaged";
	return sum_is_right(text, length) ? proof_key_read(key, text) : -EINVAL;
}

static int key_make(struct proof_key *key)
{
	return getrandom(key->bytes, PROOF_KEY_BYTES, 0) == PROOF_KEY_BYTES ? 0 : -EIO;
}

static int key_store(const struct proof_key *key, const char *name)
{
	char text[KEY_TEXT_MAX + 1];

	proof_key_write(key, text);
	text[PROOF_KEY_DIGITS] = ' ';
	file_checksum(text, PROOF_KEY_DIGITS, text + PROOF_KEY_DIGITS + 1);
	strcat(text, "\n");
	return file_replace(name, text, strlen(text));
}

int proof_key_load(struct proof_key *key, const char *folder)
{
	_cleanup_free_ char *name = folder ? mem_printf("%s/savecast/key", folder) : NULL;
	const char *why;
	int r;

	if (!name) {
		return key_make(key); /* state.c has logged why it is not stored */
	}
	r = key_read(key, name, &why);
	if (r == 0) {
		return 0;
	}
	if (file_error_passes(-r)) {
		log_error("%s: %s: until the next start, no browser connects: they "
			  "cannot tell this daemon from another user's",
			name, why);
		return r;
	}
	if (r != -ENOENT && r != -ENOTDIR) {
		log_error("%s: %s: replaced by a new one: browsers must pair again, in the "
			  "extension's settings",
			name, why);
	}
	if (key_make(key) < 0) {
		return -EIO;
	}
	r = key_store(key, name);
	if (r < 0) {
		log_warning("%s: %s: the key is lost when the daemon ends: browsers must pair "
			    "again then, in the extension's settings",
			name, strerror(-r));
	}
	return 0;
}
