/* SPDX-License-Identifier: MIT */
#include "cli/forward-channel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/mem.h"

enum { READS_OF_ERRORS_MAX = 16 };

struct channel *channel_new(int connection, char *const *command, uint64_t now_usec)
{
	struct channel *channel = mem_new(struct channel);

	channel->command = command;
	channel->connection = connection;
	channel->input = channel->output = channel->errors = -1;
	channel->due_usec = now_usec + CHANNEL_FIRST_BYTE_USEC;
	channel->stuck_usec = CLOCK_NEVER;
	relay_init(&channel->up, connection, -1);
	relay_init(&channel->down, -1, connection);
	return channel;
}

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

void channel_free(struct channel *channel)
{
	if (!channel) {
		return;
	}
	if (channel->pid) {
		kill(channel->pid, SIGTERM); /* and its input ends */
	}
	close_fd(&channel->connection);
	close_fd(&channel->input);
	close_fd(&channel->output);
	close_fd(&channel->errors);
	free(channel);
}

static void channel_exec(const struct channel *channel, pid_t parent, const int ends[3])
{
	sigset_t none;

	for (int fd = 0; fd < 3; fd++) {
		if (dup2(ends[fd], fd) < 0) {
			_exit(127);
		}
	}
	/* In case we are killed: ssh would not notice it until the other side sends something. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) {
		_exit(127);
	}
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(channel->command[0], channel->command);
	dprintf(STDERR_FILENO, "%s: %s\n", channel->command[0], strerror(errno));
	_exit(127);
}

static int channel_start(struct channel *channel, uint64_t now_usec)
{
	int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	pid_t parent = getpid();
	int r = 0;

	for (int i = 0; i < 3 && r == 0; i++) {
		r = pipe2(pipes[i], O_CLOEXEC) < 0 ? -errno : 0;
	}
	if (r == 0) {
		channel->pid = fork();
		if (channel->pid == 0) {
			channel_exec(channel, parent,
				(int[]){pipes[0][0], pipes[1][1], pipes[2][1]});
		}
		r = channel->pid < 0 ? -errno : 0;
	}
	close_fd(&pipes[0][0]);
	close_fd(&pipes[1][1]);
	close_fd(&pipes[2][1]);
	channel->input = pipes[0][1];
	channel->output = pipes[1][0];
	channel->errors = pipes[2][0];
	if (r < 0) {
		channel->pid = 0;
		return r;
	}
	channel->ran = true;
	fcntl(channel->input, F_SETFL, O_NONBLOCK);
	fcntl(channel->output, F_SETFL, O_NONBLOCK);
	fcntl(channel->errors, F_SETFL, O_NONBLOCK);
	channel->up.to = channel->input;
	channel->down.from = channel->output;
	channel->phase = CHANNEL_RUNNING;
	channel->due_usec = now_usec + CHANNEL_ANSWER_USEC;
	return 0;
}

/* Closes all but standard error, which is read until the command has ended. */
static void channel_end(struct channel *channel, uint64_t now_usec)
{
	close_fd(&channel->connection);
	close_fd(&channel->input);
	close_fd(&channel->output);
	channel->phase = channel->pid ? CHANNEL_ENDING : CHANNEL_DONE;
	channel->due_usec = now_usec + CHANNEL_END_USEC;
	channel->stuck_usec = CLOCK_NEVER;
}

static bool relay_waits(const struct relay *relay)
{
	return relay->end > relay->begin;
}

static void channel_note_progress(struct channel *channel, uint64_t now_usec)
{
	size_t passed = channel->up.passed + channel->down.passed;

	if (!relay_waits(&channel->up) && !relay_waits(&channel->down)) {
		channel->stuck_usec = CLOCK_NEVER;
	} else if (passed != channel->passed || channel->stuck_usec == CLOCK_NEVER) {
		channel->stuck_usec = now_usec + CHANNEL_STUCK_USEC;
	}
	channel->passed = passed;
}

static void channel_read_errors(struct channel *channel)
{
	char bytes[1024];
	ssize_t n;

	/* Bounded: a command that never stops writing must not stop everything else. */
	for (int i = 0; i < READS_OF_ERRORS_MAX; i++) {
		n = read(channel->errors, bytes, sizeof bytes);
		if (n <= 0) {
			break;
		}
		for (ssize_t at = 0; at < n; at++) {
			char c = bytes[at];

			if (c == '\n' || c == '\r') {
				channel->said_whole = channel->said_length > 0;
				continue;
			}
			if (channel->said_whole) {
				channel->said_length = 0;
				channel->said_whole = false;
			}
			if (c && channel->said_length < CHANNEL_SAID_MAX) {
				channel->said[channel->said_length++] = c;
				channel->said[channel->said_length] = '\0';
			}
		}
	}
	if (n == 0) {
		close_fd(&channel->errors);
	}
}

void channel_poll(const struct channel *channel, struct pollfd fds[CHANNEL_FDS])
{
	for (int i = 0; i < CHANNEL_FDS; i++) {
		fds[i] = (struct pollfd){.fd = -1};
	}
	fds[4] = (struct pollfd){.fd = channel->errors, .events = POLLIN};
	if (channel->phase == CHANNEL_WAITING || channel->phase == CHANNEL_RUNNING) {
		relay_poll(&channel->up, fds);
	}
	if (channel->phase == CHANNEL_RUNNING) {
		relay_poll(&channel->down, fds + 2);
	}
}

int channel_serve(struct channel *channel, const struct pollfd fds[CHANNEL_FDS], uint64_t now_usec)
{
	enum relay_state up, down;
	int r;

	if (fds[4].revents) {
		channel_read_errors(channel);
	}
	if (channel->phase != CHANNEL_WAITING && channel->phase != CHANNEL_RUNNING) {
		return 0;
	}
	up = relay_serve(&channel->up, fds);
	if (channel->phase == CHANNEL_WAITING && channel->up.moved && up == RELAY_OPEN) {
		r = channel_start(channel, now_usec);
		if (r < 0) {
			channel_end(channel, now_usec);
		}
		return r;
	}
	down = channel->phase == CHANNEL_RUNNING ? relay_serve(&channel->down, fds + 2)
						 : RELAY_OPEN;
	if (up == RELAY_ENDED && channel->input >= 0) {
		close_fd(&channel->input); /* its last bytes are still passed on */
		channel->unwanted = true;
		channel->due_usec = now_usec + CHANNEL_END_USEC;
	}
	if (up == RELAY_SINK_FAILED && channel->input >= 0) {
		close_fd(&channel->input); /* it has ended, most often; its last bytes may wait */
		channel->input_ended = true;
		channel->due_usec = now_usec + CHANNEL_END_USEC;
	}
	if (channel->down.moved && !channel->unwanted && !channel->input_ended) {
		channel->due_usec = CLOCK_NEVER;
	}
	channel_note_progress(channel, now_usec);
	channel->unwanted |= up == RELAY_SOURCE_FAILED || down == RELAY_SINK_FAILED;
	if (channel->phase == CHANNEL_WAITING ? up != RELAY_OPEN
					      : up == RELAY_SOURCE_FAILED || down != RELAY_OPEN) {
		channel_end(channel, now_usec);
	}
	return 0;
}

void channel_reaped(struct channel *channel, int status)
{
	if (channel->errors >= 0) {
		channel_read_errors(channel);
	}
	channel->pid = 0;
	channel->status = status;
	/* Its last bytes are still in the pipe. */
	if (channel->phase == CHANNEL_ENDING) {
		channel->phase = CHANNEL_DONE;
	}
}

uint64_t channel_due(const struct channel *channel)
{
	return channel->due_usec < channel->stuck_usec ? channel->due_usec : channel->stuck_usec;
}

void channel_check(struct channel *channel, uint64_t now_usec)
{
	bool stuck = now_usec >= channel->stuck_usec;

	if (now_usec < channel_due(channel) || channel->phase == CHANNEL_DONE) {
		return;
	}
	if (channel->input_ended && channel->phase == CHANNEL_RUNNING &&
		relay_waits(&channel->down) && !stuck) {
		channel->due_usec = now_usec + CHANNEL_END_USEC; /* for a slow reader */
		return;
	}
	if (channel->phase == CHANNEL_RUNNING && !channel->unwanted &&
		(stuck || !channel->input_ended)) {
		channel->late = channel->down.moved ? "bytes were not read for 30 s"
						    : "no answer within 60 s";
	}
	if (channel->phase != CHANNEL_ENDING) {
		channel_end(channel, now_usec);
		return;
	}
	channel->signal = channel->signal ? SIGKILL : SIGTERM;
	if (channel->pid) {
		kill(channel->pid, channel->signal);
	}
	channel->due_usec = now_usec + CHANNEL_END_USEC;
}

bool channel_answered(const struct channel *channel)
{
	return channel->down.moved;
}

char *channel_failure(const struct channel *channel)
{
	bool failed = channel->late || channel->status != 0 || !channel->down.moved;

	if (channel->unwanted || !channel->ran || !failed) {
		return NULL;
	}
	if (channel->late) {
		return mem_printf("%s: %s", channel->command[0], channel->late);
	}
	if (channel->said_length) {
		return mem_strdup(channel->said);
	}
	return WIFSIGNALED(channel->status)
		? mem_printf("%s: ended by signal %d", channel->command[0],
			  WTERMSIG(channel->status))
		: mem_printf("%s: exit status %d", channel->command[0],
			  WEXITSTATUS(channel->status));
}
