/* SPDX-License-Identifier: MIT */
#include "util/mount-table.h"

#include "util/mem.h"
#include "util/pathname.h"

/* File systems that answer from memory or from a disk of this machine. */
static const char *const local_types[] = {"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs",
	"bcachefs", "zfs", "jfs", "reiserfs", "nilfs2", "tmpfs", "ramfs", "devtmpfs", "rootfs",
	"overlay", "aufs", "squashfs", "erofs", "iso9660", "udf", "vfat", "msdos", "exfat", "ntfs",
	"ntfs3", "hfsplus", "ecryptfs", "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue",
	"hugetlbfs", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs", "efivarfs",
	"binfmt_misc", "fusectl", "nsfs"};

static bool is_local(const char *type)
{
	for (size_t i = 0; i < COUNT_OF(local_types); i++) {
		if (strcmp(type, local_types[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* The kernel writes blanks, tabs, line ends and backslashes as \ooo. */
static void unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' &&
			in[3] >= '0' && in[3] <= '7') {
			*out++ = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 3;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT FOLDER OPTIONS [TAG]... - TYPE SOURCE OPTIONS */
static void read_line(struct mount_table *table, char *line)
{
	char *type = strstr(line, " - "), *at = line;
	struct mount_entry entry;

	if (!type) {
		return;
	}
	*type = '\0';
	type += strlen(" - ");
	type[strcspn(type, " ")] = '\0';
	for (int i = 0; i < 4 && at; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	if (!at || *at != '/') {
		return;
	}
	at[strcspn(at, " ")] = '\0';
	unescape(at);
	if (pathname_is_below(at, "/proc") || pathname_is_below(at, "/sys")) {
		/* No files of the user; systemd mounts kinds there that are not in the list. */
		return;
	}
	entry = (struct mount_entry){.folder = at, .remote = !is_local(type)};
	if (!entry.remote && !mount_table_find(table, at)) {
		return; /* names without an entry are local, too */
	}
	entry.folder = mem_strdup(at);
	table->entries = mem_resize(table->entries, table->count + 1, sizeof entry);
	table->entries[table->count++] = entry;
}

void mount_table_read(struct mount_table *table, const char *text)
{
	_cleanup_free_ char *copy = mem_strdup(text);
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		read_line(table, line);
	}
}

void mount_table_copy(struct mount_table *copy, const struct mount_table *table)
{
	copy->count = table->count;
	copy->entries = mem_zero(table->count * sizeof *copy->entries);
	for (size_t i = 0; i < table->count; i++) {
		copy->entries[i] = table->entries[i];
		copy->entries[i].folder = mem_strdup(table->entries[i].folder);
	}
}

/* The start of each line of `text`, which is changed: "ID PARENT MAJOR:MINOR ROOT FOLDER". */
static char **read_starts(char *text, size_t *count)
{
	size_t lines = 1;
	char **starts, *line;

	for (const char *at = text; (at = strchr(at, '\n')); at++) {
		lines++;
	}
	starts = mem_zero(lines * sizeof *starts);
	*count = 0;
	while ((line = strsep(&text, "\n"))) {
		char *end = line;

		for (int i = 0; i < 4 && end; i++) {
			end = strchr(end, ' ');
			end = end ? end + 1 : NULL;
		}
		if (end && *end == '/') {
			end[strcspn(end, " ")] = '\0';
			starts[(*count)++] = line;
		}
	}
	return starts;
}

static int compare_starts(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void start_found(char *start, mount_table_found_fn *found, void *userdata)
{
	char *name = strrchr(start, ' ') + 1;

	unescape(name);
	found(name, userdata);
}

void mount_table_compare(
	const char *before, const char *after, mount_table_found_fn *found, void *userdata)
{
	_cleanup_free_ char *old_text = mem_strdup(before), *new_text = mem_strdup(after);
	size_t old_count, new_count, i = 0, k = 0;
	char **old = read_starts(old_text, &old_count), **new = read_starts(new_text, &new_count);

	qsort(old, old_count, sizeof *old, compare_starts);
	qsort(new, new_count, sizeof *new, compare_starts);
	while (i < old_count || k < new_count) {
		int order = i == old_count ? 1
			: k == new_count   ? -1
					   : strcmp(old[i], new[k]);

		if (order) {
			start_found(order < 0 ? old[i] : new[k], found, userdata);
		}
		i += order <= 0;
		k += order >= 0;
	}
	free(old);
	free(new);
}

void mount_table_clear(struct mount_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->entries[i].folder);
	}
	free(table->entries);
	*table = (struct mount_table){0};
}

const char *mount_table_find(const struct mount_table *table, const char *name)
{
	const struct mount_entry *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct mount_entry *entry = &table->entries[i];
		size_t length = strlen(entry->folder);

		if (length >= longest && pathname_is_below(name, entry->folder)) {
			best = entry;
			longest = length;
		}
	}
	return best && best->remote ? best->folder : NULL;
}

const char *mount_table_find_below(const struct mount_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct mount_entry *entry = &table->entries[i];

		if (entry->remote && pathname_is_below(entry->folder, name)) {
			return entry->folder;
		}
	}
	return NULL;
}
