/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "util/mount-table.h"

static const char table_text[] =
	"27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	"22 27 0:21 / /proc rw - proc proc rw\n"
	"30 22 0:30 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n"
	"40 27 0:40 / /home/me/far rw shared:2 master:3 - fuse.sshfs me@far:/ rw\n"
	"41 40 0:41 / /home/me/far/near rw - tmpfs tmpfs rw\n"
	"42 41 0:42 / /home/me/far/near/far rw - nfs4 far:/ rw\n"
	"43 27 0:43 / /mnt/a\\040b\\134 rw - cifs //far/a rw\n"
	"44 27 0:44 / /mnt/new rw - a-kind-of-tomorrow none rw\n"
	"45 27 0:45 / /mnt/hidden rw - nfs far:/ rw\n"
	"46 27 0:46 / /mnt/hidden rw - ext4 /dev/sdb rw\n"
	"broken\n\n1 2 3 - nfs\n1 2 3 4 relative rw - nfs far:/ rw\n";

static void remote(const struct mount_table *table, const char *name, const char *folder)
{
	const char *found = mount_table_find(table, name);

	if (folder) {
		assert_non_null(found);
		assert_string_equal(found, folder);
	} else {
		assert_null(found);
	}
}

static void remote_mounts_are_found(void **state)
{
	struct mount_table table = {0};

	mount_table_read(&table, table_text);
	remote(&table, "/", NULL);
	remote(&table, "/home/me/a.css", NULL);
	remote(&table, "/home/me/farther", NULL);
	remote(&table, "/proc/sys/fs/binfmt_misc/x", NULL);
	remote(&table, "/home/me/far", "/home/me/far");
	remote(&table, "/home/me/far/a/b.css", "/home/me/far");
	remote(&table, "/home/me/far/near/a", NULL);
	remote(&table, "/home/me/far/near/far/a", "/home/me/far/near/far");
	remote(&table, "/mnt/a b\\/c", "/mnt/a b\\");
	remote(&table, "/mnt/new", "/mnt/new");
	remote(&table, "/mnt/hidden/a", NULL);
	mount_table_clear(&table);
	remote(&table, "/home/me/far", NULL);
}

static void note(const char *name, void *found)
{
	strcat(strcat(found, name), "|");
}

static void all_may_be_remote(void **state)
{
	struct mount_table table = {0};

	mount_table_read(&table, "1 0 0:1 / / rw - nfs far:/ rw\n2 1 0:2 / /tmp rw - tmpfs t rw\n");
	remote(&table, "/", "/");
	remote(&table, "/home/me", "/");
	remote(&table, "/tmp/a", NULL);
	mount_table_clear(&table);
}

static void differences_are_found(void **state)
{
	static const char before[] =
		"27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
		"40 27 8:1 /one /home/me/a\\040b rw - ext4 /dev/sda1 rw\n"
		"41 27 0:41 / /home/me/gone rw - tmpfs tmpfs rw\n"
		"42 27 0:42 / /home/me/same rw - tmpfs tmpfs rw\n";
	static const char after[] =
		"27 1 8:1 / / ro,relatime shared:2 - ext4 /dev/sda1 ro\n"
		"40 27 8:1 /other /home/me/a\\040b rw - ext4 /dev/sda1 rw\n"
		"42 27 0:42 / /home/me/same rw - tmpfs tmpfs rw\n"
		"43 42 8:1 /site/a.css /home/me/same/a.css rw - ext4 /dev/sda1 rw\n"
		"broken\n1 2 3\n";
	char found[1024] = "";

	mount_table_compare(before, after, note, found);
	assert_string_equal(found, "/home/me/a b|/home/me/a b|/home/me/gone|/home/me/same/a.css|");
	found[0] = '\0';
	mount_table_compare(after, after, note, found);
	mount_table_compare("", "", note, found);
	assert_string_equal(found, "");
	mount_table_compare("", before, note, found);
	assert_string_equal(found, "/|/home/me/a b|/home/me/gone|/home/me/same|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remote_mounts_are_found),
		cmocka_unit_test(all_may_be_remote),
		cmocka_unit_test(differences_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
