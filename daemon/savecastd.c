/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/setting.h"
#include "daemon.h"
#include "dbus/private-bus.h"
#include "util/mem.h"

#define LOG_MODULE "main"
#include "util/log.h"

static void usage(FILE *to)
{
	fputs("Usage: savecastd [--debug] [--private-bus]\n"
	      "       savecastd --settings\n"
	      "Reloads the browser tabs that show the files you save.\n"
	      "\n"
	      "  --debug        log every step of every event\n"
	      "  --private-bus  run a message bus of its own, where there is no session bus,\n"
	      "                 print its address, and listen for browsers on any free port\n"
	      "  --settings     print the reference of all settings (Markdown)\n"
	      "  --help         print this text\n"
	      "  --version      print the version\n"
	      "\n"
	      "Settings: $XDG_CONFIG_HOME/savecast/config, and .savecast in a project's root\n"
	      "(git-config syntax; read again when they change), for example\n"
	      "  savecast set port 7300\n"
	      "  savecast set --project ignore '*.log'\n"
	      "Tracked projects: $XDG_STATE_HOME/savecast/projects.json\n"
	      "Exit status: 0 after a signal, or if the session bus ended; 1 could not start;\n"
	      "  2 wrong usage; 3 another savecastd runs on this bus.\n",
		to);
}

/* Returns 0, or what to exit with. */
static int start_private_bus(void)
{
	_cleanup_free_ char *address = NULL, *why = NULL;
	int r = private_bus_start(&address, &why);

	if (r < 0 && r != -EEXIST) {
		log_error("private bus: %s", why);
		return 1;
	}
	puts(address);
	fflush(stdout);
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	return r < 0 ? 3 : 0;
}

/* Returns -1 to go on, or what to exit with. */
static int read_options(int argc, char **argv, bool *private_bus)
{
	static const struct option options[] = {
		{"debug", no_argument, NULL, 'd'},
		{"private-bus", no_argument, NULL, 'p'},
		{"settings", no_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			log_set_debug(true);
			break;
		case 'p':
			*private_bus = true;
			break;
		case 's':
			setting_document(stdout);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts("savecastd " SAVECAST_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct daemon *daemon;
	bool private_bus = false;
	int r;

	mem_init();
	r = read_options(argc, argv, &private_bus);
	if (r >= 0) {
		return r;
	}
	r = private_bus ? start_private_bus() : 0;
	if (r) {
		return r;
	}
	r = daemon_new(&daemon, private_bus);
	if (r == 0) {
		r = daemon_run(daemon);
	}
	daemon_free(daemon);
	return r == 0 ? 0 : r == -EEXIST ? 3 : 1;
}
