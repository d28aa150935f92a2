package mail

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	netmail "net/mail"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"
)

// guarded asks for a password and notes whether the mail came encrypted.
type guarded struct {
	sink
	encrypted, signedIn bool
}

type guardedSession struct {
	session
	g *guarded
}

func (g *guarded) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	return &guardedSession{session{s: &g.sink, conn: c}, g}, nil
}

func (x *guardedSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *guardedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "wattle" || password != "open sesame" {
			return gosmtp.ErrAuthFailed
		}
		_, x.g.encrypted = x.conn.TLSConnectionState()
		x.g.signedIn = true
		return nil
	}), nil
}

var issued = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)

// certificate is a self-signed one for 127.0.0.1, and the trust in it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: issued.Add(-time.Hour), NotAfter: issued.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Time: func() time.Time { return issued }}
}

func serve(t *testing.T, g *guarded, config *tls.Config, implicit bool) string {
	t.Helper()
	server := gosmtp.NewServer(g)
	server.Domain, server.TLSConfig, server.ErrorLog = "sink.example", config, silence{}
	server.AllowInsecureAuth = config == nil
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return addr
}

func TestMailGoesEncryptedWhereTheServerCan(t *testing.T) {
	server, client := certificate(t)
	for _, c := range []struct {
		scheme   string
		config   *tls.Config
		implicit bool
	}{{"smtps", server, true}, {"smtp", server, false}, {"smtp", nil, false}} {
		g := &guarded{}
		out, err := NewSMTP(c.scheme + "://wattle:open%20sesame@" + serve(t, g, c.config, c.implicit))
		if err != nil {
			t.Fatal(err)
		}
		out.tls = client
		if err := out.Send(t.Context(), letter()); err != nil {
			t.Fatalf("%s: %v", c.scheme, err)
		}
		if !g.signedIn || g.encrypted != (c.config != nil) || g.count() != 1 {
			t.Errorf("%s: signed in %t, encrypted %t, %d mails", c.scheme, g.signedIn, g.encrypted, g.count())
		}
	}
}

func TestAWrongPasswordOrCertificateSendsNothing(t *testing.T) {
	server, client := certificate(t)
	g := &guarded{}
	addr := serve(t, g, server, false)
	wrong, _ := NewSMTP("smtp://wattle:guess@" + addr)
	wrong.tls = client
	stranger, _ := NewSMTP("smtp://wattle:open%20sesame@" + addr)
	stranger.tls = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1", Time: client.Time}
	for _, out := range []*SMTP{wrong, stranger} {
		if err := out.Send(t.Context(), letter()); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if g.count() != 0 {
		t.Errorf("%d mails", g.count())
	}
}

func TestAPasswordNeverCrossesANetworkInTheClear(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://u:p@mail.example": "TLSMandatory", "smtp://mail.example": "TLSOpportunistic", "smtp://u:p@localhost": "TLSOpportunistic",
	} {
		s, err := NewSMTP(url)
		if err != nil {
			t.Fatal(err)
		}
		c, err := gomail.NewClient(s.host, s.options(t.Context(), netmail.Address{Address: "hello@wattle.example"})...)
		if err != nil {
			t.Fatal(err)
		}
		if c.TLSPolicy() != want {
			t.Errorf("%s: %s", url, c.TLSPolicy())
		}
	}
}
