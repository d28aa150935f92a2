package rig

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"wattle/internal/clock"
)

// stopLimit is how long a process may take to end after SIGTERM.
const stopLimit = 30 * time.Second

// Process is a process that ends with the run at the latest. It writes to a file and not to a pipe,
// which would stay open as long as any child of a killed process holds it.
type Process struct {
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
}

// StartProcess starts a command that logs to a file.
func StartProcess(t *Trial, cmd *exec.Cmd, log string) *Process {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	t.Must(err)
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	// An interrupt typed at a terminal reaches the tool alone, which then ends what it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	t.Must(cmd.Start())
	p := &Process{cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		cmd.Wait() //nolint:errcheck // the state says how it ended
		close(p.ended)
	}()
	t.After(func() { p.Stop() })
	return p
}

// Stop ends the process by SIGTERM, or by SIGKILL when that takes too long.
func (p *Process) Stop() (code int, took time.Duration) {
	watch := clock.Stopwatch()
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopLimit):
		p.Kill()
	}
	return p.cmd.ProcessState.ExitCode(), watch()
}

// Kill ends the process as a power cut would.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.ended
}

// Signal sends a signal to a process that is alive.
func (p *Process) Signal(s os.Signal) {
	if p.Alive() {
		p.cmd.Process.Signal(s) //nolint:errcheck // it may end this moment
	}
}

// PID is the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Alive reports whether the process still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Log is everything the process wrote.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Tail is the last twenty lines of the log.
func (p *Process) Tail() string {
	lines := strings.Split(strings.TrimSpace(p.Log()), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// FreeAddr is an unused loopback address.
func FreeAddr(t *Trial) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	t.Must(err)
	defer l.Close()
	return l.Addr().String()
}
