/* SPDX-License-Identifier: MIT */
#include "cli/call/fault.h"

#include "util/mem.h"

#define FREEDESKTOP "org.freedesktop.DBus.Error."

static bool fault_begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool fault_is_unanswered(const char *name)
{
	return strcmp(name, FREEDESKTOP "NoReply") == 0;
}

enum call_result fault_explain(const char *member, const char *name, const char *text, char **why)
{
	if (strcmp(name, FREEDESKTOP "ServiceUnknown") == 0 ||
		strcmp(name, FREEDESKTOP "NameHasNoOwner") == 0) {
		*why = mem_strdup("daemon: not running and not installed for activation: start "
				  "savecastd, or install savecast");
		return CALL_UNREACHABLE;
	}
	if (fault_begins(name, FREEDESKTOP "Spawn.") ||
		fault_begins(name, "org.freedesktop.systemd1.") ||
		strcmp(name, FREEDESKTOP "TimedOut") == 0) {
		*why = mem_printf("daemon: cannot be started by the bus: %s: run savecastd by "
				  "hand to see why",
			text);
		return CALL_UNREACHABLE;
	}
	if (fault_is_unanswered(name)) {
		*why = mem_printf("%s: no answer: savecastd ended or hangs: 'savecast status' "
				  "shows whether it is back",
			member);
		return CALL_UNREACHABLE;
	}
	if (strcmp(name, FREEDESKTOP "Disconnected") == 0) {
		*why = mem_strdup("session bus: the connection is gone: log in again, or start "
				  "a session bus");
		return CALL_UNREACHABLE;
	}
	if (strcmp(name, FREEDESKTOP "AccessDenied") == 0) {
		*why = mem_printf("session bus: %s: %s", member, text);
		return CALL_UNREACHABLE;
	}
	if (strcmp(name, FREEDESKTOP "UnknownMethod") == 0 ||
		strcmp(name, FREEDESKTOP "UnknownObject") == 0 ||
		strcmp(name, FREEDESKTOP "UnknownInterface") == 0) {
		*why = mem_printf("%s: the running savecastd does not know it: restart it, it "
				  "is older than this command",
			member);
		return CALL_REFUSED;
	}
	*why = mem_strdup(*text ? text : name);
	return CALL_REFUSED;
}
