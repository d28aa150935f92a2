package taxonomy

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
var types = []Type{
	{Slug: "clinical-psychologist", Label: "Clinical psychologist", Plural: "Clinical psychologists", Title: "Clinical Psychologist",
		Regulator: "Ahpra", Board: "Psychology Board of Australia", Prefix: "PSY", Registered: true, Medicare: TierClinical, GSTFree: true,
		Synonyms: []string{"clinical psychologist", "clinical psychology", "clinical psych", "clin psych"}},
	{Slug: "psychologist", Label: "Psychologist", Plural: "Psychologists", Title: "Psychologist",
		Regulator: "Ahpra", Board: "Psychology Board of Australia", Prefix: "PSY", Registered: true, Medicare: TierFocussed, GSTFree: true,
		Synonyms: []string{"registered psychologist", "general psychologist", "counselling psychologist"}},
	{Slug: "provisional-psychologist", Label: "Provisional psychologist", Plural: "Provisional psychologists", Title: "Provisional Psychologist",
		Regulator: "Ahpra", Board: "Psychology Board of Australia", Prefix: "PSY", Registered: true, GSTUnsure: true,
		Synonyms: []string{"provisional psychologist", "intern psychologist", "trainee psychologist", "student psychologist"}},
	{Slug: "psychiatrist", Label: "Psychiatrist", Plural: "Psychiatrists", Title: "Psychiatrist",
		Regulator: "Ahpra", Board: "Medical Board of Australia", Prefix: "MED", Registered: true, Medicare: TierPsychiatrist, GSTFree: true,
		Synonyms: []string{"psychiatrist", "psychiatry"}},
	{Slug: "occupational-therapist", Label: "Occupational therapist", Plural: "Occupational therapists", Title: "Occupational Therapist (Mental Health)",
		Regulator: "Ahpra", Board: "Occupational Therapy Board of Australia", Prefix: "OCC", Registered: true, Medicare: TierAllied, GSTFree: true,
		Synonyms: []string{"occupational therapist", "occupational therapy", "ot", "mental health ot"}},
	{Slug: "mental-health-social-worker", Label: "Mental health social worker", Plural: "Mental health social workers", Title: "Accredited Mental Health Social Worker",
		Regulator: "AASW", Board: "Australian Association of Social Workers", Medicare: TierAllied, GSTFree: true,
		Synonyms: []string{"mental health social worker", "accredited mental health social worker", "amhsw", "clinical social worker"}},
	{Slug: "social-worker", Label: "Social worker", Plural: "Social workers", Title: "Social Worker",
		Regulator: "AASW", Board: "Australian Association of Social Workers", GSTFree: true},
	{Slug: "counsellor", Label: "Counsellor", Plural: "Counsellors", Title: "Counsellor",
		Regulator: "ACA or PACFA", Board: "Australian Register of Counsellors and Psychotherapists",
		Synonyms: []string{"counsellor"}},
	{Slug: "psychotherapist", Label: "Psychotherapist", Plural: "Psychotherapists", Title: "Psychotherapist",
		Regulator: "PACFA or ACA", Board: "Australian Register of Counsellors and Psychotherapists",
		Synonyms: []string{"psychotherapist"}},
}

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
	for _, t := range types {
		if t.Slug == slug {
			return t, true
		}
	}
	return Type{}, false
}

func typeTerms() []Term {
	out := make([]Term, len(types))
	for i, t := range types {
		out[i] = Term{Index: i, Slug: t.Slug, Label: t.Label, Plural: t.Plural, Synonyms: t.Synonyms}
	}
	return out
}
