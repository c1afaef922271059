/* SPDX-License-Identifier: MIT */
#include "server/listen-news.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "server/sock-diag.h"
#include "util/mem.h"

enum { LISTENING = 1 << 10 }; /* a state of tcp(7), as a bit */

struct look {
	const struct listen_news *before;
	struct listen_news now;
	uint64_t now_usec;
};

static const struct listen_port *find(const struct listen_news *news, uint16_t port)
{
	for (size_t i = 0; i < news->count; i++) {
		if (news->ports[i].port == port) {
			return &news->ports[i];
		}
	}
	return NULL;
}

static void take_listener(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct look *look = userdata;
	uint16_t port = ntohs(message->id.idiag_sport);
	const struct listen_port *before = find(look->before, port);

	if (message->idiag_uid != geteuid() || look->now.count == LISTEN_NEWS_PORTS_MAX ||
		find(&look->now, port)) {
		return;
	}
	look->now.ports[look->now.count++] = (struct listen_port){
		.port = port,
		.since_usec = before           ? before->since_usec
			: look->before->looked ? look->now_usec
					       : 0,
	};
}

void listen_news_look(struct listen_news *news, uint64_t now_usec)
{
	struct look look = {.before = news, .now = {.looked = true}, .now_usec = now_usec};
	struct sock_diag diag;

	if (sock_diag_open(&diag) < 0) {
		return;
	}
	if (sock_diag_list(&diag, &(struct sock_diag_question){.states = LISTENING}, take_listener,
		    &look) == 0) {
		*news = look.now;
	}
	sock_diag_close(&diag);
}

bool listen_news_since(const struct listen_news *news, uint64_t usec)
{
	for (size_t i = 0; i < news->count; i++) {
		if (news->ports[i].since_usec > usec) {
			return true;
		}
	}
	return false;
}
