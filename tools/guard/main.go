// Command guard runs a command, and when it has ended looks for processes it left behind: those it
// ends by their ids, names them and fails. Everything started below a guard stays below it, even
// what tried to leave (PR_SET_CHILD_SUBREAPER).
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const setChildSubreaper = 36 // prctl(2)

// grace is how long a process may take to end after SIGTERM.
const grace = 10 * time.Second

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: guard COMMAND [ARGUMENT ...]")
		os.Exit(2)
	}
	status, left, err := run(os.Args[1:], grace)
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
	for _, p := range left {
		fmt.Fprintf(os.Stderr, "Left running: %d %s\n", p.pid, p.name)
	}
	if len(left) > 0 && status == 0 {
		status = 1
	}
	os.Exit(status)
}

// run runs the command and returns its exit status and what it left running, which it has ended.
func run(command []string, grace time.Duration) (status int, left []process, err error) {
	if _, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); e != 0 {
		return 0, nil, e
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	go func() {
		for s := range signals {
			cmd.Process.Signal(s)
		}
	}()
	if status, err = exitStatus(cmd.Wait()); err != nil {
		return status, nil, err
	}
	left = settle(grace)
	for _, p := range left {
		syscall.Kill(p.pid, syscall.SIGTERM)
	}
	if len(left) > 0 && len(settle(grace)) > 0 {
		for _, p := range descendants() {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
	return status, left, nil
}

func exitStatus(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if w := exit.Sys().(syscall.WaitStatus); w.Signaled() {
		return 128 + int(w.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// settle waits until nothing is left below this process, at most grace, and returns what is left.
func settle(grace time.Duration) []process {
	const step = 50 * time.Millisecond
	for waited := time.Duration(0); ; waited += step {
		reap()
		left := descendants()
		if len(left) == 0 || waited >= grace {
			return left
		}
		time.Sleep(step)
	}
}

// reap collects children that have ended.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if pid <= 0 || err != nil {
			return
		}
	}
}

type process struct {
	pid, parent int
	name        string
}

// descendants are the living processes below this one.
func descendants() (below []process) {
	var all []process
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range files {
		if p, ok := parse(f); ok {
			all = append(all, p)
		}
	}
	ours := map[int]bool{os.Getpid(): true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if ours[p.parent] && !ours[p.pid] {
				ours[p.pid], grown = true, true
				below = append(below, p)
			}
		}
	}
	return below
}

// parse reads /proc/PID/stat: "pid (name) state parent …"; the name may hold anything.
func parse(file string) (process, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return process{}, false
	}
	s := string(text)
	open, end := strings.IndexByte(s, '('), strings.LastIndexByte(s, ')')
	if open < 0 || end < open {
		return process{}, false
	}
	rest := strings.Fields(s[end+1:])
	if len(rest) < 2 || rest[0] == "Z" || rest[0] == "X" {
		return process{}, false
	}
	pid, err1 := strconv.Atoi(strings.TrimSpace(s[:open]))
	parent, err2 := strconv.Atoi(rest[1])
	return process{pid, parent, s[open+1 : end]}, err1 == nil && err2 == nil
}
