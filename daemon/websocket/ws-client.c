/* SPDX-License-Identifier: MIT */
#include "websocket/ws-client.h"

#include <string.h>
#include <sys/socket.h>

#include <libwebsockets.h>

#include "util/mem.h"
#include "websocket/inbox.h"

#define LOG_MODULE "ws"
#include "util/log.h"

/*
 * Free memory is given back to the system this long after browsers have disconnected:
 * libwebsockets frees its part later.
 */
#define WS_TIDY_USEC CLOCK_USEC_PER_SEC

enum ws_state {
	WS_OPEN,
	WS_CLOSING, /* waiting messages are still sent, then the close */
	WS_ENDED,   /* nothing more to send or to report; libwebsockets ends it */
};

/* A message to send, with room for a frame header before it; libwebsockets writes that header. */
struct ws_text {
	STAILQ_ENTRY(ws_text) next;
	size_t length;
	unsigned char bytes[]; /* LWS_PRE bytes, then the text */
};

struct ws_client {
	TAILQ_ENTRY(ws_client) all;
	TAILQ_ENTRY(ws_client) waiting;
	struct ws_clients *clients;
	struct lws *wsi;
	void *data;
	enum ws_state state;
	unsigned close_code;
	bool linked;
	bool waits; /* whether it is in clients->waiting */
	uint64_t deadline_usec;
	STAILQ_HEAD(ws_queue, ws_text) queue;
	size_t queued_bytes;
	struct inbox inbox;
};

static void client_wait_no_more(struct ws_client *client)
{
	if (client->waits) {
		TAILQ_REMOVE(&client->clients->waiting, client, waiting);
		client->waits = false;
		if (TAILQ_EMPTY(&client->clients->waiting)) {
			loop_timer_set(client->clients->timer, CLOCK_NEVER);
		}
	}
}

/* Invariant: while a client waits, the timer is armed for the first deadline or earlier. */
static void client_wait(struct ws_client *client)
{
	struct ws_client_list *waiting = &client->clients->waiting;
	bool was_empty = TAILQ_EMPTY(waiting);

	if (client->waits) {
		TAILQ_REMOVE(waiting, client, waiting);
	}
	client->waits = true;
	client->deadline_usec = clock_now_usec() + WS_STUCK_USEC;
	TAILQ_INSERT_TAIL(waiting, client, waiting);
	if (was_empty) {
		loop_timer_set(client->clients->timer, client->deadline_usec);
	}
}

static struct ws_text *text_new(const char *text)
{
	size_t length = strlen(text);
	struct ws_text *new = mem_alloc(sizeof *new + LWS_PRE + length);

	new->length = length;
	memcpy(new->bytes + LWS_PRE, text, length);
	return new;
}

/* Takes the text. Negative: the connection must be closed. */
static int text_write(struct ws_client *client, struct ws_text *text)
{
	int n = lws_write(client->wsi, text->bytes + LWS_PRE, text->length, LWS_WRITE_TEXT);

	free(text);
	return n;
}

/* How much a waiting message counts: an empty one uses memory too. */
static size_t queue_cost(const struct ws_text *text)
{
	return text->length + sizeof *text;
}

static struct ws_text *queue_pop(struct ws_client *client)
{
	struct ws_text *first = STAILQ_FIRST(&client->queue);

	STAILQ_REMOVE_HEAD(&client->queue, next);
	client->queued_bytes -= queue_cost(first);
	return first;
}

static void queue_drop(struct ws_client *client)
{
	while (!STAILQ_EMPTY(&client->queue)) {
		free(queue_pop(client));
	}
}

static void client_end(struct ws_client *client)
{
	client->state = WS_ENDED;
	queue_drop(client);
	client_wait_no_more(client);
}

/* Cuts a connection whose socket accepts no data; drops the data in the kernel's buffer. */
static void client_cut(struct ws_client *client)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	client_end(client);
	setsockopt(lws_get_socket_fd(client->wsi), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	lws_set_timeout(client->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void client_give_up(struct ws_client *client, const char *why)
{
	log_info("browser: %s: closed", why);
	queue_drop(client);
	ws_client_close(client, WS_POLICY);
}

static void on_deadline(void *userdata)
{
	struct ws_clients *clients = userdata;
	struct ws_client *client;
	uint64_t now = clock_now_usec();

	while ((client = TAILQ_FIRST(&clients->waiting)) && client->deadline_usec <= now) {
		if (client->state == WS_OPEN) {
			client_give_up(client, "does not read");
		} else {
			client_cut(client);
		}
	}
	if (client) {
		loop_timer_set(clients->timer, client->deadline_usec);
	}
}

static void on_tidy(void *userdata)
{
	mem_give_back();
}

void ws_clients_init(struct ws_clients *clients, struct loop *loop)
{
	TAILQ_INIT(&clients->all);
	TAILQ_INIT(&clients->waiting);
	clients->timer = loop_timer_new(loop, on_deadline, clients);
	clients->tidy = loop_timer_new(loop, on_tidy, clients);
}

void ws_clients_deinit(struct ws_clients *clients)
{
	loop_timer_free(clients->timer);
	loop_timer_free(clients->tidy);
	clients->timer = clients->tidy = NULL;
}

struct ws_client *ws_client_new(struct ws_clients *clients, struct lws *wsi)
{
	struct ws_client *client = mem_new(struct ws_client);

	client->clients = clients;
	client->wsi = wsi;
	client->linked = true;
	STAILQ_INIT(&client->queue);
	TAILQ_INSERT_TAIL(&clients->all, client, all);
	return client;
}

void ws_client_unlink(struct ws_client *client)
{
	client_end(client);
	if (client->linked) {
		TAILQ_REMOVE(&client->clients->all, client, all);
		client->linked = false;
	}
}

void ws_client_free(struct ws_client *client)
{
	ws_client_unlink(client);
	inbox_clear(&client->inbox);
	loop_timer_set(client->clients->tidy, clock_now_usec() + WS_TIDY_USEC);
	free(client);
}

struct lws *ws_client_wsi(const struct ws_client *client)
{
	return client->wsi;
}

void ws_client_set_data(struct ws_client *client, void *data)
{
	client->data = data;
}

void *ws_client_data(const struct ws_client *client)
{
	return client->data;
}

/* Takes the text and writes it now; libwebsockets stores the part that the socket refuses. */
static void client_write(struct ws_client *client, struct ws_text *text)
{
	if (text_write(client, text) < 0) {
		client_cut(client);
	} else if (lws_partial_buffered(client->wsi)) {
		client_wait(client);
		lws_callback_on_writable(client->wsi);
	}
}

void ws_client_send(struct ws_client *client, const char *text)
{
	struct ws_text *copy;

	if (client->state != WS_OPEN) {
		return;
	}
	copy = text_new(text);
	if (!client->waits && !lws_partial_buffered(client->wsi)) {
		client_write(client, copy);
		return;
	}
	client->queued_bytes += queue_cost(copy);
	STAILQ_INSERT_TAIL(&client->queue, copy, next);
	if (client->queued_bytes > WS_QUEUE_BYTES_MAX) {
		client_give_up(client, "too much waits for it");
		return;
	}
	if (!client->waits) {
		client_wait(client);
	}
	lws_callback_on_writable(client->wsi);
}

void ws_client_close(struct ws_client *client, unsigned code)
{
	if (client->state != WS_OPEN) {
		return;
	}
	client->state = WS_CLOSING;
	client->close_code = code;
	client_wait(client);
	lws_callback_on_writable(client->wsi);
}

/* libwebsockets calls this only when it has written earlier messages completely. */
int ws_client_on_writable(struct ws_client *client)
{
	if (client->state == WS_ENDED) {
		return 0;
	}
	if (!STAILQ_EMPTY(&client->queue)) {
		if (text_write(client, queue_pop(client)) < 0) {
			return -1;
		}
		lws_callback_on_writable(client->wsi);
		if (client->state == WS_OPEN) {
			client_wait(client);
		}
		return 0;
	}
	if (client->state == WS_CLOSING) {
		/* libwebsockets limits the time for the answer to our close to 5 s. */
		lws_close_reason(client->wsi, (enum lws_close_status)client->close_code, NULL, 0);
		client_end(client);
		return -1;
	}
	client_wait_no_more(client);
	return 0;
}

void ws_client_on_peer_close(struct ws_client *client)
{
	client_end(client);
}

bool ws_client_on_data(struct ws_client *client, const char *in, size_t length,
	const char **text, size_t *text_length, char **owned)
{
	*owned = NULL;
	if (client->state != WS_OPEN) {
		return false;
	}
	if (lws_frame_is_binary(client->wsi)) {
		ws_client_close(client, WS_UNACCEPTABLE);
		return false;
	}
	switch (inbox_add(&client->inbox, in, length, lws_remaining_packet_payload(client->wsi),
		lws_is_final_fragment(client->wsi), text, text_length, owned)) {
	case INBOX_MORE:
		return false;
	case INBOX_COMPLETE:
		return true;
	case INBOX_TOO_BIG:
		ws_client_close(client, WS_TOO_BIG);
		return false;
	case INBOX_NOT_UTF8:
		ws_client_close(client, WS_NOT_UTF8);
		return false;
	}
	return false;
}

void ws_client_flush(struct ws_client *client, unsigned code)
{
	unsigned char frame[] = {0x88, 2, 0, 0}; /* libwebsockets would send the close only later */

	if (client->state == WS_ENDED) {
		return;
	}
	if (client->state == WS_CLOSING) {
		code = client->close_code;
	}
	while (!STAILQ_EMPTY(&client->queue) && !lws_partial_buffered(client->wsi)) {
		if (text_write(client, queue_pop(client)) < 0) {
			return;
		}
	}
	if (!lws_partial_buffered(client->wsi)) {
		frame[2] = (unsigned char)(code >> 8);
		frame[3] = (unsigned char)code;
		send(lws_get_socket_fd(client->wsi), frame, sizeof frame,
			MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}
