// Package internal_test holds the house to its plan: who may import whom, and what nobody may do.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kit is what every domain, adapter and edge may import.
var kit = []string{"fault", "money", "region", "clock", "taxonomy", "pg", "outbox", "audit", "seal", "blob", "view"}

// packages is the import table: what each package below internal may import of the others. A
// package that is not here fails. cmd may import anything; config is read by cmd alone.
var packages = map[string][]string{
	"fault":         {},
	"taxonomy":      {},
	"portrait":      {},
	"poster":        {},
	"config":        {},
	"seal":          {"fault"},
	"money":         {"fault"},
	"region":        {"fault"},
	"blob":          {"fault"},
	"pg":            {"fault"},
	"pg/private":    {"fault", "pg"},
	"pg/pgtest":     {"pg", "pg/private"},
	"clock":         {"fault", "pg"},
	"view":          {"fault", "money", "region", "taxonomy"},
	"view/viewtest": {"view"},
	"outbox":        {"fault", "clock", "pg"},
	"audit":         {"fault", "clock", "pg"},
	"ratelimit":     {"fault", "clock", "pg"},

	"accounts":             kit,
	"directory":            with(kit, "accounts"),
	"search":               with(kit, "directory"),
	"vetting":              with(kit, "directory", "accounts"),
	"booking":              with(kit, "directory", "accounts", "booking/calendar", "booking/availability"),
	"booking/availability": with(kit, "directory", "accounts", "booking/calendar"),
	"booking/calendar":     {"fault", "region"},
	"payments":             with(kit, "booking", "accounts"),
	"guides":               with(kit, "directory", "search"),
	"notify":               with(kit, "accounts"),

	"notify/bookingmail": with(kit, "notify", "booking", "directory"),

	"search/match":           with(kit, "directory", "search"),
	"search/words":           with(kit, "directory", "search"),
	"search/memindex":        with(kit, "directory", "search"),
	"search/indextest/bysql": with(kit, "directory", "search"),
	"search/meili":           with(kit, "directory", "search"),
	"search/meili/meilitest": {"region", "taxonomy"},
	"stripepay":              with(kit, "payments"),
	"stripesandbox":          with(kit, "payments"),
	"mail":                   with(kit, "notify"),

	"search/indextest": with(kit, "directory", "search", "search/match", "search/words"),

	"demo": with(kit, "portrait", "directory", "booking", "accounts"),
	"jobs": with(kit, "accounts", "directory", "vetting", "booking", "booking/availability", "payments", "guides", "notify", "notify/bookingmail"),

	"web":         with(kit, "ratelimit", "accounts"),
	"web/profile": with(kit, "web", "directory", "search", "portrait"),
	"web/find":    with(kit, "web", "web/profile", "poster", "directory", "search", "search/match", "search/words", "booking", "booking/availability", "booking/calendar", "guides"),
	"web/book":    with(kit, "web", "web/profile", "accounts", "directory", "search", "booking", "booking/availability", "booking/calendar"),
	"web/guide":   with(kit, "web", "web/profile", "poster", "directory", "search", "guides"),
	"web/api":     with(kit, "web", "web/profile", "accounts", "directory", "search", "search/match", "search/words", "booking", "booking/availability", "booking/calendar", "guides"),
	"web/site":    with(kit, "web", "web/find", "web/book", "web/guide", "web/api", "search", "booking", "guides"),
}

// assets are the folders of embedded files and who takes them in, besides cmd.
var assets = map[string][]string{
	"wattle/migrations": {"pg", "pg/pgtest", "pg/private"},
	"wattle/static":     {"web"},
	"wattle/templates":  {"web"},
}

// vendors are the modules of others and the packages that may know of them. A module that is not
// here fails, so that taking one in is a decision; golang.org/x is open to all.
var vendors = map[string][]string{
	"github.com/gin-gonic/gin":        {"web", "web/find", "web/book", "web/guide", "web/api", "web/site"},
	"github.com/klauspost/compress":   {"web", "view"},
	"github.com/maypok86/otter":       {"search", "view"},
	"github.com/andybalholm/brotli":   {"web", "view"},
	"github.com/alexedwards/scs":      {"web"},
	"github.com/jmoiron/sqlx":         {"pg"},
	"github.com/lib/pq":               {"pg"},
	"github.com/pressly/goose":        {"pg"},
	"github.com/wneessen/go-mail":     {"mail"},
	"github.com/arran4/golang-ical":   {"notify"},
	"github.com/meilisearch":          {"search/meili"},
	"github.com/stripe/stripe-go":     {"stripepay", "stripesandbox"},
	"gocloud.dev":                     {"blob"},
	"github.com/caarlos0/env":         {"config"},
	"github.com/go-webauthn/webauthn": {"accounts"},
	"github.com/pquerna/otp":          {"accounts"},
	"github.com/yuin/goldmark":        {"guides"},
	"github.com/microcosm-cc":         {"guides"},
	"github.com/prometheus":           {"cmd"},
	"github.com/jba/templatecheck":    {"view/viewtest"},
}

// ruleFiles are pure: values in, values out. They know no database, no web and no clock.
var ruleFiles = []string{"slots.go", "hours.go", "holidays.go", "policy.go", "limits.go", "filter.go", "fees.go", "rebates.go",
	"title.go", "rank.go", "order.go", "facets.go", "query.go", "query_read.go",
	"query_people.go", "query_money.go", "query_phrases.go", "groups.go", "plan.go", "query_place.go", "phrase.go", "similar.go", "synonyms.go", "crisis.go", "credentials.go"}

var bannedInRules = []string{"wattle/internal/pg", "wattle/internal/outbox", "wattle/internal/audit", "wattle/internal/clock",
	"database/sql", "net/http", "os", "github.com/gin-gonic/gin"}

// bannedNames are names of other packages and who alone may use them.
var bannedNames = []struct {
	pkg     string
	names   []string
	allowed []string
}{
	{"time", []string{"Now", "Since", "Until"}, []string{"clock"}},
	{"os", []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, []string{"cmd", "config"}},
	{"database/sql", []string{"Open", "OpenDB"}, []string{"pg"}},
}

// sqlTime finds SQL that asks the time: functions, keywords and defaults.
var sqlTime = regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)` +
	`|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'now'|\bdefault\s+now\b`)

var sqlComment = regexp.MustCompile(`(?is)--[^\n]*|/\*.*?\*/|\bcomment\s+on\s.*?;`)

func with(base []string, more ...string) []string { return append(slices.Clone(base), more...) }

// inspect answers what is wrong with one file that is not a test. pkg is its folder below internal,
// or "cmd", "migrations" …
func inspect(pkg, file, text string) (wrong []string) {
	if strings.HasSuffix(file, ".sql") {
		if m := sqlTime.FindString(sqlComment.ReplaceAllString(text, "")); m != "" {
			wrong = append(wrong, "asks the database the time ("+m+"): time is a parameter")
		}
		return wrong
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{"does not parse: " + err.Error()}
	}
	names := map[string]string{} // what each imported package is called here → its path
	for _, imp := range parsed.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		wrong = append(wrong, inspectImport(pkg, file, p)...)
		name := importName(p)
		if imp.Name != nil {
			name = imp.Name.Name
		}
		if name == "." {
			wrong = append(wrong, "imports "+p+" with a dot")
		}
		names[name] = p
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		wrong = append(wrong, inspectNode(pkg, n, names)...)
		return true
	})
	return wrong
}

var version = regexp.MustCompile(`^v\d+$`)

func importName(p string) string {
	if version.MatchString(path.Base(p)) {
		p = path.Dir(p)
	}
	return path.Base(p)
}

func inspectImport(pkg, file, p string) (wrong []string) {
	if slices.Contains(ruleFiles, file) && pkg != "cmd" && slices.ContainsFunc(bannedInRules, func(b string) bool { return within(p, b) }) {
		wrong = append(wrong, "is a rule and imports "+p)
	}
	first, _, _ := strings.Cut(p, "/")
	switch {
	case strings.HasPrefix(p, "wattle/internal/"):
		if pkg != "cmd" && !slices.Contains(packages[pkg], strings.TrimPrefix(p, "wattle/internal/")) {
			wrong = append(wrong, "must not import "+p)
		}
	case first == "wattle":
		if pkg != "cmd" && !slices.Contains(assets[p], pkg) {
			wrong = append(wrong, "must not import "+p)
		}
	case within(p, "golang.org/x") || !strings.Contains(first, "."): // open to all, the standard library too
	default:
		wrong = append(wrong, inspectVendor(pkg, p)...)
	}
	return wrong
}

func inspectVendor(pkg, p string) []string {
	for module, allowed := range vendors {
		if within(p, module) {
			if slices.Contains(allowed, pkg) {
				return nil
			}
			return []string{"must not import " + p + ": only " + strings.Join(allowed, ", ") + " may"}
		}
	}
	return []string{"imports " + p + ", which has no row in the table of vendors"}
}

func within(p, module string) bool { return p == module || strings.HasPrefix(p, module+"/") }

func inspectNode(pkg string, n ast.Node, names map[string]string) (wrong []string) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		return inspectSelector(pkg, n, names)
	case *ast.BasicLit:
		if m := sqlTime.FindString(n.Value); n.Kind == token.STRING && m != "" {
			return []string{"asks the database the time (" + m + "): time is a parameter"}
		}
	}
	return nil
}

func inspectSelector(pkg string, sel *ast.SelectorExpr, names map[string]string) []string {
	of := ""
	if x, ok := sel.X.(*ast.Ident); ok {
		of = names[x.Name]
	}
	if sel.Sel.Name == "HTML" && of == "" && within(pkg, "web") {
		return []string{"uses HTML of Gin, which answers 200 with half a page: render to a buffer"}
	}
	for _, ban := range bannedNames {
		if of == ban.pkg && slices.Contains(ban.names, sel.Sel.Name) && !slices.Contains(ban.allowed, pkg) {
			return []string{"uses " + ban.pkg + "." + sel.Sel.Name + ": only " + strings.Join(ban.allowed, ", ") + " may"}
		}
	}
	return nil
}

func TestTheHouseKeepsItsPlan(t *testing.T) {
	known := map[string]bool{}
	for _, root := range []string{"cmd", "internal", "migrations", "static", "templates"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") || !isSource(file) {
				return err
			}
			pkg := packageOf(file)
			if _, ok := packages[pkg]; !ok && root == "internal" && !known[pkg] {
				known[pkg] = true
				t.Errorf("internal/%s is not in the table of packages", pkg)
			}
			text, err := os.ReadFile(file)
			for _, w := range inspect(pkg, filepath.Base(file), string(text)) {
				t.Errorf("%s %s", strings.TrimPrefix(file, "../"), w)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func isSource(file string) bool {
	return strings.HasSuffix(file, ".go") || strings.HasSuffix(file, ".sql") && strings.Contains(file, "migrations")
}

// packageOf is the folder below internal, or the folder at the top.
func packageOf(file string) string {
	dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../")
	if below, ok := strings.CutPrefix(dir, "internal/"); ok {
		return below
	}
	top, _, _ := strings.Cut(dir, "/")
	return top
}
