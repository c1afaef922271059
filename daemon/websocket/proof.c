/* SPDX-License-Identifier: MIT */
#include "websocket/proof.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "util/mem.h"

/*
 * The input of each proof begins with its purpose, so that no proof can be used for another
 * purpose.
 */
#define PROOF_OF_DAEMON "savecast.v1 daemon"
#define PROOF_OF_CODE "savecast.v1 code"
#define CODE_OF_EXTENSION "savecast.v1 extension"

enum { HASH_BYTES = 32 };

_Static_assert(PROOF_DIGITS == 2 * HASH_BYTES, "a proof is a SHA-256");

static void write_hex(const uint8_t *bytes, size_t count, char *text)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	}
}

/* -1: not a digit. Upper case is refused, so that a key has only one form. */
static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void proof_key_write(const struct proof_key *key, char text[PROOF_KEY_DIGITS + 1])
{
	write_hex(key->bytes, PROOF_KEY_BYTES, text);
}

int proof_key_read(struct proof_key *key, const char *text)
{
	if (strlen(text) != PROOF_KEY_DIGITS) {
		return -EINVAL;
	}
	for (size_t i = 0; i < PROOF_KEY_BYTES; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			return -EINVAL;
		}
		key->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

static void hash(const struct proof_key *key, const char *text, uint8_t to[HASH_BYTES])
{
	unsigned length = 0;

	if (!HMAC(EVP_sha256(), key->bytes, PROOF_KEY_BYTES, (const uint8_t *)text, strlen(text),
		    to, &length) ||
		length != HASH_BYTES) {
		abort(); /* only possible if memory runs out */
	}
}

void proof_make(const struct proof_key *key, const char *nonce, const char *profile,
	const char *instance, char proof[PROOF_DIGITS + 1])
{
	_cleanup_free_ char *text =
		mem_printf(PROOF_OF_DAEMON "\n%s\n%s\n%s", nonce, profile, instance);
	uint8_t bytes[HASH_BYTES];

	hash(key, text, bytes);
	write_hex(bytes, HASH_BYTES, proof);
}

static void write_code(const uint8_t bytes[HASH_BYTES], char code[PROOF_CODE_DIGITS + 1])
{
	write_hex(bytes, 2, code);
	code[4] = '-';
	write_hex(bytes + 2, 2, code + 5);
}

void proof_code(const struct proof_key *key, char code[PROOF_CODE_DIGITS + 1])
{
	uint8_t bytes[HASH_BYTES];

	hash(key, PROOF_OF_CODE, bytes);
	write_code(bytes, code);
}

void proof_origin_code(const char *origin, char code[PROOF_CODE_DIGITS + 1])
{
	_cleanup_free_ char *text = mem_printf(CODE_OF_EXTENSION "\n%s", origin);
	uint8_t bytes[HASH_BYTES];

	if (!EVP_Digest(text, strlen(text), bytes, NULL, EVP_sha256(), NULL)) {
		abort(); /* only possible if memory runs out */
	}
	write_code(bytes, code);
}
