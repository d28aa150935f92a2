package directory

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// anyPsychologist is what "psychologist" asks for: those who hold the title, and nobody else.
const anyPsychologist = "type=clinical-psychologist&type=psychologist&type=provisional-psychologist"

// understood are texts with what they ask for, as a query, and the words that are left.
var understood = []struct{ text, asks, left string }{
	{`anxiety therapist in Newtown NSW who speaks Arabic under $120 on weekends`, `available=weekend&issue=anxiety&language=arabic&max_fee=120&near=newtown+nsw+2042`, ``},
	{`couples counselling brisbane under 150`, `format=couple&max_fee=150&near=brisbane+qld+4000`, ``},
	{`female trauma therapist in Newtown VIC`, `gender=woman&issue=trauma&near=newtown+vic+3220`, ``},
	{`low cost mandarin speaking psychologist online`, `language=mandarin&mode=video&sort=price&PSY`, ``},
	{`bulk billed psychologist melbourne`, `funding=bulk-bill&near=melbourne+vic+3000&PSY`, ``},
	{`bulk billing`, `funding=bulk-bill`, ``},
	{`adhd psychologist for kids`, `group=children&issue=adhd&PSY`, ``},
	{`psychologist parramatta evenings`, `available=evening&near=parramatta+nsw+2150&PSY`, ``},
	{`psychologist in preston vic`, `near=preston+vic+3072&PSY`, ``},
	{`counsellor 2042`, `near=2042&type=counsellor`, ``},
	{`3056`, `near=brunswick+vic+3056`, ``},
	{`max $120 anxiety`, `issue=anxiety&max_fee=120`, ``},
	{`less than 100 dollars`, `max_fee=100`, ``},
	{`no more than $99.50 a session`, `max_fee=99.50`, ``},
	{`anxiety $120`, `issue=anxiety&max_fee=120`, ``},
	{`counsellor sydney $150 per session`, `max_fee=150&near=sydney+nsw+2000&type=counsellor`, ``},
	{`$100-150 psychologist`, `max_fee=150&PSY`, ``},
	{`between 100 and 150 dollars counsellor`, `max_fee=150&type=counsellor`, ``},
	{`my budget is 90 dollars per session for grief`, `issue=grief&max_fee=90`, ``},
	{`up to 140`, `max_fee=140`, ``},
	{`150 max psychologist`, `max_fee=150&PSY`, ``},
	{`under 150`, `max_fee=150`, ``},
	{`<$130 counsellor`, `max_fee=130&type=counsellor`, ``},
	{`gap under 80 psychologist`, `max_gap=80&PSY`, ``},
	{`under $90 gap`, `max_gap=90`, ``},
	{`$75 out of pocket psychologist`, `max_gap=75&PSY`, ``},
	{`less than $100 after medicare`, `max_gap=100`, ``},
	{`no waiting list psychologist`, `accepting=true&PSY`, ``},
	{`psychologist soon`, `sort=soonest&PSY`, ``},
	{`asap anxiety help`, `issue=anxiety&sort=soonest`, ``},
	{`free consultation anxiety`, `free_consultation=true&issue=anxiety`, ``},
	{`free 15 minute call counsellor`, `free_consultation=true&type=counsellor`, ``},
	{`ndis psychologist telehealth`, `funding=ndis-self-managed&funding=ndis-plan-managed&funding=ndis-agency-managed&mode=video&PSY`, ``},
	{`medicare psychologist`, `funding=medicare&PSY`, ``},
	{`mental health care plan`, `funding=medicare`, ``},
	{`EMDR near st kilda`, `approach=emdr&near=st+kilda+vic+3182`, ``},
	{`my husband cheated on me`, `issue=infidelity`, ``},
	{`psychologist victoria`, `state=vic&PSY`, ``},
	{`anxiety sydney`, `issue=anxiety&near=sydney+nsw+2000`, ``},
	{`sydney`, `near=sydney+nsw+2000`, ``},
	{`brunswick 3056`, `near=brunswick+vic+3056`, ``},
	{`newtown nsw 2042`, `near=newtown+nsw+2042`, ``},
	{`nsw newtown anxiety`, `issue=anxiety&near=newtown+nsw+2042`, ``},
	{`in qld`, `state=qld`, ``},
	{`western australia counsellor`, `state=wa&type=counsellor`, ``},
	{`depression counsellor in south australia`, `issue=depression&state=sa&type=counsellor`, ``},
	{`vic`, `state=vic`, ``},
	{`marriage counsellor geelong`, `format=couple&near=geelong+vic+3220`, ``},
	{`aboriginal counsellor darwin`, `issue=first-nations&near=darwin+nt+0800&type=counsellor`, ``},
	{`wheelchair accessible psychologist hobart`, `access=step-free&near=hobart+tas+7000&PSY`, ``},
	{`christian counsellor`, `faith=christian`, ``},
	{`muslim psychologist lakemba`, `faith=muslim&near=lakemba+nsw+2195&PSY`, ``},
	{`male psychologist perth`, `gender=man&near=perth+wa+6000&PSY`, ``},
	{`I'd prefer a woman`, `gender=woman`, ``},
	{`therapist who is a woman`, `gender=woman`, ``},
	{`someone to talk to who is a man`, `gender=man`, ``},
	{`non-binary therapist`, `gender=non-binary`, ``},
	{`psycologist for ocd in brissie`, `issue=ocd&near=brisbane+qld+4000&PSY`, ``},
	{`phychologist`, `PSY`, ``},
	{`councillor for greif`, `issue=grief&type=counsellor`, ``},
	{`counselor for anxeity`, `issue=anxiety&type=counsellor`, ``},
	{`bi polar psychologist`, `issue=bipolar&PSY`, ``},
	{`behavioral problems child psychologist`, `group=children&PSY`, `behavioural`},
	{`shrink`, `PSY&type=psychiatrist`, ``},
	{`psych for teens`, `group=teens&PSY`, ``},
	{`clinical psychologist for eating disorders near 3000`, `issue=eating-disorders&near=melbourne+vic+3000&type=clinical-psychologist`, ``},
	{`social worker wollongong medicare`, `funding=medicare&near=wollongong+nsw+2500&type=mental-health-social-worker&type=social-worker`, ``},
	{`act therapy`, `approach=act`, ``},
	{`psychologist canberra act`, `near=canberra+act+2600&PSY`, ``},
	{`queer affirming therapist in the inner west`, `affirming=lgbtqia&near=inner+west+nsw`, ``},
	{`psychologist open today in perth`, `available=today&near=perth+wa+6000&PSY`, ``},
	{`counsellor free this week`, `available=week&type=counsellor`, ``},
	{`saturday psychologist`, `available=weekend&PSY`, ``},
	{`after hours counsellor`, `available=evening&available=weekend&type=counsellor`, ``},
	{`after work appointments psychologist`, `available=evening&PSY`, ``},
	{`evenings or weekends`, `available=evening&available=weekend`, ``},
	{`emdr and cbt psychologist`, `approach=emdr&approach=cbt&PSY`, ``},
	{`autism assessment brisbane`, `issue=assessment&near=brisbane+qld+4000`, ``},
	{`can't sleep`, `issue=sleep`, ``},
	{`relationship counselling online under 130 evenings`, `available=evening&format=couple&max_fee=130&mode=video`, ``},
	{`over 65 grief`, `group=older-adults&issue=grief`, ``},
	{`my 8 year old son has anxiety`, `group=children&issue=anxiety`, ``},
	{`14yo self-esteem`, `group=teens&issue=self-esteem`, ``},
	{`farsi speaking counsellor`, `language=farsi&type=counsellor`, ``},
	{`english speaking psychologist`, `language=english&PSY`, ``},
	{`speaks german`, `language=german`, ``},
	{`provisional psychologist 3056`, `near=brunswick+vic+3056&type=provisional-psychologist`, ``},
	{`no gap psychologist`, `funding=bulk-bill&PSY`, ``},
	{`sliding scale therapist`, `reduced=true`, ``},
	{`cheap psychologist adelaide`, `near=adelaide+sa+5000&sort=price&PSY`, ``},
	{`anxiety and depression`, `issue=anxiety&issue=depression&issue_match=all`, ``},
	{`anxiety or depression`, `issue=anxiety&issue=depression`, ``},
	{`anxiety depression grief`, `issue=anxiety&issue=depression&issue=grief`, ``},
	{`mood swings`, `issue=bipolar&issue=personality`, ``},
	{`within 10 km of Newtown NSW psychologist`, `near=newtown+nsw+2042&PSY&within_km=10`, ``},
	{`5km from parramatta`, `near=parramatta+nsw+2150&within_km=5`, ``},
	{`face to face therapy hobart`, `mode=in-person&near=hobart+tas+7000`, ``},
	{`video or phone`, `mode=video&mode=phone`, ``},
	{`family therapy`, `format=family`, ``},
	{`group therapy for men`, `format=group&issue=men`, ``},
	{`dva psychologist townsville`, `funding=dva&near=townsville+qld+4810&PSY`, ``},
	{`workcover psychologist`, `funding=workcover&PSY`, ``},
	{`psychiatrist adhd bulk bill perth`, `funding=bulk-bill&issue=adhd&near=perth+wa+6000&type=psychiatrist`, ``},
	{`hypnotherapist for phobias`, `approach=hypnotherapy&issue=phobias`, ``},
	{`lgbtqia counsellor`, `issue=lgbtqia&type=counsellor`, ``},
	{`fifo counsellor perth`, `group=fifo-rural&near=perth+wa+6000&type=counsellor`, ``},
	{`couples therapist who speaks vietnamese in cabramatta`, `format=couple&language=vietnamese&near=cabramatta+nsw+2166`, ``},
	{`taking new clients psychologist burwood nsw`, `accepting=true&near=burwood+nsw+2134&PSY`, ``},
	{`in campbell`, `near=campbell+act+2612`, ``},
	{`psychologist near richmond vic`, `near=richmond+vic+3121&PSY`, ``},
	{`tassie counsellor`, `state=tas&type=counsellor`, ``},
	{`what did I do wrong in my marriage`, `issue=relationship`, `wrong`},
	{`assessment`, `issue=assessment`, ``},
	{`students`, `group=students`, ``},
	{`carer`, `group=carers`, ``},
	{`veterans`, `group=veterans`, ``},
	{`schema therapy`, `approach=schema`, ``},
	{`dbt for borderline`, `approach=dbt&issue=personality`, ``},
}

func words(text string) Understanding {
	f := Everybody()
	f.Q = text
	return Understand(f)
}

func TestFreeTextBecomesFilters(t *testing.T) {
	for _, c := range understood {
		u := words(c.text)
		if got, want := u.Pairs().Encode(), strings.ReplaceAll(c.asks, "PSY", anyPsychologist); got != want || u.Filter.Q != c.left {
			t.Errorf("%q asks for %s and leaves %q, want %s and %q", c.text, got, u.Filter.Q, want, c.left)
		}
		if u.Said != c.text {
			t.Errorf("%q was said to be %q", c.text, u.Said)
		}
	}
}

// Names, figures of speech, sums that are no ceilings, words of danger: no filter is made of them.
func TestNoFilterIsMadeUp(t *testing.T) {
	for _, text := range []string{
		`April May`,
		`Grace Short`,
		`Victoria Price`,
		`Sydney Young`,
		`Emma Preston`,
		`Kate Richmond`,
		`James Gordon`,
		`Ian Campbell`,
		`Christian Young`,
		`Faith Gordon`,
		`Faith Young`,
		`Dr Grace Okafor`,
		`Dr Victoria Banks`,
		`Dr Christian Preston`,
		`Prof Adelaide Parker`,
		`Art Miller`,
		`German Garcia`,
		`Paris French`,
		`Jo English`,
		`Bill Nguyen`,
		`Abi Hastings`,
		`Max Price`,
		`Penny Banks`,
		`Guy Lawson`,
		`Gay Harris`,
		`Charlotte Burwood`,
		`Chelsea Gordon`,
		`Brooklyn Hamilton`,
		`Tom Price`,
		`Georgia Lane`,
		`Hunter Wentworth`,
		`Preston`,
		`Campbell`,
		`Christian`,
		`German`,
		`Art`,
		`Robina`,
		`Tara`,
		`Elizabeth`,
		`young`,
		`bright`,
		`success`,
		`the gap`,
		`orange`,
		`act`,
		`add`,
		`did`,
		`remote`,
		`senior`,
		`deaf`,
		`my mother`,
		`doctor`,
		`over $100`,
		`more than 200`,
		`from 150 dollars`,
		`at least $90`,
		`under 18`,
		`under 12`,
		`under 5 minutes`,
		`within 20 minutes`,
		`2 sessions a week`,
		`100 years`,
		`budget 200 a month`,
		`since 2010`,
		`I can't go on`,
		`i want to kill myself`,
		`suicidal thoughts newtown nsw`,
		`domestic violence psychologist sydney`,
		`he hits me`,
		`self harm under $100`,
		`hello`,
		`i need help`,
		`therapist`,
		`therapy near me`,
		`what now`,
		`zzzz`,
		`Nguyen`,
		`Wei Zhang`,
		`O'Brien`,
		`Mandy`,
		`Germaine`,
		`womanly`,
		`tuesday`,
		`12345`,
		`$`,
		`$$$`,
		`??!!`,
		`50%`,
		`for`,
		`in`,
		`near`,
		`under`,
		`max`,
	} {
		if u := words(text); u.Any() || u.Filter.Q != text {
			t.Errorf("%q asks for %s and leaves %q: %+v", text, u.Pairs().Encode(), u.Filter.Q, u.Notes)
		}
	}
}

func TestPressureIsStressAndNoPrice(t *testing.T) {
	if u := words("under pressure"); u.Pairs().Encode() != "issue=stress" || u.Filter.MaxFee.Set {
		t.Errorf("asks for %s", u.Pairs().Encode())
	}
}

// A name that several suburbs bear is never guessed: the choices are offered, and the name stays
// among the words. A state, chosen or said, settles it.
func TestAnAmbiguousSuburbIsAChoice(t *testing.T) {
	u := words("anxiety therapist within 5 km of Newtown")
	if len(u.Notes) != 1 || u.Filter.Q != "newtown" || !u.Filter.Near.IsZero() || u.Pairs().Encode() != "issue=anxiety" {
		t.Fatalf("%+v, %q", u.Notes, u.Filter.Q)
	}
	states := map[string]bool{}
	for _, c := range u.Notes[0].Choices {
		states[c.Filter.Near.State] = true
		if c.Filter.Near.Name != "Newtown" || c.Filter.Q != "" || c.Filter.WithinKm != 5 || !c.Filter.Has("issue", "anxiety") {
			t.Errorf("the choice %s is %s", c.Label, c.Filter.Encode())
		}
		if again, err := Parse(c.Filter.Values()); err != nil || again.Near.Text != c.Filter.Near.Text {
			t.Errorf("the choice %s does not stand in a query: %v", c.Label, err)
		}
	}
	if len(states) < 2 {
		t.Errorf("the choices lie in %v", states)
	}
	f := Everybody().With("state", "nsw")
	f.Q = "newtown"
	if u := Understand(f); u.Filter.Near.Postcode != "2042" || len(u.Notes) > 0 {
		t.Errorf("with a state chosen: %+v %+v", u.Filter.Near, u.Notes)
	}
	if u := words("newtown nsw or brunswick vic"); len(u.Notes) != 1 || len(u.Notes[0].Choices) != 2 {
		t.Errorf("two places: %+v", u.Notes)
	}
}

func TestWhatWasChosenByHandStands(t *testing.T) {
	hand := Everybody().With("type", "psychologist").With("max_fee", "100").With("available", "week").With("issue", "grief")
	hand.Q = "counsellor anxiety under 150 evenings emdr"
	u := Understand(hand)
	if got := u.Pairs().Encode(); got != "approach=emdr" {
		t.Errorf("understood: %s", got)
	}
	if u.Filter.Q != "counsellor anxiety" {
		t.Errorf("what words can still find stays among the words: %q", u.Filter.Q)
	}
	if len(u.Notes) != 2 || u.Notes[0].Field != "max_fee" || u.Notes[1].Field != "available" {
		t.Errorf("what was left out is said: %+v", u.Notes)
	}
	for _, g := range []string{"type", "max_fee", "available", "issue"} {
		if !slices.Equal(u.Filter.Values()[g], hand.Values()[g]) {
			t.Errorf("%s became %v", g, u.Filter.Values()[g])
		}
	}
	same := Everybody().With("issue", "anxiety")
	same.Q = "anxiety"
	if u := Understand(same); u.Filter.Q != "" || len(u.Meanings) > 0 {
		t.Errorf("what is chosen already needs no words: %q %+v", u.Filter.Q, u.Meanings)
	}
}

func TestAsTypedNothingIsUnderstood(t *testing.T) {
	f := Everybody()
	f.Q, f.AsTyped = "anxiety newtown nsw", true
	if u := Understand(f); u.Any() || u.Filter.Q != f.Q {
		t.Errorf("%+v", u)
	}
	v := f.Values()
	if v.Get("understand") != "false" {
		t.Errorf("the query is %s", v.Encode())
	}
	if again, err := Parse(v); err != nil || !again.AsTyped {
		t.Errorf("%+v, %v", again, err)
	}
	if f.Without("q", "").AsTyped {
		t.Error("without words there is nothing to take as typed")
	}
}

// Every suburb, written as we write it, is that place; so is every label of an issue and a
// profession what it names: the search box completes to these.
func TestWhatWeWriteOurselvesIsUnderstood(t *testing.T) {
	for _, p := range region.Places() {
		if p.Postcode == "" {
			continue
		}
		for _, text := range []string{p.Label(), "anxiety " + p.Label(), "psychologist near " + p.Label()} {
			if u := words(text); u.Filter.Near.Name != p.Name && u.Filter.Near.Postcode != p.Postcode || u.Filter.Q != "" {
				t.Errorf("%q is near %q and leaves %q %+v", text, u.Filter.Near.Text, u.Filter.Q, u.Notes)
			}
		}
	}
	for group, list := range map[string]*taxonomy.List{"issue": taxonomy.Issues, "type": taxonomy.Types} {
		for _, term := range list.All() {
			_, danger := taxonomy.Crisis(term.Label)
			if u := words(term.Label); !danger && (!u.Filter.Has(group, term.Slug) || u.Filter.Q != "") {
				t.Errorf("%q asks for %s and leaves %q", term.Label, u.Pairs().Encode(), u.Filter.Q)
			}
		}
	}
}

// sentences are made of everything that can be said, in any order.
func sentences(r *rand.Rand, yield func(parts []string)) {
	all := []string{"anxiety", "psychologist", "emdr", "under $120", "evenings", "telehealth", "in parramatta", "for kids", "ndis", "arabic", "no waiting list", "free consultation"}
	for range 400 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		yield(all[:1+r.IntN(len(all))])
	}
}

func TestTheOrderOfTheWordsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sentences(r, func(parts []string) {
		want := words(strings.Join(parts, " ")).Filter
		other := slices.Clone(parts)
		r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		got := words(strings.Join(other, " ")).Filter
		if got.Encode() != want.Encode() || got.Q != "" {
			t.Errorf("%q asks for %s, %q for %s", parts, want.Encode(), other, got.Encode())
		}
	})
}

// stable fails unless what was understood stands in a query, and understanding it again changes nothing.
func stable(t *testing.T, text string) {
	t.Helper()
	u := words(text)
	if strict, err := Parse(u.Filter.Values()); err != nil || strict.Encode() != u.Filter.Encode() {
		t.Errorf("%q becomes %s, which the API refuses: %v", text, u.Filter.Encode(), err)
	}
	again := Understand(u.Filter)
	if again.Filter.Encode() != u.Filter.Encode() || len(again.Meanings) > 0 {
		t.Errorf("%q becomes %s, and that %s", text, u.Filter.Encode(), again.Filter.Encode())
	}
}

func TestUnderstandingTwiceIsUnderstandingOnce(t *testing.T) {
	var tokens []string
	for _, c := range understood {
		stable(t, c.text)
		tokens = append(tokens, strings.Fields(c.text)...)
	}
	for _, l := range taxonomy.Lists() {
		for _, term := range l.All() {
			stable(t, term.Label)
			for _, s := range term.Synonyms {
				stable(t, s)
				tokens = append(tokens, strings.Fields(s)...)
			}
		}
	}
	for _, p := range region.Places() {
		tokens = append(tokens, strings.Fields(p.Name)...)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 8000 {
		var some []string
		for range 1 + r.IntN(8) {
			some = append(some, tokens[r.IntN(len(tokens))])
		}
		stable(t, strings.Join(some, " "))
	}
}

// Plain words of no meaning here, in any company, ask for nothing.
func TestPlainWordsAskForNothing(t *testing.T) {
	plain := strings.Fields(`table window garden river stone paper bottle yellow purple quickly slowly carpet engine ladder button
		feather basket hammer kettle lantern magnet needlework orchard pebble quilt ribbon saddle teapot umbrella velvet wagon zebra anchor barrel
		candle desk envelope fountain guitar helmet igloo jacket kitchen lemon mirror notebook ocean pencil quiver rocket scissors ticket utensil
		violin whistle xylophone yoghurt zipper apple banana-cake cherry donkey elephant forty gravel horse inkwell jigsaw kangaroo leaf mountain
		nine oven pillow queue rainbow seventeen thunder unicorn vinegar walnut yard arrow blanket cloud drawer eagle fence glove hinge island jar`)
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		var some []string
		for range 1 + r.IntN(6) {
			some = append(some, plain[r.IntN(len(plain))])
		}
		if u := words(strings.Join(some, " ")); u.Any() {
			t.Errorf("%q asks for %s %+v", some, u.Pairs().Encode(), u.Notes)
		}
	}
}

func TestWordsOfDangerAreNeverUnderstood(t *testing.T) {
	for _, danger := range []string{"i want to die", "suicidal", "self harm", "my partner hits me", "i cant go on"} {
		for _, c := range understood[:20] {
			if u := words(c.text + " " + danger); u.Any() || u.Filter.Q != c.text+" "+danger {
				t.Errorf("%q was understood", u.Said)
			}
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, c := range understood {
		f.Add(c.text)
	}
	for _, s := range []string{"\xff\x00", "$", "$$$9", "under under under", strings.Repeat("in ", 300), "in in newtown", "99.99.99", "aud 7p5", "within 0 km of", "٣", "p9p9", "dr dr dr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query, notes := ParseLenient(map[string][]string{"q": {text}})
		if len(notes) > 0 || query.Q == "" {
			return
		}
		stable(t, query.Q)
	})
}

// Understanding grows with the text and not faster, and reads no more words than a query has.
func BenchmarkUnderstand(b *testing.B) {
	for name, text := range map[string]string{"short": "anxiety parramatta", "long": "anxiety therapist in Newtown NSW who speaks Arabic under $120 on weekends",
		"longest": strings.Repeat("in newtown under ", 11), "endless": strings.Repeat("in newtown under ", 4000)} {
		b.Run(name, func(b *testing.B) {
			f := Everybody()
			f.Q = text
			b.ReportAllocs()
			for b.Loop() {
				Understand(f)
			}
		})
	}
}

// A word stands in the table of names because it means something else as well.
func TestEveryNameInTheTableMeansSomethingElseToo(t *testing.T) {
	for _, word := range taxonomy.Names() {
		n, _ := taxonomy.Lead([]string{word})
		_, state := region.ParseState(word)
		if n == 0 && !state && len(region.Find(word, "")) == 0 && theSayings()[word] == nil {
			t.Errorf("%q is neither a place nor a term", word)
		}
	}
}

// The work grows with the words, not with their square: counted in allocations, for time is the machine's.
func TestUnderstandingGrowsNoFasterThanTheText(t *testing.T) {
	cost := func(n int) float64 {
		f := Everybody()
		f.Q = strings.TrimSpace(strings.Repeat("in newtown under zebra ", n))
		return testing.AllocsPerRun(5, func() { Understand(f) })
	}
	if two, ten := cost(2), cost(10); ten > 8*two {
		t.Errorf("five times the words take %.0f allocations instead of %.0f", ten, two)
	}
}
