/* SPDX-License-Identifier: MIT */
#include "route/hosts-file.h"

#include <errno.h>

#include "base/file.h"
#include "base/mem.h"
#include "config/file-watch.h"
#include "route/hosts.h"

struct hosts_file {
	struct loop *loop;
	hosts_changed_fn *changed;
	void *userdata;
	struct file_watcher *watcher;
	struct file_watch *watch; /* NULL before the first question */
	char *text; /* NULL if it was not read */
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

static void hosts_file_read(struct hosts_file *hosts)
{
	size_t length;

	free(mem_steal(hosts->text));
	hosts->error = file_read("/etc/hosts", HOSTS_BYTES_MAX, &hosts->text, &length);
}

static void hosts_file_on_change(void *userdata)
{
	struct hosts_file *hosts = userdata;

	hosts_file_read(hosts);
	hosts->changed(hosts->userdata);
}

const char *hosts_file_text(struct hosts_file *hosts, const char **why)
{
	if (!hosts->watch) {
		/* It may be a symbolic link, as on NixOS: so the folder is watched, too. */
		hosts->watcher = file_watcher_new(hosts->loop);
		hosts->watch = file_watch_new(
			hosts->watcher, "/etc", "hosts", true, hosts_file_on_change, hosts);
		hosts_file_read(hosts);
	} else if (!hosts->watcher) {
		hosts_file_read(hosts); /* nobody tells of a change */
	}
	*why = hosts->error == -EFBIG ? "it is larger than 256 KiB"
		: hosts->error < 0    ? strerror(-hosts->error)
				      : NULL;
	return hosts->text ? hosts->text : "";
}
