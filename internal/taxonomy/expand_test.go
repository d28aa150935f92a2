package taxonomy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// say writes a query as "types | issues | list:slug … | words".
func say(q Query) string {
	var found []string
	for _, f := range q.Found {
		found = append(found, f.List+":"+f.Slug)
	}
	var parts []string
	for _, p := range [][]string{q.Types, q.Issues, found, q.Words} {
		parts = append(parts, strings.Join(p, " "))
	}
	return strings.TrimSpace(strings.Join(parts, "|"))
}

const psychologists = "clinical-psychologist psychologist provisional-psychologist"

func TestExpand(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// professions: a title leads to those who hold it
		{"psychologist", psychologists + "|||"},
		{"Psychologists", psychologists + "|||"},
		{"psychology", psychologists + "|||"},
		{"psych", psychologists + "|||"},
		{"physcologist", psychologists + "|||"},
		{"phychologist", psychologists + "|||"},
		{"psycologist", psychologists + "|||"},
		{"pyschologist", psychologists + "|||"},
		{"clinical psychologist", "clinical-psychologist|||"},
		{"clinical psycologist", "clinical-psychologist|||"},
		{"provisional psychologist", "provisional-psychologist|||"},
		{"psychiatrist", "psychiatrist|||"},
		{"physchiatrist", "psychiatrist|||"},
		{"counsellor", "counsellor|||"},
		{"counselor", "counsellor|||"},
		{"councillor", "counsellor|||"},
		{"councilor", "counsellor|||"},
		{"counsellors near me", "counsellor|||"},
		{"psychotherapist", "psychotherapist|||"},
		{"psycho therapist", "psychotherapist|||"},
		{"social worker", "mental-health-social-worker social-worker|||"},
		{"accredited mental health social worker", "mental-health-social-worker|||"},
		{"occupational therapist", "occupational-therapist|||"},
		{"OT", "occupational-therapist|||"},
		{"psychologist or counsellor", psychologists + " counsellor|||"},
		{"sports psychologist", psychologists + "||group:athletes|"},
		{"therapist", "|||"},
		{"therapy", "|||"},
		{"counselling", "|||"},
		{"counseling", "|||"},
		// issues: labels, synonyms, spelling, plain speech
		{"anxiety", "|anxiety||"},
		{"Anxeity", "|anxiety||"},
		{"anxious", "|anxiety||"},
		{"overthinking", "|anxiety||"},
		{"panic attacks", "|panic||"},
		{"panic attack", "|panic||"},
		{"can't breathe", "|panic||"},
		{"fear of flying", "|phobias||"},
		{"OCD", "|ocd||"},
		{"intrusive thoughts", "|ocd||"},
		{"depressed", "|depression||"},
		{"deppression", "|depression||"},
		{"bi polar", "|bipolar||"},
		{"bipolar disorder", "|bipolar||"},
		{"mood swings", "|bipolar personality||"},
		{"post-natal depression", "|perinatal||"},
		{"postpartum depression", "|perinatal||"},
		{"burned out", "|burnout||"},
		{"anger management", "|anger||"},
		{"can't sleep", "|sleep||"},
		{"cant sleep", "|sleep||"},
		{"can’t sleep at night", "|sleep||night"},
		{"cannot sleep", "|sleep||"},
		{"insomia", "|sleep||"},
		{"low self-esteem", "|self-esteem||"},
		{"imposter syndrome", "|self-esteem||"},
		{"no friends", "|loneliness||"},
		{"PTSD", "|trauma||"},
		{"c-PTSD", "|complex-trauma||"},
		{"childhood trauma", "|complex-trauma||"},
		{"rape", "|sexual-assault||"},
		{"domestic violence", "|family-violence||"},
		{"narcissistic abuse", "|narcissistic-abuse||"},
		{"greif", "|grief||"},
		{"miscarriage", "|grief||"},
		{"ADHD", "|adhd||"},
		{"ahdh", "|adhd||"},
		{"adhd assessment", "|assessment||"},
		{"autistic", "|autism||"},
		{"asperger's", "|autism||"},
		{"AuDHD", "|audhd||"},
		{"dyslexia", "|learning||"},
		{"cheating", "|infidelity||"},
		{"my husband cheated on me", "|relationship infidelity||"},
		{"affair", "|infidelity||"},
		{"seperation", "|separation||"},
		{"break up", "|separation||"},
		{"in-laws", "|family-conflict||"},
		{"porn", "|sex-intimacy digital||"},
		{"polyamory", "|non-monogamy||"},
		{"gay", "|lgbtqia||"},
		{"LGBTQIA+", "|lgbtqia|affirming:lgbtqia|"},
		{"coming out", "|lgbtqia||"},
		{"gender dysphoria", "|gender||"},
		{"stolen generations", "|first-nations||"},
		{"racism", "|migration||"},
		{"toxic boss", "|career||"},
		{"HSC stress", "|study stress||"},
		{"menopause", "|women||"},
		{"men's issues", "|men||"},
		{"dementia carer", "|ageing||"},
		{"anorexia", "|eating-disorders||"},
		{"binge eating", "|eating-disorders||"},
		{"alchohol", "|alcohol-drugs||"},
		{"pokies", "|gambling||"},
		{"long covid", "|chronic-illness||"},
		{"chronic pain", "|pain||"},
		{"BPD", "|personality||"},
		{"hearing voices", "|psychosis||"},
		{"skin picking", "|hoarding||"},
		{"family court", "|legal||"},
		{"DID", "|dissociation||"},
		{"what did I do wrong in my marriage", "|relationship||wrong"},
		{"cutting down drinking", "|alcohol-drugs||"},
		// other lists
		{"EMDR", "||approach:emdr|"},
		{"cognitive behavioral therapy", "||approach:cbt|"},
		{"EFT tapping", "||approach:tapping|"},
		{"mandarin speaking", "||language:mandarin|"},
		{"chinese", "||language:mandarin language:cantonese|"},
		{"中文", "||language:mandarin|"},
		{"tiếng Việt", "||language:vietnamese|"},
		{"sign language", "||language:auslan|"},
		{"online", "||mode:video|"},
		{"face-to-face", "||mode:in-person|"},
		{"female", "||gender:woman|"},
		{"bulk billing", "||funding:bulk-bill|"},
		{"low cost", "||funding:reduced-fee|"},
		{"NDIS", "||funding:ndis-self-managed funding:ndis-plan-managed funding:ndis-agency-managed|"},
		{"couples counselling", "|relationship|group:couples format:couple|"},
		{"marriage counsellor", "|relationship|group:couples format:couple|"},
		// all together, and what stays over
		{"female trauma therapist in Newtown", "|trauma|gender:woman|newtown"},
		{"low cost mandarin speaking psychologist online", psychologists + "||funding:reduced-fee language:mandarin mode:video|"},
		{"adhd psychologist for kids", psychologists + "|adhd|group:children|"},
		{"Dr Grace Okafor", "|||dr grace okafor"},
		{"", "|||"},
		{"   ", "|||"},
		{"!!! ???", "|||"},
		{"i need help with my mental health", "|||"},
	} {
		if got := say(Expand(c.text)); got != strings.TrimSpace(c.want) {
			t.Errorf("%q yields %s, want %s", c.text, got, c.want)
		}
	}
}

// A protected title must never lead to a profession that may not use it, whatever surrounds it.
func TestPsychologistNeverMeansACounsellor(t *testing.T) {
	for _, title := range []string{"psychologist", "psychologists", "psychology", "clinical psychologist", "psycologist", "child psychologist", "sports psychologist"} {
		for _, around := range []string{"%s", "%s for anxiety", "cheap %s online", "best %s near me", "relationship %s"} {
			q := Expand(fmt.Sprintf(around, title))
			if len(q.Types) == 0 {
				t.Errorf("%q names no profession", q.Text)
			}
			for _, ty := range q.Types {
				if !strings.HasSuffix(ty, "psychologist") {
					t.Errorf("%q leads to %s", q.Text, ty)
				}
			}
		}
	}
	if q := Expand("counsellor"); !slices.Equal(q.Types, []string{"counsellor"}) {
		t.Errorf("counsellor leads to %v", q.Types)
	}
}

func TestEveryLabelAndSlugIsUnderstood(t *testing.T) {
	for _, l := range []*List{Types, Issues, Approaches, Languages, Faiths, Modes, Formats, Funding, ClientGroups} {
		for _, term := range l.All() {
			label, _, _ := strings.Cut(term.Label, " (")
			for _, text := range []string{label, term.Slug} {
				q := Expand(text)
				if !slices.Contains(append(q.Types, q.Issues...), term.Slug) &&
					!slices.Contains(q.Found, Found{l.Name, term.Slug}) {
					t.Errorf("%s %q yields %s", l.Name, text, say(q))
				}
			}
		}
	}
}

func TestEverySynonymMatchesItsTerm(t *testing.T) {
	for _, term := range Issues.All() {
		for _, s := range term.Synonyms {
			if q := Expand(s); !slices.Contains(q.Issues, term.Slug) {
				t.Errorf("%q leads to %s, not to %s", s, say(q), term.Slug)
			}
		}
	}
}

func TestEveryMisspellingIsCorrectedInOneStep(t *testing.T) {
	for _, r := range rows("spellings.tsv") {
		if got, want := strings.Join(respell(Tokens(r["wrong"])), " "), Normalise(r["right"]); got != want {
			t.Errorf("%q becomes %q, want %q", r["wrong"], got, want)
		}
		if again := strings.Join(respell(Tokens(r["right"])), " "); again != Normalise(r["right"]) {
			t.Errorf("%q is corrected to %q, which is corrected again to %q", r["wrong"], r["right"], again)
		}
	}
}

func TestUnitsGroupTheMeaningsOfAPhrase(t *testing.T) {
	var got []string
	for _, u := range Units("porn psychologist from Newtown") {
		got = append(got, fmt.Sprintf("%s=%d", u.Text, len(u.Found)))
	}
	if want := []string{"porn=2", "psychologist=3", "newtown=0"}; !slices.Equal(got, want) {
		t.Errorf("units are %v, want %v", got, want)
	}
}

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"OCD":              "ocd",
		"Can't  Sleep!":    "cant sleep",
		"can’t":            "cant",
		"Café\tNoir":       "cafe noir",
		"self-harm":        "self harm",
		" TAC/CTP ":        "tac ctp",
		"LGBTQIA+":         "lgbtqia",
		"Ｆｕｌｌ ｗｉｄｔｈ":       "full width",
		"tiếng Việt":       "tieng viet",
		"already plain 24": "already plain 24",
		"trailing ":        "trailing",
		"\x00\xff<script>": "script",
		"Ä Ö ü ß":          "a o u ß",
		"Ελληνικά":         "ελληνικα",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"can't sleep", "psychologist newtown", "i want to die", "中文", "\xff\x00", "a' b` c´", strings.Repeat("panic ", 60), "\xf2ÿ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := Normalise(text)
		if again := Normalise(once); again != once {
			t.Errorf("Normalise is not stable: %q, %q", once, again)
		}
		q := Expand(text)
		for _, issue := range q.Issues {
			if !Issues.Has(issue) {
				t.Errorf("%q is no issue", issue)
			}
		}
		Crisis(text)
	})
}

func BenchmarkExpand(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Expand("female trauma psychologist newtown cant sleep")
	}
}
