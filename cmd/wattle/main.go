// Command wattle is the whole product in one binary: wattle VERB [flags]. Settings come from the
// environment; each verb explains itself with -h.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"wattle/internal/config"
	"wattle/internal/fault"
	"wattle/internal/pg/private"
)

// verb is one thing the binary does. run gets the arguments after the verb's name.
type verb struct {
	name, does string
	run        func(ctx context.Context, args []string) error
}

var verbs = []verb{
	{"serve", "serve the site; in development start what it needs and load the demo directory once", serve},
	{"migrate", "bring the database's tables up to this version", migrate},
	{"seed", "make a fictional directory of any size (development only)", seed},
	{"reindex", "derive every practice's next free times again and build the search engine's index anew", reindex},
	{"check", "run the invariants on the live database and print each", check},
	{"admin", "look at parked tasks and put them back to work", admin},
	{"config", "print the effective settings, secrets redacted", printConfig},
	{"version", "print the version", version},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) < 2 {
		usage()
		os.Exit(2)
	}
	for _, v := range verbs {
		if v.name == os.Args[1] {
			os.Exit(exitCode(v.run(ctx, os.Args[2:])))
		}
	}
	if os.Args[1] != "help" && os.Args[1] != "-h" && os.Args[1] != "--help" {
		fmt.Fprintf(os.Stderr, "wattle has no verb %q\n\n", os.Args[1])
		usage()
		os.Exit(2)
	}
	usage()
}

func usage() {
	fmt.Fprintln(os.Stderr, "wattle VERB [flags]")
	for _, v := range verbs {
		fmt.Fprintf(os.Stderr, "  %-9s %s\n", v.name, v.does)
	}
}

// errUsage marks an error already explained on standard error.
var errUsage = errors.New("usage")

func exitCode(err error) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(os.Stderr, explain(err))
	return 1
}

// explain prefers the message meant for people.
func explain(err error) string {
	if errors.Is(err, private.ErrNoPostgres) {
		return "wattle: " + err.Error()
	}
	if e, ok := fault.As(err); ok {
		return "wattle: " + e.Error()
	}
	return "wattle: " + err.Error()
}

// parse reads a verb's flags; surplus words are an error.
func parse(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if fs.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "wattle %s takes no %q\n", fs.Name(), fs.Arg(0))
		return errUsage
	}
	return nil
}

func loadConfig() (*config.Config, error) {
	c, err := config.FromEnvironment()
	if err != nil {
		return nil, fmt.Errorf("invalid settings:\n%w", err)
	}
	return c, nil
}

// newLog logs text in development and JSON in production, both to standard error.
func newLog(c *config.Config) *slog.Logger {
	if c.Production() {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func printConfig(_ context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("config", flag.ContinueOnError), args); err != nil {
		return err
	}
	c, err := loadConfig()
	if err != nil {
		return err
	}
	c.Print(os.Stdout)
	return nil
}
