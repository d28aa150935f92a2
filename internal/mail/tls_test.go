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

// authServer requires a password and records whether the connection was encrypted.
type authServer struct {
	sink
	encrypted, signedIn bool
}

type authSession struct {
	session
	g *authServer
}

func (g *authServer) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	return &authSession{session{s: &g.sink, conn: c}, g}, nil
}

func (x *authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *authSession) Auth(string) (sasl.Server, error) {
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

// certificate returns a self-signed certificate for 127.0.0.1 and a client that trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1),
		NotBefore: issued.Add(-time.Hour), NotAfter: issued.Add(time.Hour),
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

func serve(t *testing.T, g *authServer, config *tls.Config, implicit bool) string {
	t.Helper()
	server := gosmtp.NewServer(g)
	server.Domain, server.TLSConfig, server.ErrorLog = "sink.example", config, noLog{}
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

func TestTLSIsUsedIfTheServerOffersIt(t *testing.T) {
	server, client := certificate(t)
	for _, c := range []struct {
		scheme   string
		config   *tls.Config
		implicit bool
	}{{"smtps", server, true}, {"smtp", server, false}, {"smtp", nil, false}} {
		g := &authServer{}
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

func TestAWrongPasswordOrCertificateStopsTheMail(t *testing.T) {
	server, client := certificate(t)
	g := &authServer{}
	addr := serve(t, g, server, false)
	wrong, _ := NewSMTP("smtp://wattle:guess@" + addr)
	wrong.tls = client
	untrusted, _ := NewSMTP("smtp://wattle:open%20sesame@" + addr)
	untrusted.tls = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1", Time: client.Time}
	for _, out := range []*SMTP{wrong, untrusted} {
		if err := out.Send(t.Context(), letter()); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if g.count() != 0 {
		t.Errorf("%d mails", g.count())
	}
}

func TestAPasswordRequiresTLSExceptOnLoopback(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://u:p@mail.example": "TLSMandatory", "smtp://mail.example": "TLSOpportunistic",
		"smtp://u:p@localhost": "TLSOpportunistic",
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
