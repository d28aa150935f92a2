package directory

import (
	"strings"
	"time"

	"wattle/internal/money"
)

var vocabulary = map[string]string{
	"type":      "clinical-psychologist psychologist provisional-psychologist psychiatrist occupational-therapist mental-health-social-worker social-worker counsellor psychotherapist",
	"issue":     "anxiety depression trauma adhd relationship grief",
	"mode":      "video phone in-person",
	"language":  "english mandarin",
	"gender":    "woman man non-binary self-described",
	"approach":  "cbt act emdr",
	"format":    "individual couple family group",
	"funding":   "private medicare ndis",
	"group":     "adults children",
	"affirming": "lgbtqia",
	"faith":     "christian muslim",
	"access":    "step-free",
}

func slugs(group string) []string { return strings.Fields(vocabulary[group]) }

func termLabel(group, value string) string { return strings.ReplaceAll(value, "-", " ") }

func rebate(kind string, minutes int, now time.Time) (money.Cents, bool) { return 0, false }
