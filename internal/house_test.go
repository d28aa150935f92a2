package internal_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"wattle/internal/config"
)

// compose is as much of a compose file as the tests below look at.
type compose struct {
	Services map[string]struct {
		Image       string
		Ports       []string
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		Environment map[string]string
		Volumes     []string
		Configs     []struct{ Source, Target string }
	}
	Configs map[string]struct{ Content string }
	Volumes map[string]any
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var variable = regexp.MustCompile(`\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}`)

// interpolate does what compose does with ${NAME}, ${NAME:-default}, ${NAME:?why} and $$.
func interpolate(t *testing.T, text string, given map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(s string) string {
		if s == "$$" {
			return "$"
		}
		m := variable.FindStringSubmatch(s)
		if v := given[m[1]]; v != "" {
			return v
		}
		if m[2] != "-" {
			t.Errorf("%s is needed and not explained at the top of docker-compose.yml", m[1])
		}
		return m[3]
	})
}

func readCompose(t *testing.T) (c compose) {
	t.Helper()
	text := interpolate(t, readFile(t, "docker-compose.yml"), map[string]string{
		"WATTLE_SECRET_KEY": "wO2Jr4mAqk0b0xSx1V2w5f8n3h7yT6uLz9QeRpKdGcE=",
		"OWNER_PASSWORD":    "owner",
		"APP_PASSWORD":      "app",
	})
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestComposeRunsTwoInstancesThatOnlyTheProxyReaches(t *testing.T) {
	c := readCompose(t)
	for _, app := range []string{"app1", "app2"} {
		s, ok := c.Services[app]
		if !ok {
			t.Fatalf("there is no %s", app)
		}
		if s.Image != c.Services["app1"].Image || len(s.Ports) > 0 || !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") {
			t.Errorf("%s is not the same sealed, unpublished image: %+v", app, s)
		}
		if !strings.Contains(c.Configs["proxy"].Content, app+":8080") {
			t.Errorf("the proxy does not know %s", app)
		}
	}
	if !strings.Contains(c.Configs["proxy"].Content, "health_uri /readyz") {
		t.Error("the proxy does not ask /readyz")
	}
	for name, s := range c.Services {
		for _, p := range s.Ports {
			if name != "proxy" && !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s is published to the world: %s", name, p)
			}
		}
	}
}

func TestComposesSettingsAreAcceptedInProduction(t *testing.T) {
	c := readCompose(t)
	for _, app := range []string{"app1", "app2", "migrate"} {
		var environ []string
		for k, v := range c.Services[app].Environment {
			environ = append(environ, k+"="+v)
		}
		loaded, err := config.Load(environ)
		if err != nil {
			t.Fatalf("%s: %v", app, err)
		}
		if !loaded.Production() || len(loaded.Proxies) != 1 || loaded.SMTPURL == "" {
			t.Errorf("%s does not run as in production: %+v", app, c.Services[app].Environment)
		}
		if hasOwner := loaded.DatabaseOwnerURL != ""; hasOwner != (app == "migrate") {
			t.Errorf("%s: the owner's role belongs to the migration alone", app)
		}
	}
}

func TestEverySettingIsInTheReadme(t *testing.T) {
	c, err := config.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	c.Print(&printed)
	names := regexp.MustCompile(`(?m)^WATTLE_\w+`).FindAllString(printed.String(), -1)
	if len(names) < 10 {
		t.Fatalf("only %v are settings", names)
	}
	for _, name := range names {
		if !strings.Contains(readFile(t, "README.md"), "`"+name+"`") {
			t.Errorf("the README does not know %s", name)
		}
	}
}

func TestComposePassesOnWhereTheSourceLies(t *testing.T) {
	text := interpolate(t, readFile(t, "docker-compose.yml"), map[string]string{"WATTLE_SOURCE_URL": "https://code.example.org/wattle",
		"WATTLE_SECRET_KEY": "x", "OWNER_PASSWORD": "x", "APP_PASSWORD": "x"})
	var c compose
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	for _, app := range []string{"app1", "app2"} {
		if got := c.Services[app].Environment["WATTLE_SOURCE_URL"]; got != "https://code.example.org/wattle" {
			t.Errorf("%s gets %q", app, got)
		}
	}
}

func TestComposesSearchEngineIsPinnedNewEnoughAndKeepsNothingToItself(t *testing.T) {
	c := readCompose(t)
	s, ok := c.Services["meilisearch"]
	if !ok {
		t.Fatal("there is no meilisearch")
	}
	m := regexp.MustCompile(`^getmeili/meilisearch:v(\d+)\.(\d+)\.\d+$`).FindStringSubmatch(s.Image)
	if m == nil {
		t.Fatalf("the image %s is not pinned", s.Image)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < 1 || major == 1 && minor < 18 {
		t.Errorf("%s is older than Wattle needs", s.Image)
	}
	if s.Environment["MEILI_ENV"] != "production" || s.Environment["MEILI_NO_ANALYTICS"] != "true" || len(s.Ports) > 0 {
		t.Errorf("it is open, or tells others about searches: %+v", s)
	}
	text := interpolate(t, readFile(t, "docker-compose.yml"), map[string]string{"MEILI_URL": "http://meilisearch:7700", "MEILI_API_KEY": "k",
		"WATTLE_SECRET_KEY": "x", "OWNER_PASSWORD": "x", "APP_PASSWORD": "x"})
	var with compose
	if err := yaml.Unmarshal([]byte(text), &with); err != nil {
		t.Fatal(err)
	}
	for _, app := range []string{"app1", "app2"} {
		if e := with.Services[app].Environment; e["MEILI_URL"] != "http://meilisearch:7700" || e["MEILI_API_KEY"] != "k" {
			t.Errorf("%s does not get the engine's address and key", app)
		}
	}
}

func TestComposeMakesBothRolesAndNamesOnlyWhatExists(t *testing.T) {
	c := readCompose(t)
	if got := c.Services["postgres"].Environment["POSTGRES_USER"]; got != "wattle_owner" {
		t.Errorf("the owner is %q", got)
	}
	if !strings.Contains(c.Configs["roles"].Content, "CREATE ROLE wattle_app LOGIN") {
		t.Error("the application's role is not made")
	}
	for name, s := range c.Services {
		for _, use := range s.Configs {
			if _, ok := c.Configs[use.Source]; !ok {
				t.Errorf("%s uses the config %s, which there is not", name, use.Source)
			}
		}
		for _, use := range s.Volumes {
			if v, _, _ := strings.Cut(use, ":"); !hasKey(c.Volumes, v) {
				t.Errorf("%s uses the volume %s, which there is not", name, v)
			}
		}
		if name, tag, ok := strings.Cut(path.Base(s.Image), ":"); name != "wattle" && (!ok || tag == "latest" || !strings.Contains(tag, ".")) {
			t.Errorf("the image %s is not pinned", s.Image)
		}
	}
}

func hasKey(m map[string]any, k string) bool { _, ok := m[k]; return ok }

func TestTheImageIsTheBinaryAloneAndNotRoot(t *testing.T) {
	lines := instructions(readFile(t, "Dockerfile"))
	stages := map[string]bool{}
	var last []string // of the last stage
	for _, l := range lines {
		f := strings.Fields(l)
		switch f[0] {
		case "FROM":
			last = nil
			if len(f) == 4 {
				stages[f[3]] = true
			}
		case "COPY":
			if from, ok := strings.CutPrefix(f[1], "--from="); ok && !stages[from] {
				t.Errorf("%s: there is no such stage", l)
			}
		}
		last = append(last, l)
	}
	if last[0] != "FROM scratch" {
		t.Errorf("the image is made %s", last[0])
	}
	for _, want := range []string{"USER 65532:65532", "EXPOSE 8080", `ENTRYPOINT ["/wattle"]`, `CMD ["serve"]`} {
		if !slices.Contains(last, want) {
			t.Errorf("the image lacks %s", want)
		}
	}
	build := strings.Join(lines, "\n")
	for _, want := range []string{"CGO_ENABLED=0", "-tags nomsgpack", "-trimpath", "ca-certificates.crt", "WATTLE_ENV=production"} {
		if !strings.Contains(build, want) {
			t.Errorf("the Dockerfile lacks %s", want)
		}
	}
	module := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, "go.mod"))[1]
	if !strings.HasPrefix(lines[0], "FROM golang:"+module+".") {
		t.Errorf("%s, but go.mod asks for Go %s", lines[0], module)
	}
}

// instructions are the lines of a Dockerfile, continued ones joined, comments dropped.
func instructions(text string) (lines []string) {
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, " ")
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			lines = append(lines, l)
		}
	}
	return lines
}

func TestNoFileOfTheBrowserTestsNamesARegistry(t *testing.T) {
	for _, dir := range []string{"e2e", "e2e/lighthouse"} {
		lock := readFile(t, dir+"/package-lock.json")
		if strings.Contains(lock, `"resolved"`) {
			t.Errorf("%s/package-lock.json names where packages came from", dir)
		}
		if strings.Contains(readFile(t, dir+"/.npmrc"), "//") {
			t.Errorf("%s/.npmrc names an address", dir)
		}
		if n := strings.Count(lock, `"integrity"`); n < 20 {
			t.Errorf("%s: only %d packages are locked by their hashes", dir, n)
		}
	}
}

func TestWhatIsBuiltIsBuiltTheSameWayEverywhere(t *testing.T) {
	mk := readFile(t, "Makefile")
	for _, want := range []string{"TAGS := nomsgpack", "export CGO_ENABLED := 0", "exec bin/wattle serve", "npm ci"} {
		if !strings.Contains(mk, want) {
			t.Errorf("the Makefile lacks %q", want)
		}
	}
	if !strings.Contains(readFile(t, ".ci/run"), "exec make test") {
		t.Error(".ci/run does not run make test")
	}
	if !strings.HasPrefix(readFile(t, "LICENSE"), "GNU AFFERO GENERAL PUBLIC LICENSE") {
		t.Error("LICENSE is not the AGPL")
	}
}
