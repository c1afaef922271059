/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Proves to a browser that it is connected to this user's daemon, and not to another user's
 * process on the same port: the proof of protocol/websocket.md, an HMAC-SHA256 with a key that
 * both have stored since they were paired. Pure; the only files that use libcrypto.
 */

#include <stdint.h>

enum {
	PROOF_KEY_BYTES = 32,
	PROOF_KEY_DIGITS = 2 * PROOF_KEY_BYTES,
	PROOF_DIGITS = 64,
	PROOF_CODE_DIGITS = 9, /* including the dash */
};

struct proof_key {
	uint8_t bytes[PROOF_KEY_BYTES];
};

/* In lower-case hex, with a NUL. */
void proof_key_write(const struct proof_key *key, char text[PROOF_KEY_DIGITS + 1]);
/* Returns -EINVAL if the text has any other form. */
int proof_key_read(struct proof_key *key, const char *text);

/*
 * The proof for the `nonce` of the browser with this `profile`. `instance` identifies this run of
 * the daemon.
 */
void proof_make(const struct proof_key *key, const char *nonce, const char *profile,
	const char *instance, char proof[PROOF_DIGITS + 1]);

/* The code that users compare: "4f7a-91c0". It reveals nothing about the key. */
void proof_code(const struct proof_key *key, char code[PROOF_CODE_DIGITS + 1]);

/*
 * The code of an extension, of the same form: the first digits of SHA-256("savecast.v1 extension"
 * LF origin). The popup of the extension computes the same.
 */
void proof_origin_code(const char *origin, char code[PROOF_CODE_DIGITS + 1]);

/*
 * The daemon's key on disk: $XDG_STATE_HOME/savecast/key, 64 hex digits and a checksum. Only
 * its user may read the file.
 *
 * Reads the key, or creates one if there is none. A key that is damaged, or that others could
 * read, is replaced, which is logged: browsers must pair again then. `folder` is as for
 * state_new(). A key that cannot be stored is used until the daemon ends, which is logged.
 * Returns a negative errno if the file exists but cannot be read now. Blocks; for start-up.
 */
int proof_key_load(struct proof_key *key, const char *folder);
