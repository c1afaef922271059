/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/relay.h"

struct pipes {
	int in[2], out[2];
	struct relay relay;
};

static void pipes_open(struct pipes *pipes)
{
	assert_int_equal(pipe2(pipes->in, O_NONBLOCK), 0);
	assert_int_equal(pipe2(pipes->out, O_NONBLOCK), 0);
	relay_init(&pipes->relay, pipes->in[0], pipes->out[1]);
}

static void pipes_close(struct pipes *pipes)
{
	for (int i = 0; i < 2; i++) {
		close(pipes->in[i]);
		close(pipes->out[i]);
	}
}

/* One turn of a caller's loop; never blocks. */
static enum relay_state turn(struct relay *relay)
{
	struct pollfd fds[2];

	relay_poll(relay, fds);
	poll(fds, 2, 0);
	return relay_serve(relay, fds);
}

static void bytes_pass_in_order_and_whole(void **unused)
{
	static unsigned char sent[300000], got[300000];
	static struct pipes pipes;
	size_t written = 0, read_back = 0;
	ssize_t n;

	pipes_open(&pipes);
	for (size_t i = 0; i < sizeof sent; i++) {
		sent[i] = (unsigned char)(i * 7 + i / 251);
	}
	while (read_back < sizeof sent) {
		n = write(pipes.in[1], sent + written,
			sizeof sent - written > 5001 ? 5001 : sizeof sent - written);
		written += n > 0 ? (size_t)n : 0;
		assert_int_equal(turn(&pipes.relay), RELAY_OPEN);
		n = read(pipes.out[0], got + read_back, 3001);
		read_back += n > 0 ? (size_t)n : 0;
	}
	assert_memory_equal(sent, got, sizeof sent);
	assert_int_equal(pipes.relay.passed, sizeof sent);
	pipes_close(&pipes);
}

static void nothing_is_read_while_the_buffer_is_full(void **unused)
{
	static struct pipes pipes;
	static char bytes[RELAY_BYTES_MAX];
	struct pollfd fds[2];
	ssize_t n;

	pipes_open(&pipes);
	for (int i = 0; i < 100; i++) {
		while (write(pipes.in[1], bytes, sizeof bytes) > 0) {
		}
		turn(&pipes.relay);
	}
	assert_int_equal(pipes.relay.end - pipes.relay.begin, RELAY_BYTES_MAX);
	relay_poll(&pipes.relay, fds);
	assert_int_equal(fds[0].fd, -1);
	assert_int_equal(fds[1].events, POLLOUT);
	/* There is room again: it continues. */
	while ((n = read(pipes.out[0], bytes, sizeof bytes)) > 0) {
	}
	turn(&pipes.relay);
	relay_poll(&pipes.relay, fds);
	assert_int_equal(fds[0].fd, pipes.in[0]);
	pipes_close(&pipes);
}

static void what_waits_is_passed_on_before_the_end(void **unused)
{
	static struct pipes pipes;
	char bytes[8];

	pipes_open(&pipes);
	pipes.relay.to = -1; /* there is no sink yet */
	assert_int_equal(write(pipes.in[1], "last", 4), 4);
	close(pipes.in[1]);
	assert_int_equal(turn(&pipes.relay), RELAY_OPEN);
	assert_int_equal(turn(&pipes.relay), RELAY_OPEN);
	assert_true(pipes.relay.moved);
	pipes.relay.to = pipes.out[1];
	assert_int_equal(turn(&pipes.relay), RELAY_ENDED);
	assert_int_equal(read(pipes.out[0], bytes, sizeof bytes), 4);
	pipes_close(&pipes);
}

static void a_sink_without_a_reader_is_noticed_without_bytes(void **unused)
{
	static struct pipes pipes;

	pipes_open(&pipes);
	assert_int_equal(turn(&pipes.relay), RELAY_OPEN);
	close(pipes.out[0]);
	assert_int_equal(turn(&pipes.relay), RELAY_SINK_FAILED);
	assert_int_equal(turn(&pipes.relay), RELAY_SINK_FAILED);
	pipes_close(&pipes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_pass_in_order_and_whole),
		cmocka_unit_test(nothing_is_read_while_the_buffer_is_full),
		cmocka_unit_test(what_waits_is_passed_on_before_the_end),
		cmocka_unit_test(a_sink_without_a_reader_is_noticed_without_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
