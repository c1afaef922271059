/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <string.h>

#include "server/tcp-table.h"
#include "server/upstream-family.h"

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

static struct message waiting(
	uint64_t sent, uint64_t received, uint32_t since_sent, uint32_t since_received)
{
	struct message message = end(CLIENT, SERVER, sent, received);
	struct tcp_info info = {
		.tcpi_bytes_sent = sent,
		.tcpi_bytes_received = received,
		.tcpi_last_data_sent = since_sent,
		.tcpi_last_data_recv = since_received,
	};

	memcpy(message.info, &info, sizeof info);
	return message;
}

static void who_has_asked_last_waits_for_an_answer(void **state)
{
	struct message none = waiting(0, 0, 9, 9), asked = waiting(100, 50, 8, 12),
		       answered = waiting(100, 50, 12, 8), together = waiting(100, 50, 8, 8),
		       first = waiting(100, 0, 8, 8), ended = waiting(0, 1, 9, 9);

	assert_int_equal(tcp_waits_of(&none.header, true), TCP_WAITS_NOT);
	assert_int_equal(tcp_waits_of(&asked.header, true), TCP_WAITS);
	assert_int_equal(tcp_waits_of(&answered.header, true), TCP_WAITS_NOT);
	assert_int_equal(tcp_waits_of(&together.header, true), TCP_WAITS_PERHAPS);
	assert_int_equal(tcp_waits_of(&first.header, true), TCP_WAITS);
	/* From the server's end, it is the other way round. */
	assert_int_equal(tcp_waits_of(&asked.header, false), TCP_WAITS_NOT);
	assert_int_equal(tcp_waits_of(&answered.header, false), TCP_WAITS);
	/* A client that has sent only the end has asked nothing. */
	assert_int_equal(tcp_waits_of(&ended.header, false), TCP_WAITS_NOT);
}

static void the_kernel_s_count_of_opened_connections_is_read(void **state)
{
	static const char text[] =
		"Ip: Forwarding DefaultTTL\nIp: 1 64\n"
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails\n"
		"Tcp: 1 200 120000 -1 2137 18446744073709551615 575\n";
	struct tcp_opens opens;

	assert_true(tcp_opens_parse(text, &opens));
	assert_int_equal(opens.opened, 2137);
	assert_int_equal(opens.accepted, UINT64_MAX);
	assert_false(tcp_opens_parse("", &opens));
	assert_false(tcp_opens_parse(
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens ", &opens));
	assert_false(tcp_opens_parse(
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn Other\nTcp: 1 2 3 4 5 6\n", &opens));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_server_s_end_tells_what_was_sent, clear),
		cmocka_unit_test_setup(what_was_sent_before_the_trial_is_no_part_of_it, clear),
		cmocka_unit_test_setup(the_client_s_end_is_no_server_s_end, clear),
		cmocka_unit_test_setup(a_later_connection_from_the_same_port_is_another_one, clear),
		cmocka_unit_test_setup(a_full_table_is_reported, clear),
		cmocka_unit_test(who_has_asked_last_waits_for_an_answer),
		cmocka_unit_test(the_kernel_s_count_of_opened_connections_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
