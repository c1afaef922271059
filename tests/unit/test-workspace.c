/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "project/manifest.h"
#include "project/workspace.h"
#include "util/file.h"
#include "util/mem.h"

static char *joined(const struct manifest_list *list)
{
	char *text = mem_strdup("");

	for (size_t i = 0; i < list->count; i++) {
		char *longer = mem_printf("%s%s%s", text, i ? " " : "", list->items[i]);

		free(text);
		text = longer;
	}
	return text;
}

static void says(enum manifest_kind kind, const char *text, const char *name, const char *needs,
	const char *paths, const char *members)
{
	struct manifest manifest = {0};
	_cleanup_free_ char *seen = NULL, *needed = NULL, *listed = NULL, *found = NULL;

	manifest_read(&manifest, kind, text, strlen(text));
	manifest_read_workspace(&manifest, kind, kind == MANIFEST_GO ? "" : text, strlen(text));
	needed = joined(&manifest.needs);
	listed = joined(&manifest.paths);
	found = joined(&manifest.members);
	seen = mem_printf("%s|%s|%s|%s", manifest.name ? manifest.name : "", needed, listed, found);
	manifest_clear(&manifest);
	found = (free(found), mem_printf("%s|%s|%s|%s", name, needs, paths, members));
	assert_string_equal(seen, found);
}

static void manifests(void **state)
{
	struct manifest pnpm = {0};
	static const char yaml[] = "# all\npackages: # of ours\n  - 'apps/*'\n  - \"packages/**\"\n"
				   "  - '!**/test'\ncatalog:\n  - nothing\n";
	_cleanup_free_ char *found = NULL;

	says(MANIFEST_NPM,
		"{\"name\":\"@a/web\",\"dependencies\":{\"@a/ui\":\"workspace:*\"},"
		"\"devDependencies\":{\"x\":\"file:../x\"},\"workspaces\":{\"packages\":[\"apps/"
		"*\",7]}}",
		"@a/web", "@a/ui x", "../x", "apps/*");
	says(MANIFEST_NPM, "{\"name\":7,\"dependencies\":[]", "", "", "", "");
	says(MANIFEST_CARGO,
		"[package]\nname = \"web\"\n[dependencies]\nshared = { path = \"../shared\" }\n"
		"other.workspace = true\nserde = \"1\"\n[dependencies.deep]\npath='../deep'\n"
		"[workspace]\nmembers = [\n  \"apps/*\", # all\n  "
		"'x',\n]\n[workspace.dependencies]\nno = \"1\"\n",
		"web", "shared other serde deep", "../shared ../deep", "apps/* x");
	says(MANIFEST_PYTHON,
		"[project]\nname = \"web\"\ndependencies = [\"shared>=1\", 'fast-api[all]; x']\n"
		"[tool.uv.sources]\nshared = { workspace = true }\nlocal = { path = \"../local\" "
		"}\n"
		"[tool.uv.workspace]\nmembers = [\"packages/*\"]\n",
		"web", "shared fast-api shared local", "../local", "packages/*");
	says(MANIFEST_GO,
		"module example.test/web\n\nrequire example.test/shared v0.0.0\n"
		"require (\n\texample.test/x v1 // indirect\n)\nreplace example.test/x => ../x\n",
		"example.test/web", "example.test/shared example.test/x )", "../x", "");
	says(MANIFEST_CARGO, "[[bin]\n= \n[dependencies\nx = [\"", "", "x", "", "");
	manifest_read_workspace(&pnpm, MANIFEST_NPM, yaml, sizeof yaml - 1);
	found = joined(&pnpm.members);
	manifest_clear(&pnpm);
	assert_string_equal(found, "apps/* packages/** !**/test");
}

static char folder[] = "/tmp/savecast-unit-XXXXXX";

static void write_file(const char *name, const char *text)
{
	_cleanup_free_ char *file = mem_printf("%s/%s", folder, name);
	_cleanup_free_ char *above = mem_strndup(file, (size_t)(strrchr(file, '/') - file));

	assert_int_equal(file_make_folders(above), 0);
	assert_int_equal(file_replace(file, text, strlen(text)), 0);
}

static void part_is(const char *name, const char *wanted)
{
	_cleanup_free_ char *file = mem_printf("%s/%s", folder, name);
	_cleanup_free_ char *part = workspace_part_of(file, folder);
	const char *seen = part ? part + strlen(folder) + 1 : "";

	assert_string_equal(seen, wanted);
}

static void need_is(const char *part, const char *other, enum workspace_need wanted)
{
	_cleanup_free_ char *from = mem_printf("%s/%s", folder, part);
	_cleanup_free_ char *to = mem_printf("%s/%s", folder, other);

	if (workspace_needs(folder, from, to) != wanted) {
		fail_msg("%s, %s: not %d", part, other, wanted);
	}
}

static void parts_and_needs(void **state)
{
	_cleanup_free_ char *end = NULL, *app = NULL, *library = NULL;

	assert_non_null(mkdtemp(folder));
	write_file("package.json", "{\"workspaces\":[\"apps/*\",\"packages/**\"]}");
	write_file("apps/web/package.json",
		"{\"name\":\"web\",\"scripts\":{\"dev\":\"x\"},\"dependencies\":{\"ui\":\"*\"}}");
	write_file("apps/admin/package.json", "{\"name\":\"admin\"}");
	write_file(
		"packages/ui/package.json", "{\"name\":\"ui\",\"dependencies\":{\"base\":\"*\"}}");
	write_file("packages/deep/base/package.json", "{\"name\":\"base\"}");
	write_file("apps/shop/package.json", "{\"name\":\"shop\"}");
	write_file("apps/shop/tsconfig.json",
		"{ // its own\n\"extends\": \"../../tsconfig.base\", \"paths\": {\"@/*\": "
		"[\"./src/*\"]},\n"
		"\"references\": [{\"path\": \"../../packages/icons\"}] }");
	write_file("tsconfig.base.json",
		"{\"references\": [{\"path\": \"./apps/admin\"}], \"compilerOptions\": {\"paths\": "
		"{"
		"\"ui\": [\"packages/ui/src/index.ts\"], \"@deep/*\": "
		"[\"./packages/deep/*/src\"]}},\n"
		"\"x\": [\"packages/other\"]}");
	write_file("packages/deep/lone/package.json", "{\"name\":\"lone\"}");
	write_file("packages/icons/package.json", "{\"name\":\"icons\"}");
	write_file("packages/other/package.json", "{\"name\":\"other\"}");
	write_file("packages/ui-kit/package.json", "{\"name\":\"ui-kit\"}");
	write_file("loose/package.json", "{\"name\":\"loose\"}");
	write_file("linked/package.json", "{\"dependencies\":{\"loose\":\"link:../loose\"}}");
	write_file("rust/Cargo.toml", "[workspace]\nmembers = [\"*\"]\n");
	write_file("rust/a/Cargo.toml",
		"[package]\nname = \"a\"\n[dependencies]\nb-c = { path = \"../b\" }\n");
	write_file("rust/b/Cargo.toml", "[package]\nname = \"b-c\"\n");
	write_file("rust/d/Cargo.toml", "[package]\nname = \"d\"\n");
	write_file("py/pyproject.toml", "[tool.uv.workspace]\nmembers = [\"*\"]\n");
	write_file("py/a/pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"b_c\"]\n");
	write_file("py/b/pyproject.toml", "[project]\nname = \"B.C\"\n");
	write_file("py/d/pyproject.toml", "[project]\nname = \"d\"\n");
	write_file("go/go.work", "use (\n\t./a\n\t./b\n)\n");
	write_file("go/a/go.mod", "module x.test/a\nrequire x.test/b v0.0.0\n");
	write_file("go/b/go.mod", "module x.test/b\n");

	part_is("apps/web/src/a.js", "apps/web");
	part_is("apps/web", "apps/web");
	part_is("apps/x.js", "");
	part_is("readme.md", "");
	part_is("apps/gone/x.js", "");
	need_is("apps/web", "packages/ui", WORKSPACE_NEEDS);
	need_is("apps/web", "packages/deep/base", WORKSPACE_NEEDS);
	need_is("apps/web", "apps/admin", WORKSPACE_NEEDS_NOT);
	need_is("apps/admin", "packages/ui", WORKSPACE_NEEDS_NOT);
	need_is("apps/shop", "packages/icons", WORKSPACE_NEEDS);
	need_is("apps/shop", "packages/ui", WORKSPACE_NEEDS);
	need_is("apps/shop", "packages/deep/lone", WORKSPACE_NEEDS);
	need_is("apps/shop", "packages/ui-kit", WORKSPACE_NEEDS_NOT);
	need_is("apps/shop", "packages/other", WORKSPACE_NEEDS_NOT);
	need_is("apps/shop", "apps/admin", WORKSPACE_NEEDS_NOT);
	need_is("apps/web", "loose", WORKSPACE_UNKNOWN);
	need_is("linked", "loose", WORKSPACE_NEEDS);
	need_is("rust/a", "rust/b", WORKSPACE_NEEDS);
	need_is("rust/a", "rust/d", WORKSPACE_NEEDS_NOT);
	need_is("py/a", "py/b", WORKSPACE_NEEDS);
	need_is("py/a", "py/d", WORKSPACE_NEEDS_NOT);
	need_is("go/a", "go/b", WORKSPACE_NEEDS);
	need_is("go/b", "go/a", WORKSPACE_UNKNOWN);
	need_is("apps/web", "py/a", WORKSPACE_UNKNOWN);
	app = mem_printf("%s/apps/web", folder);
	library = mem_printf("%s/packages/ui", folder);
	assert_true(workspace_is_app(app));
	assert_false(workspace_is_app(library));
	end = mem_printf("rm -rf %s", folder);
	assert_int_equal(system(end), 0);
}

/* 100 packages and 200 kB: the file is too large to be searched for each of them. */
static void a_large_ts_config(void **state)
{
	static char text[200 * 1000 + 1];
	_cleanup_free_ char *end = NULL;

	memcpy(folder + sizeof folder - sizeof "XXXXXX", "XXXXXX", strlen("XXXXXX"));
	assert_non_null(mkdtemp(folder));
	write_file("package.json", "{\"workspaces\":[\"packages/*\"]}");
	for (unsigned i = 0; i < 100; i++) {
		_cleanup_free_ char *name = mem_printf("packages/p%u/package.json", i);

		write_file(name, "{}");
	}
	need_is("packages/p0", "packages/p1", WORKSPACE_NEEDS_NOT);
	memset(text, ' ', sizeof text - 1);
	write_file("packages/p2/tsconfig.json", text);
	need_is("packages/p2", "packages/p1", WORKSPACE_UNKNOWN);
	end = mem_printf("rm -rf %s", folder);
	assert_int_equal(system(end), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifests),
		cmocka_unit_test(parts_and_needs),
		cmocka_unit_test(a_large_ts_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
