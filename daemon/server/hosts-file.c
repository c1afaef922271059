/* SPDX-License-Identifier: MIT */

#include <errno.h>

#include "config/file-watch.h"
#include "server/hosts.h"
#include "util/file.h"
#include "util/mem.h"

struct hosts_file {
	struct loop *loop;
	hosts_changed_fn *changed;
	void *userdata;
	struct file_watcher *watcher;
	struct file_watch *watch; /* NULL until the first call */
	char *text; /* NULL if it has not been read */
	int error;
};

struct hosts_file *hosts_file_new(struct loop *loop, hosts_changed_fn *changed, void *userdata)
{
	struct hosts_file *hosts = mem_new(struct hosts_file);

	*hosts = (struct hosts_file){.loop = loop, .changed = changed, .userdata = userdata};
	return hosts;
}

void hosts_file_free(struct hosts_file *hosts)
{
	if (!hosts) {
		return;
	}
	file_watch_free(hosts->watch);
	file_watcher_free(hosts->watcher);
	free(hosts->text);
	free(hosts);
}

static bool hosts_file_read(struct hosts_file *hosts, bool stays_so)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	int r = file_read("/etc/hosts", HOSTS_BYTES_MAX, &text, &length);

	if (!stays_so && (r == -ENOENT || (r == 0 && length == 0))) {
		return false;
	}
	free(hosts->text);
	hosts->text = mem_steal(text);
	hosts->error = r;
	return true;
}

static bool hosts_file_on_change(bool stays_so, void *userdata)
{
	struct hosts_file *hosts = userdata;

	if (!hosts_file_read(hosts, stays_so)) {
		return false;
	}
	hosts->changed(hosts->userdata);
	return true;
}

const char *hosts_file_text(struct hosts_file *hosts, const char **why)
{
	if (!hosts->watch) {
		/* It may be a symbolic link, as on NixOS, so its folder is watched too. */
		hosts->watcher = file_watcher_new(hosts->loop);
		hosts->watch = file_watch_new(
			hosts->watcher, "/etc", "hosts", true, hosts_file_on_change, hosts);
		hosts_file_read(hosts, true);
	} else if (!hosts->watcher) {
		hosts_file_read(hosts, true); /* without a watch, nothing reports a change */
	}
	*why = hosts->error == -EFBIG ? "it is larger than 256 KiB"
		: hosts->error < 0    ? strerror(-hosts->error)
				      : NULL;
	return hosts->text ? hosts->text : "";
}
