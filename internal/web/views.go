package web

import (
	"bytes"

	"wattle/internal/view"
	"wattle/templates"
)

// views are the pages, each bound to the one struct it prints.
type views struct {
	home           view.Page[homePage]
	therapistsList view.Page[therapistsListPage]
	suggest        view.Page[suggestPage]
	match          view.Page[matchPage]
	order          view.Page[orderPage]
	therapistShow  view.Page[therapistShowPage]
	bookTimes      view.Page[bookTimesPage]
	bookDetails    view.Page[bookDetailsPage]
	bookUnder18    view.Page[plainPage]
	bookingShow    view.Page[bookingShowPage]
	bookingLink    view.Page[bookingLinkPage]
	bookingCancel  view.Page[bookingCancelPage]
	practiceShow   view.Page[practiceShowPage]
	guidesList     view.Page[guidesListPage]
	guideShow      view.Page[guideShowPage]
	crisis         view.Page[plainPage]
	privacy        view.Page[plainPage]
	terms          view.Page[plainPage]
	accessibility  view.Page[plainPage]
	integrity      view.Page[integrityPage]
	apiDocs        view.Page[apiDocsPage]
	gallery        view.Page[galleryPage]
	components     view.Page[view.Gallery]
	failure        view.Page[view.ErrorPage]
	card           view.Partial[view.Card]
	words          view.CachedPartial[finderWords]
	wishes         view.CachedPartial[finderWishes]
	set            *view.Set
}

func newViews(assets *view.Assets) (*views, error) {
	set, err := view.NewSet(templates.FS, assets)
	if err != nil {
		return nil, err
	}
	v := &views{
		home:           view.Parse[homePage](set, "home"),
		therapistsList: view.Parse[therapistsListPage](set, "directory/list"),
		suggest:        view.Parse[suggestPage](set, "directory/suggest"),
		match:          view.Parse[matchPage](set, "directory/match"),
		order:          view.Parse[orderPage](set, "directory/order"),
		therapistShow:  view.Parse[therapistShowPage](set, "directory/show"),
		bookTimes:      view.Parse[bookTimesPage](set, "booking/times"),
		bookDetails:    view.Parse[bookDetailsPage](set, "booking/details"),
		bookUnder18:    view.Parse[plainPage](set, "booking/under18"),
		bookingShow:    view.Parse[bookingShowPage](set, "booking/show"),
		bookingLink:    view.Parse[bookingLinkPage](set, "booking/link"),
		bookingCancel:  view.Parse[bookingCancelPage](set, "booking/cancel"),
		practiceShow:   view.Parse[practiceShowPage](set, "booking/practice"),
		guidesList:     view.Parse[guidesListPage](set, "guides/list"),
		guideShow:      view.Parse[guideShowPage](set, "guides/show"),
		crisis:         view.Parse[plainPage](set, "crisis"),
		privacy:        view.Parse[plainPage](set, "privacy"),
		terms:          view.Parse[plainPage](set, "terms"),
		accessibility:  view.Parse[plainPage](set, "accessibility"),
		integrity:      view.Parse[integrityPage](set, "integrity"),
		apiDocs:        view.Parse[apiDocsPage](set, "api"),
		gallery:        view.Parse[galleryPage](set, "dev/gallery"),
		components:     view.Parse[view.Gallery](set, "dev/components"),
		failure:        view.Parse[view.ErrorPage](set, "failure"),
		card:           view.ParsePartial[view.Card](set, "card"),
		words:          view.ParseCached[finderWords](set, "finder-words", finderBytes),
		wishes:         view.ParseCached[finderWishes](set, "finder-wishes", finderBytes),
		set:            set,
	}
	return v, set.Err()
}

// plainPage is a page of words alone.
type plainPage struct {
	view.Chrome
	Slug string // of the therapist it leads back to, where there is one
}

func (s *Server) renderFallback() ([]byte, error) {
	var b bytes.Buffer
	err := s.views.failure.Render(&b, s.errorData(500, "Something went wrong on our side. Please try again in a moment.", "", nil))
	return b.Bytes(), err
}
