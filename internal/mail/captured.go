package mail

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"wattle/internal/notify"
	"wattle/internal/pg"
)

// Captured stores mails in the database instead of sending them. It is for development only.
type Captured struct{ DB *pg.DB }

// attachment is a file in the form that /dev/mail.json shows.
type attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Body string `json:"body"`
}

// stored is a row of dev_mails.
type stored struct {
	ID          int64     `db:"id"`
	To          string    `db:"to_addr"`
	From        string    `db:"from_addr"`
	Subject     string    `db:"subject"`
	Text        string    `db:"text_body"`
	HTML        string    `db:"html_body"`
	Attachments []byte    `db:"attachments"`
	SentAt      time.Time `db:"sent_at"`
}

const columns = `id, to_addr, from_addr, subject, text_body, html_body, attachments, sent_at`

// listLimit is the number of mails in a list.
const listLimit = 200

// Send stores m, unless a mail with its Message-ID is already stored.
func (c *Captured) Send(ctx context.Context, m notify.Message) error {
	files := []attachment{}
	for _, a := range m.Attachments {
		files = append(files, attachment{a.Name, a.Type, string(a.Body)})
	}
	body, err := json.Marshal(files)
	if err != nil {
		return err
	}
	return pg.Once(ctx, c.DB, func(conn *pg.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO dev_mails
				(to_addr, from_addr, subject, text_body, html_body, attachments, message_id, sent_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (message_id) DO NOTHING`,
			m.To.Address, m.From.String(), m.Subject, m.Text, m.HTML, string(body), m.ID, m.Date)
		return err
	})
}

// list returns mails to one address, or to all if to is "", in reverse order of sending, whatever the
// development clock said. An address that Postgres cannot store has no mails.
func (c *Captured) list(ctx context.Context, to string) (mails []stored, err error) {
	if !utf8.ValidString(to) || strings.ContainsRune(to, 0) {
		return nil, nil
	}
	err = c.DB.Select(ctx, &mails, `SELECT `+columns+` FROM dev_mails
		WHERE $1 = '' OR lower(to_addr) = $1 ORDER BY id DESC LIMIT $2`,
		strings.ToLower(strings.TrimSpace(to)), listLimit)
	return mails, err
}

func (c *Captured) one(ctx context.Context, id int64) (m stored, err error) {
	err = c.DB.Get(ctx, &m, `SELECT `+columns+` FROM dev_mails WHERE id = $1`, id)
	return m, err
}

func (m stored) files() (files []attachment) {
	_ = json.Unmarshal(m.Attachments, &files) // always valid: Send wrote it
	return files
}
