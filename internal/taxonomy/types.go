package taxonomy

import "sync"

// Type is a profession: its protected title, its regulator, and its treatment by Medicare and GST.
type Type struct {
	Slug       string
	Label      string // "Clinical psychologist"
	Plural     string
	Title      string // the title that may be printed beside a name
	Regulator  string // "Ahpra", or the association of a self-regulated profession
	Board      string // the register
	Prefix     string // letters before the ten digits of the registration number; "" for free text
	Registered bool   // a registered health practitioner under the National Law
	Medicare   Tier   // Better Access tier
	GSTFree    bool   // sessions are GST-free (s 38-7, s 38-10 of the GST Act)
	GSTUnsure  bool   // ask a tax adviser: the ruling is not clear
	Synonyms   []string
}

// Tier is the Medicare tier of a profession's sessions under Better Access.
type Tier string

// The tiers. Psychiatrists have their own items, which are not modelled.
const (
	TierNone         Tier = ""
	TierClinical     Tier = "clinical"     // M6
	TierFocussed     Tier = "focussed"     // M7, general psychologists
	TierAllied       Tier = "allied"       // M7, occupational therapists and social workers
	TierPsychiatrist Tier = "psychiatrist" // items 291 to 309 and 918xx, GP referral
)

// types lists the nine professions in API order (domain facts §1). Synonyms name one profession only.
var types = sync.OnceValue(func() []Type {
	var out []Type
	for _, r := range rows("types.tsv") {
		out = append(out, Type{Slug: r["slug"], Label: r["label"], Plural: r["plural"], Title: r["title"],
			Regulator: r["regulator"], Board: r["board"], Prefix: r["prefix"], Registered: r["registered"] != "",
			Medicare: Tier(r["medicare"]), GSTFree: r["gst"] == "free", GSTUnsure: r["gst"] == "unsure",
			Synonyms: split(r["synonyms"])})
	}
	return out
})

// sharedTypeWords name several professions at once. "Psychologist" is a protected title: it leads only
// to its holders.
var sharedTypeWords = map[string][]string{
	"psychologist":  {"clinical-psychologist", "psychologist", "provisional-psychologist"},
	"psychology":    {"clinical-psychologist", "psychologist", "provisional-psychologist"},
	"psych":         {"clinical-psychologist", "psychologist", "provisional-psychologist"},
	"shrink":        {"clinical-psychologist", "psychologist", "provisional-psychologist", "psychiatrist"},
	"social worker": {"mental-health-social-worker", "social-worker"},
	"social work":   {"mental-health-social-worker", "social-worker"},
}

// TypeOf finds a profession by slug.
func TypeOf(slug string) (Type, bool) {
	for _, t := range types() {
		if t.Slug == slug {
			return t, true
		}
	}
	return Type{}, false
}

func typeTerms() []Term {
	out := make([]Term, len(types()))
	for i, t := range types() {
		out[i] = Term{Index: i, Slug: t.Slug, Label: t.Label, Plural: t.Plural, Synonyms: t.Synonyms}
	}
	return out
}
