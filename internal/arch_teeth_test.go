package internal_test

import (
	"slices"
	"testing"
)

// planted are files that break the plan; each must be refused.
var planted = []struct{ why, pkg, file, text string }{
	{"a domain reaches to its left", "directory", "service.go", `import "wattle/internal/booking"`},
	{"profiles reach for the search above them", "directory", "model.go", `import "wattle/internal/search"`},
	{"the search reaches for an engine", "search", "service.go", `import "wattle/internal/search/memindex"`},
	{"the search reaches for the reading of words", "search", "service.go", `import "wattle/internal/search/words"`},
	{"the reading of words reaches for an engine", "search/words", "query.go", `import "wattle/internal/search/memindex"`},
	{"one engine knows the other", "search/memindex", "index.go", `import "wattle/internal/search/meili"`},
	{"an engine knows a domain", "search/meili", "index.go", `import "wattle/internal/booking"`},
	{"booking reaches for the search", "booking", "service.go", `import "wattle/internal/search"`},
	{"availability knows the bookings above it", "booking/availability", "practice.go", `import "wattle/internal/booking"`},
	{"the search reaches for the match above it", "search", "service.go", `import "wattle/internal/search/match"`},
	{"the match knows an engine", "search/match", "find.go", `import "wattle/internal/search/memindex"`},
	{"the pure calendar knows its verbs", "booking/calendar", "slots.go", `import "wattle/internal/booking"`},
	{"the pure calendar knows the database", "booking/calendar", "plan.go", `import "wattle/internal/pg"`},
	{"the pure calendar asks the clock", "booking/calendar", "next.go", `import "wattle/internal/clock"`},
	{"a domain starts a server", "booking", "service.go", `import "wattle/internal/pg/private"`},
	{"the door to Postgres knows the server of development", "pg", "db.go", `import "wattle/internal/pg/private"`},
	{"a domain reaches for the edge", "booking", "service.go", `import "wattle/internal/web"`},
	{"a domain reaches for an adapter", "payments", "service.go", `import "wattle/internal/stripepay"`},
	{"a domain reads the settings", "booking", "service.go", `import "wattle/internal/config"`},
	{"the web reads the settings", "web", "server.go", `import "wattle/internal/config"`},
	{"the kit knows a domain", "outbox", "run.go", `import "wattle/internal/booking"`},
	{"the demo is used by a page", "web", "home.go", `import "wattle/internal/demo"`},
	{"test databases outside tests", "booking", "service.go", `import "wattle/internal/pg/pgtest"`},
	{"a package without a row", "helpers", "x.go", `import "wattle/internal/fault"`},
	{"migrations outside pg", "booking", "service.go", `import "wattle/migrations"`},
	{"gin outside web", "booking", "service.go", `import "github.com/gin-gonic/gin"`},
	{"gin in cmd", "cmd", "main.go", `import "github.com/gin-gonic/gin"`},
	{"a part of gin outside web", "view", "page.go", `import "github.com/gin-gonic/gin/render"`},
	{"sqlx outside pg", "booking", "store.go", `import "github.com/jmoiron/sqlx"`},
	{"lib/pq outside pg", "outbox", "store.go", `import _ "github.com/lib/pq"`},
	{"goose outside pg", "cmd", "migrate.go", `import "github.com/pressly/goose/v3"`},
	{"the letter kit knows a domain", "notify", "letter.go", `import "wattle/internal/booking"`},
	{"the letter kit knows the profiles", "notify", "letter.go", `import "wattle/internal/directory"`},
	{"the letter kit knows a composer", "notify", "post.go", `import "wattle/internal/notify/bookingmail"`},
	{"a composer reaches for another domain", "notify/bookingmail", "letters.go", `import "wattle/internal/payments"`},
	{"a composer carries its own mail", "notify/bookingmail", "letters.go", `import "wattle/internal/mail"`},
	{"a composer writes calendar files by itself", "notify/bookingmail", "calendar.go", `import ics "github.com/arran4/golang-ical"`},
	{"a domain writes letters", "booking", "service.go", `import "wattle/internal/notify"`},
	{"a domain composes its letters", "booking", "service.go", `import "wattle/internal/notify/bookingmail"`},
	{"mail knows a composer", "mail", "smtp.go", `import "wattle/internal/notify/bookingmail"`},
	{"a mail library outside mail", "notify", "letter.go", `import "github.com/wneessen/go-mail"`},
	{"a calendar library outside notify", "booking", "booking.go", `import ics "github.com/arran4/golang-ical"`},
	{"metrics inside a domain", "booking", "service.go", `import "github.com/prometheus/client_golang/prometheus"`},
	{"a cache library outside view", "web", "cards.go", `import "github.com/maypok86/otter/v2"`},
	{"an unknown module", "booking", "booking.go", `import "example.com/clever"`},
	{"the database in a rule", "booking", "slots.go", `import "wattle/internal/pg"`},
	{"the clock in a rule", "booking", "policy.go", `import "wattle/internal/clock"`},
	{"SQL in a rule", "directory", "filter.go", `import "database/sql"`},
	{"HTTP in a rule", "directory", "fees.go", `import "net/http"`},
	{"a dot import", "booking", "booking.go", `import . "time"`},
	{"the machine's time", "booking", "service.go", "import \"time\"\nvar t = time.Now()"},
	{"the machine's time as a value", "booking", "service.go", "import \"time\"\nvar t = time.Now"},
	{"the machine's time under another name", "web", "x.go", "import tm \"time\"\nvar t = tm.Now()"},
	{"time since", "jobs", "x.go", "import \"time\"\nvar t = time.Since(time.Time{})"},
	{"time until", "cmd", "x.go", "import \"time\"\nvar t = time.Until(time.Time{})"},
	{"the environment", "mail", "x.go", "import \"os\"\nvar e = os.Getenv(\"SMTP_URL\")"},
	{"the whole environment", "mail", "x.go", "import \"os\"\nvar e = os.Environ()"},
	{"an own database pool", "booking", "x.go", "import \"database/sql\"\nvar db, err = sql.Open(\"\", \"\")"},
	{"the kit of the edge knows a domain", "web", "respond.go", `import "wattle/internal/booking"`},
	{"the kit of the edge knows an area", "web", "respond.go", `import "wattle/internal/web/find"`},
	{"an area reaches for another", "web/find", "home.go", `import "wattle/internal/web/book"`},
	{"bookings reach for search pages", "web/book", "times.go", `import "wattle/internal/web/find"`},
	{"guides reach for search pages", "web/guide", "guides.go", `import "wattle/internal/web/find"`},
	{"the API reaches for pages", "web/api", "bookings.go", `import "wattle/internal/web/book"`},
	{"an area reaches for the whole site", "web/find", "home.go", `import "wattle/internal/web/site"`},
	{"the look of a profile knows an area", "web/profile", "card.go", `import "wattle/internal/web/find"`},
	{"guides book", "web/guide", "guides.go", `import "wattle/internal/booking"`},
	{"gin in the look of a profile", "web/profile", "card.go", `import "github.com/gin-gonic/gin"`},
	{"gin's templates in an area", "web/find", "x.go", `func show(c *context) { c.HTML(200, "x", nil) }`},
	{"gin's templates", "web", "x.go", `func show(c *context) { c.HTML(200, "x", nil) }`},
	{"SQL that asks the time", "booking", "store.go", "const q = `UPDATE bookings SET updated_at = now() WHERE id = $1`"},
	{"SQL that asks the time with a space", "booking", "store.go", "const q = `SELECT NOW ( )`"},
	{"SQL with the other word", "booking", "store.go", `const q = "SELECT CURRENT_TIMESTAMP"`},
	{"SQL with the magic word", "booking", "store.go", "const q = `SELECT 'now'::timestamptz`"},
	{"a default that asks the time", "migrations", "00009_x.sql", "CREATE TABLE x (at timestamptz NOT NULL DEFAULT now());"},
	{"a default without brackets", "migrations", "00009_x.sql", "CREATE TABLE x (at timestamptz DEFAULT CURRENT_TIMESTAMP);"},
}

// sound are files that keep the plan; none may be refused.
var sound = []struct{ why, pkg, file, text string }{
	{"a domain and its right", "booking", "service.go", "import (\n\"wattle/internal/directory\"\n\"wattle/internal/pg\"\n\"wattle/internal/clock\"\n)"},
	{"a composer and its domain", "notify/bookingmail", "composer.go", "import (\n\"wattle/internal/booking\"\n\"wattle/internal/directory\"\n\"wattle/internal/notify\"\n)"},
	{"cmd wires", "cmd", "main.go", "import (\n\"wattle/internal/config\"\n\"wattle/internal/demo\"\n\"wattle/templates\"\n\"os\"\n)\nvar e = os.Environ()"},
	{"pg and its tools", "pg", "db.go", "import (\n\"github.com/lib/pq\"\n\"github.com/pressly/goose/v3/lock\"\n\"wattle/migrations\"\n)"},
	{"the clock", "clock", "clock.go", "import \"time\"\nvar t = time.Now"},
	{"a rule", "booking", "slots.go", "import (\n\"time\"\n\"wattle/internal/money\"\n\"net/url\"\n)\nvar d = time.Hour"},
	{"a field called Now", "booking", "service.go", "import \"time\"\nfunc f(s struct{ Clock interface{ Now() time.Time } }) { s.Clock.Now() }"},
	{"trusted HTML", "web", "x.go", "import \"html/template\"\nvar h = template.HTML(``)"},
	{"a sentence that says now", "booking", "booking.go", `var s = "It is now confirmed"`},
	{"a migration that explains itself", "migrations", "00009_x.sql", "-- never now()\nCOMMENT ON TABLE x IS 'Nobody says now() here';\nCREATE TABLE y (at timestamptz NOT NULL);"},
}

func TestEveryBreachOfThePlanIsRefused(t *testing.T) {
	for _, c := range planted {
		if len(inspectSnippet(c.pkg, c.file, c.text)) == 0 {
			t.Errorf("%s: %s/%s was let through:\n%s", c.why, c.pkg, c.file, c.text)
		}
	}
}

func TestWhatKeepsThePlanIsLetThrough(t *testing.T) {
	for _, c := range sound {
		if wrong := inspectSnippet(c.pkg, c.file, c.text); len(wrong) > 0 {
			t.Errorf("%s: %s/%s was refused: %v", c.why, c.pkg, c.file, wrong)
		}
	}
}

func TestTheTableHasNoCircles(t *testing.T) {
	var visit func(pkg string, above []string)
	visit = func(pkg string, above []string) {
		if slices.Contains(above, pkg) {
			t.Fatalf("a circle: %v → %s", above, pkg)
		}
		for _, below := range packages[pkg] {
			if _, ok := packages[below]; !ok {
				t.Errorf("%s may import %s, which has no row", pkg, below)
			}
			visit(below, append(slices.Clone(above), pkg))
		}
	}
	for pkg := range packages {
		visit(pkg, nil)
	}
}

func inspectSnippet(pkg, file, text string) []string {
	if file[len(file)-3:] == ".go" {
		text = "package x\n" + text
	}
	return inspect(pkg, file, text)
}
