/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <string.h>

#include "server/tcp-table.h"

enum { SERVER = 4001, CLIENT = 50000, INODE = 7 };

static struct tcp_own own;
static struct tcp_table table = {.own = &own};

struct message {
	struct nlmsghdr header;
	struct inet_diag_msg diag;
	struct rtattr attribute;
	char info[sizeof(struct tcp_info)]; /* not aligned, as in the kernel's messages */
};

/* What the kernel says of one end of a connection between the two ports. */
static struct message end(uint16_t from, uint16_t to, uint64_t sent, uint64_t received)
{
	struct tcp_info info = {.tcpi_bytes_sent = sent, .tcpi_bytes_received = received};
	struct message message = {
		.header = {.nlmsg_len = sizeof message},
		.diag = {.idiag_family = AF_INET},
		.attribute = {.rta_len = RTA_LENGTH(sizeof info), .rta_type = INET_DIAG_INFO},
	};

	memcpy(message.info, &info, sizeof info);
	message.diag.id.idiag_sport = htons(from);
	message.diag.id.idiag_dport = htons(to);
	message.diag.id.idiag_src[0] = message.diag.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
	return message;
}

static struct tcp_connection *find(void)
{
	struct upstream_address to = {.port = SERVER};
	uint32_t loopback = htonl(INADDR_LOOPBACK);

	memcpy(&to.ip, &loopback, sizeof loopback);
	return tcp_table_find(&table, CLIENT, &to);
}

static int clear(void **state)
{
	tcp_table_clear(&table);
	table.listens[SERVER] = TCP_OWN;
	return 0;
}

/* The client has reset the connection, so only the server's end is reported, with what it received. */
static void the_server_s_end_tells_what_was_sent(void **state)
{
	struct message ended = end(SERVER, CLIENT, 200, 1500);

	assert_true(tcp_table_server_ended(&table, &ended.header, false));
	assert_non_null(find());
	assert_int_equal(find()->received, 1500);
	assert_int_equal(find()->sent, 0);
	assert_false(find()->ended);
}

static void what_was_sent_before_the_trial_is_no_part_of_it(void **state)
{
	struct message ended = end(SERVER, CLIENT, 200, 1500);

	assert_true(tcp_table_server_ended(&table, &ended.header, true));
	assert_int_equal(find()->received - find()->sent, 0);
	assert_true(find()->ended);
}

static void the_client_s_end_is_no_server_s_end(void **state)
{
	struct message ended = end(CLIENT, SERVER, 1500, 200);

	assert_true(tcp_table_server_ended(&table, &ended.header, false));
	assert_null(find());
}

static void a_later_connection_from_the_same_port_is_another_one(void **state)
{
	struct tcp_connection one = {.inode = INODE};

	assert_true(tcp_connection_is(&one, INODE, false));
	assert_true(tcp_connection_is(&one, 0, true));
	one.received = 1500; /* the report about the server's end came first */
	assert_true(tcp_connection_is(&one, INODE, false));
	assert_true(tcp_connection_is(&one, 0, true));
	assert_false(tcp_connection_is(&one, INODE + 1, false));
	one = (struct tcp_connection){.inode = INODE, .ended = true};
	assert_false(tcp_connection_is(&one, INODE + 1, false));
	assert_false(tcp_connection_is(&one, 0, true));
}

static void a_full_table_is_reported(void **state)
{
	struct message ended = end(SERVER, CLIENT, 200, 1500);

	table.count = TCP_CONNECTIONS_MAX;
	assert_false(tcp_table_server_ended(&table, &ended.header, false));
}

/* The kernel counts the end of what the client sends as a byte. */
static void a_connection_without_a_request_is_not_asked(void **state)
{
	struct message empty = end(SERVER, CLIENT, 0, 1), request = end(SERVER, CLIENT, 0, 2);

	table.proxy_port = SERVER;
	table.proxy_count = 1; /* on all addresses */
	assert_false(tcp_table_was_asked(&table, &empty.header));
	assert_true(tcp_table_was_asked(&table, &request.header));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_server_s_end_tells_what_was_sent, clear),
		cmocka_unit_test_setup(what_was_sent_before_the_trial_is_no_part_of_it, clear),
		cmocka_unit_test_setup(the_client_s_end_is_no_server_s_end, clear),
		cmocka_unit_test_setup(a_later_connection_from_the_same_port_is_another_one, clear),
		cmocka_unit_test_setup(a_full_table_is_reported, clear),
		cmocka_unit_test_setup(a_connection_without_a_request_is_not_asked, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
