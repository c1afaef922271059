/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How a browser knows that it talks to this user's daemon, and not to another user's
 * process that has taken the port: the proof of protocol/websocket.md, HMAC-SHA256 with a
 * key that both have kept since they were paired. Pure; the only files that use libcrypto.
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
/* -EINVAL unless the text is exactly that. */
int proof_key_read(struct proof_key *key, const char *text);

/* The answer to `nonce`, from the browser with this profile, in this run of the daemon. */
void proof_make(const struct proof_key *key, const char *nonce, const char *profile,
	const char *instance, char proof[PROOF_DIGITS + 1]);

/* The code that users compare: "4f7a-91c0". It reveals nothing about the key. */
void proof_code(const struct proof_key *key, char code[PROOF_CODE_DIGITS + 1]);

/*
 * The daemon's key on disk: $XDG_STATE_HOME/savecast/key, 64 hex digits and a checksum,
 * for nobody but its user to read.
 *
 * Reads it, or makes one where there is none. One that is damaged, or that others
 * could read, is replaced and a message says so: browsers must pair again then.
 * `folder` is as for state_new(). One that cannot be stored is used until the daemon ends
 * (said in the log). Returns -errno if the key is there and cannot be read for the moment.
 * Blocks; for start-up.
 */
int proof_key_load(struct proof_key *key, const char *folder);
