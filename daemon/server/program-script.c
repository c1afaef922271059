/* SPDX-License-Identifier: MIT */
#include "server/program-script.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/command-line.h"
#include "util/file.h"
#include "util/mem.h"

bool program_script_text_reloads(const char *text, size_t length)
{
	/*
	 * CherryPy has a reloader unless it is switched off; in the others it must be switched on.
	 */
	static const struct {
		const char *framework, *word, *denies;
	} rows[] = {
		{"tornado", "debug=True", NULL},
		{"tornado", "\"debug\": True", NULL},
		{"tornado", "autoreload=True", NULL},
		{"tornado", "autoreload.start", NULL},
		{"cherrypy", "quickstart", "production"},
		{"cherrypy", "engine.start", "production"},
		{"uvicorn", "reload=True", NULL},
		{"sanic", "auto_reload=True", NULL},
		{"sanic", "dev=True", NULL},
		{"hypercorn", "use_reloader = True", NULL},
		{"hypercorn", "use_reloader=True", NULL},
	};
	bool reloads = false;

	for (size_t i = 0; i < COUNT_OF(rows) && !reloads; i++) {
		const char *denies = rows[i].denies;

		reloads = memmem(text, length, rows[i].framework, strlen(rows[i].framework)) &&
			memmem(text, length, rows[i].word, strlen(rows[i].word)) &&
			!(denies && memmem(text, length, denies, strlen(denies)));
	}
	return reloads;
}

char *program_script_name(const char *bytes, size_t length, const char *folder)
{
	struct command_line line;

	command_line_split(&line, bytes, length);
	if (!line.count || !strstr(line.args[0], "python")) {
		return NULL;
	}
	for (size_t i = 1; i < line.count; i++) {
		const char *arg = line.args[i];

		if (strcmp(arg, "-c") == 0 || strcmp(arg, "-") == 0) {
			return NULL;
		}
		if (strcmp(arg, "-m") == 0) {
			return i + 1 < line.count && !strpbrk(line.args[i + 1], "./")
				? mem_printf("%s/%s.py", folder, line.args[i + 1])
				: NULL;
		}
		if (strcmp(arg, "-W") == 0 || strcmp(arg, "-X") == 0) {
			i++;
		} else if (arg[0] != '-' && *arg) {
			return arg[0] == '/' ? mem_strdup(arg) : mem_printf("%s/%s", folder, arg);
		}
	}
	return NULL;
}

bool program_script_reloads(const char *script)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t n = 0;
	int fd = file_open_unnoticed(script, O_NOFOLLOW);

	if (fd < 0) {
		return false;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		text = mem_alloc(PROGRAM_SCRIPT_MAX);
		n = read(fd, text, PROGRAM_SCRIPT_MAX);
	}
	close(fd);
	return n > 0 && program_script_text_reloads(text, (size_t)n);
}
